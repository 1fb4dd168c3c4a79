import type { RepositoryId } from '../../domain/repository.ts'
import type { UpdateChangeRequest } from '../forge.ts'
import type { Session } from './client.ts'
import { createLooseCommit } from './commit-wish.ts'
import { baseFacts, pullNodeId, repositoryFacts } from './facts.ts'
import { problemsOf } from './graphql.ts'
import { type Memory, repositoryMemoryKey } from './memory.ts'
import { assertOurs, judgeRefusedSwap, swapInput, writeRefused } from './refs.ts'

const UPDATE = `mutation Update($refs: UpdateRefsInput!, $pull: UpdatePullRequestInput!) {
  branch: updateRefs(input: $refs) { clientMutationId }
  pull: updatePullRequest(input: $pull) { pullRequest { number } }
}`

/**
 * Makes the new commit beside the branch, and then swaps the branch to it in one step: a branch that were reset
 * to its base first would have its pull request closed by GitHub.
 */
export async function updateChangeRequest(
  session: Session,
  repository: RepositoryId,
  wish: UpdateChangeRequest,
  memory: Memory,
): Promise<void> {
  assertOurs(wish.branch)
  const { nodeId } = await repositoryFacts(session, repository, memory)
  const pullRequestId = await pullNodeId(session, repository, wish.number, memory)
  const base = await baseFacts(session, repository, wish.baseOid, wish.commit.changes, memory)
  const commit = await createLooseCommit(session, wish.baseOid, wish.commit, base)
  const answer = await session.mutate(UPDATE, {
    refs: swapInput(nodeId, wish.branch, wish.expectedHead, commit),
    pull: { pullRequestId, title: wish.title, body: wish.body },
  })
  const [refused] = problemsOf(answer, 'branch')
  if (refused !== undefined) {
    memory.repository.delete(repositoryMemoryKey(repository))
    await judgeRefusedSwap(session, repository, wish.branch, wish.expectedHead, commit, refused)
  }
  const [problem] = problemsOf(answer, 'pull')
  if (problem !== undefined) throw writeRefused(repository, problem)
}
