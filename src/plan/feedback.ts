import { reportDigest } from '../domain/report-digest.ts'
import type { PresentReport, Report } from '../forge/forge.ts'
import type { Action, Standing } from './action.ts'
import { confidentialTargets } from './confidential.ts'
import { problemReport, standingReport } from './explain/report.ts'
import type { Plan } from './plan.ts'
import { previewComments } from './previews/comments.ts'
import type { DeploymentsDone } from './previews/deployments.ts'
import { toldPullRequests } from './previews/told.ts'
import { tell } from './tell.ts'
import type { BrokenConfig, World } from './world.ts'

/**
 * What the application repository is told: one report on its head, one comment on each pull request with a preview. An
 * archived one takes no texts any more.
 * @param deployments what became of `previewDeployments`
 */
export function feedback(
  world: World,
  plan: Plan,
  standings: readonly Standing[],
  deployments?: DeploymentsDone,
): Action[] {
  if (world.source.archived) return []
  const told = toldPullRequests(world, plan, standings)
  return [...report(world, standings), ...previewComments(world, told, deployments)]
}

/** The report on a commit that broke a configuration or policy; [] when it stands there already. */
export function brokenReport(
  source: World['source'],
  what: 'configuration' | 'policy',
  broken: BrokenConfig,
): Action[] {
  return ensureReport(source, problemReport(what, broken.problems))
}

function report(world: World, standings: readonly Standing[]): Action[] {
  const confidential = confidentialTargets(world)
  return ensureReport(
    world.source,
    standingReport(standings, (target) => confidential.has(target)),
  )
}

function ensureReport(source: World['source'], wanted: Report): Action[] {
  if (source.head === null) return []
  const present = source.report
  if (present !== null && says(present, wanted)) return []
  const wish = { ...wanted, id: present?.id ?? null, commit: source.head }
  return [{ kind: 'report', repository: source.repository, target: null, reason: tell(wanted.title), wish }]
}

function says(present: PresentReport, wanted: Report): boolean {
  if (present.digest !== undefined) return present.digest === reportDigest(wanted)
  return (
    present.conclusion === wanted.conclusion &&
    present.title === wanted.title &&
    present.summary.replaceAll('\r\n', '\n').trimEnd() === wanted.summary.trimEnd()
  )
}
