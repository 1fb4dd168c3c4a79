import { PREVIEWS } from '../domain/names.ts'
import { reportDigest } from '../domain/report-digest.ts'
import type { PresentReport, Report, SourcePullRequest } from '../forge/forge.ts'
import type { Action, Reason, Standing } from './action.ts'
import { confidentialTargets } from './confidential.ts'
import { COMMENT_MARKER, goneComment, type PreviewTold, previewComment } from './explain/comment.ts'
import { problemReport, standingReport } from './explain/report.ts'
import type { Plan } from './plan.ts'
import { previewPath } from './preview-set.ts'
import type { BrokenConfig, World } from './world.ts'

/** What the application repository is told: one report on its head, one comment on each pull request with a preview. */
export function feedback(world: World, plan: Plan, standings: readonly Standing[]): Action[] {
  return [...report(world, standings), ...comments(world, plan, standings)]
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

function comments(world: World, plan: Plan, standings: readonly Standing[]): Action[] {
  const { words } = world
  const { pullRequests, closedPullRequests } = world.offers
  const told = tellable(world, plan, standings)
  const shown = pullRequests.items.flatMap((pullRequest) => {
    const mine = told.filter(({ preview }) => preview.pullRequest?.number === pullRequest.number)
    if (mine.length > 0) return ensureComment(world, pullRequest, previewComment(mine, words))
    return pullRequest.comment === null
      ? []
      : ensureComment(world, pullRequest, goneComment(pullRequest, words))
  })
  const gone = closedPullRequests
    .filter((pullRequest) => pullRequest.comment !== null && !mayBeInGit(world, plan, standings, pullRequest))
    .flatMap((pullRequest) => ensureComment(world, pullRequest, goneComment(pullRequest, words)))
  return [...shown, ...gone]
}

/** The previews as they are once the actions have been carried out, without what not every reader may know. */
function tellable(world: World, plan: Plan, standings: readonly Standing[]): PreviewTold[] {
  const confidential = confidentialTargets(world)
  return plan.previews.map((preview) => {
    const standing = standingOf(standings, preview.app)
    const failed = preview.byCommit && standing?.state === 'refused' ? standing.reason : null
    return {
      ...preview,
      ...(failed === null ? {} : { state: 'refused', reason: failed }),
      changeRequestUrl: standing?.url ?? null,
      confidential: confidential.has(`${preview.app}/${PREVIEWS}`),
    }
  })
}

/** A preview whose removal waits (for review, for a complete listing), or that failed, is not called gone. */
function mayBeInGit(
  { config }: World,
  plan: Plan,
  standings: readonly Standing[],
  pullRequest: SourcePullRequest,
): boolean {
  return config.apps.some(({ name, previews }) => {
    if (previews === null) return false
    const orphans = plan.orphans[name] ?? null
    if (orphans === null) return true
    const path = previewPath(previews, pullRequest)
    const removed = orphans.removed.includes(path) && standingOf(standings, name)?.state !== 'refused'
    return orphans.all.includes(path) && !removed
  })
}

function standingOf(standings: readonly Standing[], app: string): Standing | undefined {
  return standings.find(({ target }) => target === `${app}/${PREVIEWS}`)
}

function ensureComment(world: World, pullRequest: SourcePullRequest, body: string): Action[] {
  const present = pullRequest.comment
  if (present !== null && present.body.replaceAll('\r\n', '\n').trimEnd() === body.trimEnd()) return []
  const wish = { number: pullRequest.number, id: present?.id ?? null, body, marker: COMMENT_MARKER }
  const reason = tell(
    `${world.words.changeRequest} ${world.words.mark}${pullRequest.number} has other previews than its comment says`,
  )
  return [{ kind: 'comment', repository: world.source.repository, target: null, reason, wish }]
}

/** @param news without a full stop */
function tell(news: string): Reason {
  return { code: 'tell', message: `People are told: ${news}.` }
}
