import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { MergeChangeRequest, MergeResult } from '../forge.ts'
import { answerOf, statusOf } from '../shared/answer.ts'
import { assertOurs } from '../shared/branches.ts'
import type { Log } from '../shared/log.ts'
import { deleteBranch } from './branch.ts'
import type { Client } from './client.ts'
import { mayChange } from './mergeability.ts'

const mergedSchema = z.object({
  state: z.string(),
  sha: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  squash_commit_sha: z.string().nullish(),
  detailed_merge_status: z.string().nullish(),
})

/** 401: not allowed to; 405: draft, closed, or a condition does not hold; 406 and 422: it cannot be merged. */
const REFUSALS = [401, 405, 406, 422]

/**
 * Merges exactly the head that was judged, by the method of the project's settings; then deletes the branch if nobody
 * moved it. https://docs.gitlab.com/api/merge_requests/#merge-a-merge-request
 */
export async function mergeChangeRequest(
  client: Client,
  repository: RepositoryId,
  wish: MergeChangeRequest,
  log: Log,
): Promise<MergeResult> {
  assertOurs(wish.branch, wish.consented)
  const result = await merge(client, repository, wish)
  if (!result.merged) return result
  try {
    await deleteBranch(client, repository, wish, wish.expectedHead)
  } catch (error) {
    log.debug({ branch: wish.branch, problem: String(error) }, 'A merged branch was left where it is.')
  }
  return result
}

async function merge(
  client: Client,
  repository: RepositoryId,
  wish: MergeChangeRequest,
): Promise<MergeResult> {
  const { mergeRequests } = client.rest
  try {
    const answer = await mergeRequests.merge(repository.path, wish.number, { sha: wish.expectedHead })
    const merged = mergedSchema.parse(answer)
    const commit = merged.merge_commit_sha ?? merged.squash_commit_sha ?? merged.sha
    if (merged.state === 'merged' && typeof commit === 'string') return { merged: true, commit }
    return { merged: false, reason: sentence('it has not finished'), again: true }
  } catch (error) {
    const status = statusOf(error)
    if (status === 409)
      return { merged: false, reason: sentence('the head of the branch changed'), again: true }
    if (status === null || !REFUSALS.includes(status)) throw error
    if (status === 401) {
      return { merged: false, reason: sentence('the bot may not merge into this branch'), again: false }
    }
    const shown = mergedSchema.parse(await mergeRequests.show(repository.path, wish.number))
    const state = shown.detailed_merge_status
    return {
      merged: false,
      reason: sentence(`${answerOf(error)} (${state ?? shown.state})`),
      again: mayChange(state),
    }
  }
}

/** GitLab's words as one sentence without markup. */
function sentence(text: string): string {
  const words = text
    .replaceAll('_', ' ')
    .replace(/[<>`*#@[\]|!]/g, '')
    .trim()
  return `GitLab refused to merge: ${words.replace(/[.\s]+$/, '')}.`
}
