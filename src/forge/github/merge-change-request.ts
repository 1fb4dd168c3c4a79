import type { RepositoryId } from '../../domain/repository.ts'
import type { MergeChangeRequest, MergeResult } from '../forge.ts'
import { answerOf, statusOf } from '../shared/answer.ts'
import { assertOurs } from '../shared/branches.ts'
import type { Log } from '../shared/log.ts'
import type { Session } from './client.ts'
import { deleteBranch } from './close-change-request.ts'
import { repositoryFacts } from './facts.ts'
import { type Memory, type MergeMethod, repositoryMemoryKey } from './memory.ts'

/** Words of GitHub's refusals that a moment may change; a missing review or check is not among them. */
const AGAIN = /was modified|try (?:the )?(?:merge )?again|is not mergeable|not up to date|being processed/i
const METHOD_REFUSED = /(?:merge commits|squash merges|rebase merges) are not allowed|merge method/i

/**
 * Merges exactly the head that was judged, by the first method that the repository allows; then deletes the branch
 * if nobody moved it. https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request
 */
export async function mergeChangeRequest(
  session: Session,
  repository: RepositoryId,
  wish: MergeChangeRequest,
  memory: Memory,
  log: Log,
): Promise<MergeResult> {
  assertOurs(wish.branch, wish.consented)
  const { methods } = await repositoryFacts(session, repository, memory)
  const result = await merge(session, wish, methods)
  if (!result.merged) {
    if (METHOD_REFUSED.test(result.reason)) memory.repository.delete(repositoryMemoryKey(repository))
    return result
  }
  try {
    await deleteBranch(session, repository, wish, wish.expectedHead, memory)
  } catch (error) {
    log.debug({ branch: wish.branch, problem: String(error) }, 'A merged branch was left where it is.')
  }
  return result
}

async function merge(
  session: Session,
  wish: MergeChangeRequest,
  methods: MergeMethod[],
): Promise<MergeResult> {
  const { owner, repo } = session
  try {
    const { data } = await session.write((request) =>
      request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
        owner,
        repo,
        pull_number: wish.number,
        sha: wish.expectedHead,
        merge_method: methods[0] ?? 'merge',
      }),
    )
    return { merged: true, commit: data.sha }
  } catch (error) {
    const status = statusOf(error)
    if (status === 409)
      return { merged: false, reason: sentence('The head of the pull request changed'), again: true }
    if (status === 405 || status === 422) {
      const reason = sentence(answerOf(error))
      return { merged: false, reason, again: AGAIN.test(reason) || METHOD_REFUSED.test(reason) }
    }
    throw error
  }
}

/** GitHub's words as one sentence without markup. */
function sentence(text: string): string {
  const words = text.replace(/[<>`*_#@[\]|]/g, '').trim()
  return `GitHub refused to merge: ${words === '' ? 'it gave no reason' : words.replace(/[.\s]+$/, '')}.`
}
