import { PREVIEWS } from '../domain/names.ts'
import type { SourcePullRequest } from '../forge/forge.ts'
import type { Action, Standing } from './action.ts'
import { confidentialTargets } from './confidential.ts'
import {
  COMMENT_MARKER,
  type CommentText,
  goneComment,
  type PreviewTold,
  previewComment,
} from './explain/comment.ts'
import { readMemory } from './explain/comment-memory.ts'
import type { Plan } from './plan.ts'
import { previewPath } from './preview-set.ts'
import { tell } from './tell.ts'
import type { World } from './world.ts'

/** One comment on each source pull request that has a preview, or had one. */
export function previewComments(world: World, plan: Plan, standings: readonly Standing[]): Action[] {
  const { words, now } = world
  const { pullRequests, closedPullRequests } = world.offers
  const told = tellable(world, plan, standings)
  const silent = new Set(
    world.config.apps.filter(({ previews }) => previews?.comment === false).map(({ name }) => name),
  )
  const shown = pullRequests.items.flatMap((pullRequest) => {
    const all = told.filter(({ preview }) => preview.pullRequest?.number === pullRequest.number)
    const mine = all.filter(({ app }) => !silent.has(app))
    if (mine.length > 0) {
      const before = readMemory(pullRequest.comment?.body ?? '')
      return ensureComment(world, pullRequest, previewComment(mine, words, before, now))
    }
    // what was said before the comments were turned off stays until there is no preview
    return pullRequest.comment === null || all.length > 0 ? [] : gone(world, pullRequest)
  })
  const ended = closedPullRequests
    .filter((pullRequest) => pullRequest.comment !== null && !mayBeInGit(world, plan, standings, pullRequest))
    .flatMap((pullRequest) => gone(world, pullRequest))
  return [...shown, ...ended]
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

function gone(world: World, pullRequest: SourcePullRequest): Action[] {
  return ensureComment(world, pullRequest, { body: goneComment(pullRequest, world.words), news: false })
}

/** Forges tell nobody of an edit, so that news is written as a new comment in the place of the old one. */
function ensureComment(world: World, pullRequest: SourcePullRequest, { body, news }: CommentText): Action[] {
  const present = pullRequest.comment
  if (present !== null && present.body.replaceAll('\r\n', '\n').trimEnd() === body.trimEnd()) return []
  const wish = {
    number: pullRequest.number,
    id: present?.id ?? null,
    body,
    marker: COMMENT_MARKER,
    ...(news && present !== null ? { anew: true } : {}),
  }
  const reason = tell(
    `${world.words.changeRequest} ${world.words.mark}${pullRequest.number} has other previews than its comment says`,
  )
  return [{ kind: 'comment', repository: world.source.repository, target: null, reason, wish }]
}
