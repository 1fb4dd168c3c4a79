import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { DirectCommit } from '../forge.ts'
import { assertNotState } from '../shared/branches.ts'
import { assertHead } from './branch.ts'
import type { Client } from './client.ts'
import { actionsOf } from './commit-actions.ts'
import { makeCommit } from './make-commit.ts'
import type { Memory } from './memory.ts'

/**
 * Commits on a branch, never by force. GitLab puts a commit onto whatever the head is by then: what is pushed between
 * the look and the write stays below ours, and where it touched one of the same files, `last_commit_id` makes GitLab
 * refuse. So nothing of anybody's is lost, and the next pass reads what came of it.
 */
export async function commit(
  client: Client,
  repository: RepositoryId,
  wish: DirectCommit,
  memory: Memory,
): Promise<Oid> {
  assertNotState(wish.branch)
  const { expectedHead } = wish
  const actions = await actionsOf(client, repository, expectedHead, wish.changes, memory, expectedHead)
  await assertHead(client, repository, wish.branch, expectedHead)
  return (await makeCommit(client, repository, wish.branch, wish, actions, null, memory)).id
}
