import { sameRepository } from '../domain/repository.ts'
import type { Report, SourcePullRequest } from '../forge/forge.ts'
import type { Action, Reason, Standing } from './action.ts'
import { COMMENT_MARKER, goneComment, previewComment } from './explain/comment.ts'
import { problemReport, standingReport } from './explain/report.ts'
import type { Plan } from './plan.ts'
import { previewPath } from './preview-set.ts'
import type { BrokenConfig, World } from './world.ts'

const TELL: Reason = { code: 'tell', message: 'People look here for how their change stands.' }

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
  const { source, config, manifests } = world
  const isPrivate = new Map<string, boolean>(
    config.apps.flatMap((app) =>
      [...app.environments, ...(app.previews === null ? [] : [{ ...app.previews, name: 'previews' }])].map(
        (target) => {
          const found = manifests.find((each) => sameRepository(each.repository, target.manifests))
          return [`${app.name}/${target.name}`, found?.snapshot?.private ?? false] as const
        },
      ),
    ),
  )
  return ensureReport(
    source,
    standingReport(standings, (target) => !source.private && isPrivate.get(target) === true),
  )
}

function ensureReport(source: World['source'], wanted: Report): Action[] {
  if (source.head === null) return []
  const present = source.report
  const same =
    present !== null &&
    present.conclusion === wanted.conclusion &&
    present.title === wanted.title &&
    present.summary.replaceAll('\r\n', '\n').trimEnd() === wanted.summary.trimEnd()
  if (same) return []
  const wish = { ...wanted, id: present?.id ?? null, commit: source.head }
  return [{ kind: 'report', repository: source.repository, target: null, reason: TELL, wish }]
}

function comments(world: World, plan: Plan, standings: readonly Standing[]): Action[] {
  const { pullRequests, closedPullRequests } = world.offers
  const changeRequestUrl = (app: string) =>
    standings.find(({ target }) => target === `${app}/previews`)?.url ?? null
  const shown = pullRequests.items.flatMap((pullRequest) => {
    const mine = plan.previews.filter(({ preview }) => preview.pullRequest?.number === pullRequest.number)
    if (mine.length > 0) return ensureComment(world, pullRequest, previewComment(mine, changeRequestUrl))
    return pullRequest.comment === null ? [] : ensureComment(world, pullRequest, goneComment(pullRequest))
  })
  const gone = closedPullRequests
    .filter((pullRequest) => pullRequest.comment !== null && !stillInGit(world, plan, pullRequest))
    .flatMap((pullRequest) => ensureComment(world, pullRequest, goneComment(pullRequest)))
  return [...shown, ...gone]
}

/** A preview whose removal waits (for review, for a complete listing) is not called gone. */
function stillInGit({ config }: World, plan: Plan, pullRequest: SourcePullRequest): boolean {
  return config.apps.some(
    ({ previews }) => previews !== null && plan.remaining.includes(previewPath(previews, pullRequest)),
  )
}

function ensureComment(world: World, pullRequest: SourcePullRequest, body: string): Action[] {
  const present = pullRequest.comment
  if (present !== null && present.body.replaceAll('\r\n', '\n').trimEnd() === body.trimEnd()) return []
  const wish = { number: pullRequest.number, id: present?.id ?? null, body, marker: COMMENT_MARKER }
  return [{ kind: 'comment', repository: world.source.repository, target: null, reason: TELL, wish }]
}
