import type { Oid } from '../../domain/commit.ts'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { CommitWish } from '../forge.ts'
import { answerOf, ended, statusOf } from '../shared/answer.ts'
import { branchMoved } from '../shared/branches.ts'
import type { Client } from './client.ts'
import { type CommitAction, rememberCommit } from './commit-actions.ts'
import { commitSchema, type RestCommit } from './identity.ts'
import { commitKey, type Memory } from './memory.ts'

/** GitLab's words for a branch or file that somebody else wrote first. */
const LOST_RACE =
  /already exists|has changed since you started|doesn't exist|does not exist|could not update|reference .*moved|not a fast-forward|cannot lock ref/i

/**
 * Branch, commit and files in one request, which is done as a whole or not at all.
 * @param start where the branch begins; with `force` whatever it was before. Absent: it goes onto the branch's head.
 * @throws SupercargoError `branch-moved` (conflict) when a branch of this name is there and `force` is not set
 */
export async function makeCommit(
  client: Client,
  repository: RepositoryId,
  branch: string,
  wish: CommitWish,
  actions: CommitAction[],
  start: { startSha: Oid; force: boolean } | null,
  memory: Memory,
): Promise<RestCommit> {
  try {
    const made = commitSchema.parse(
      await client.rest.commits.create(repository.path, branch, wish.message, actions, start ?? {}),
    )
    const [parent] = made.parent_ids
    if (parent !== undefined && made.parent_ids.length === 1) {
      rememberCommit(memory, repository, parent, made.id, wish)
      memory.heads.set(commitKey(repository, made.id), { parents: [parent], ours: true })
    }
    return made
  } catch (error) {
    if (statusOf(error) === 400 && LOST_RACE.test(answerOf(error))) throw branchMoved(repository, branch)
    throw statusOf(error) === 403 || statusOf(error) === 400 ? writeRefused(repository, error) : error
  }
}

/** The error for a write that GitLab refused for another reason than a race. */
function writeRefused(repository: RepositoryId, error: unknown): SupercargoError {
  return new SupercargoError(`GitLab refused a commit in ${repository.path}: ${ended(answerOf(error))}`, {
    code: 'write-refused',
    kind: 'permanent',
    advice:
      'Give the bot the role Developer, and let it push to branches that begin with supercargo/, and to the manifest branch where the configuration says merge: direct; or use merge: review.',
    cause: error instanceof Error ? error.cause : undefined,
  })
}
