import type { SourcePullRequest } from '../../forge/forge.ts'
import type { Action } from '../action.ts'
import { COMMENT_MARKER, type CommentText, goneComment, previewComment } from '../explain/comment.ts'
import { readMemory } from '../explain/comment-memory.ts'
import { tell } from '../tell.ts'
import type { World } from '../world.ts'
import { type DeploymentsDone, NOTHING_SHOWN, shownAfter } from './deployments.ts'
import { statusesAfter } from './statuses.ts'
import type { ToldPullRequest } from './told.ts'

/** One comment on each source pull request that has a preview, or had one. */
export function previewComments(
  world: World,
  told: readonly ToldPullRequest[],
  deployments: DeploymentsDone = NOTHING_SHOWN,
): Action[] {
  const { words, now } = world
  return told.flatMap(({ pullRequest, previews }) => {
    if (previews.length === 0) {
      return ensureComment(world, pullRequest, { body: goneComment(pullRequest, words), news: false })
    }
    const before = readMemory(pullRequest.comment?.body ?? '')
    const shown = shownAfter(pullRequest, previews, before, deployments)
    const statuses = statusesAfter(pullRequest, previews, before, deployments)
    return ensureComment(
      world,
      pullRequest,
      previewComment(previews, words, { before, shown, statuses, now }),
    )
  })
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
