import { PREVIEWS } from '../../domain/names.ts'
import type { SourcePullRequest } from '../../forge/forge.ts'
import type { Standing } from '../action.ts'
import { confidentialTargets } from '../confidential.ts'
import type { PreviewTold } from '../explain/comment.ts'
import type { Plan } from '../plan.ts'
import type { World } from '../world.ts'
import { previewPath } from './set.ts'

/** A source pull request of whose previews people are told. */
export interface ToldPullRequest {
  pullRequest: SourcePullRequest
  /** [] when it had some, and has none any more. */
  previews: PreviewTold[]
}

/** The previews as they are once the actions have been carried out, by pull request. */
export function toldPullRequests(
  world: World,
  plan: Plan,
  standings: readonly Standing[],
): ToldPullRequest[] {
  const { pullRequests, closedPullRequests } = world.offers
  const told = tellable(world, plan, standings)
  const silent = new Set(
    world.config.apps.filter(({ previews }) => previews?.comment === false).map(({ name }) => name),
  )
  const open = pullRequests.items.flatMap((pullRequest): ToldPullRequest[] => {
    const all = told.filter(({ preview }) => preview.pullRequest?.number === pullRequest.number)
    const previews = all.filter(({ app }) => !silent.has(app))
    if (previews.length > 0) return [{ pullRequest, previews }]
    // what was said before the comments were turned off stays until there is no preview
    const silenced = pullRequest.comment === null || all.length > 0
    return silenced || mayBeInGit(world, plan, standings, pullRequest) ? [] : [{ pullRequest, previews }]
  })
  const ended = closedPullRequests
    .filter((pullRequest) => pullRequest.comment !== null && !mayBeInGit(world, plan, standings, pullRequest))
    .map((pullRequest) => ({ pullRequest, previews: [] }))
  return [...open, ...ended]
}

/** Without what not every reader may know. */
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
  const former = plan.former.some(({ place, orphans, standing }) => {
    if (orphans === null) return true
    const path = previewPath(place, pullRequest)
    return orphans.all.includes(path) && !(orphans.removed.includes(path) && !isRefused(standings, standing))
  })
  if (former) return true
  return config.apps.some(({ name, previews }) => {
    if (previews === null) return false
    const orphans = plan.orphans[name] ?? null
    if (orphans === null) return true
    const path = previewPath(previews, pullRequest)
    const removed = orphans.removed.includes(path) && standingOf(standings, name)?.state !== 'refused'
    return orphans.all.includes(path) && !removed
  })
}

/** As it is after the actions were carried out. */
function isRefused(standings: readonly Standing[], { target }: Standing): boolean {
  return standings.find((each) => each.target === target)?.state === 'refused'
}

function standingOf(standings: readonly Standing[], app: string): Standing | undefined {
  return standings.find(({ target }) => target === `${app}/${PREVIEWS}`)
}
