import type { Oid } from '../../domain/commit.ts'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { BranchWish, CloseChangeRequest } from '../forge.ts'
import type { Session } from './client.ts'
import { pullNodeId, repositoryFacts } from './facts.ts'
import { problemsOf } from './graphql.ts'
import { type Memory, repositoryMemoryKey } from './memory.ts'
import { judgeRefusedSwap, swapInput, writeRefused } from './refs.ts'

const CLOSE = `mutation Close($pull: UpdatePullRequestInput!, $refs: UpdateRefsInput!) {
  pull: updatePullRequest(input: $pull) { pullRequest { number } }
  branch: updateRefs(input: $refs) { clientMutationId }
}`

/** Sets the body, closes, and deletes the branch if nobody moved it: one document. */
export async function closeChangeRequest(
  session: Session,
  repository: RepositoryId,
  wish: CloseChangeRequest,
  memory: Memory,
): Promise<void> {
  const { nodeId } = await repositoryFacts(session, repository, memory)
  const pullRequestId = await pullNodeId(session, repository, wish.number, memory)
  const answer = await session.mutate(CLOSE, {
    pull: { pullRequestId, body: wish.body, state: 'CLOSED' },
    refs: swapInput(nodeId, wish, wish.expectedHead, null),
  })
  const [problem] = problemsOf(answer, 'pull')
  if (problem === undefined) return
  if (problem.type === 'FORBIDDEN') throw writeRefused(repository, problem)
  throw new SupercargoError(
    `The pull request ${wish.number} of ${repository.path} could not be closed: ${problem.message}`,
    {
      code: 'close-refused',
      kind: 'conflict',
      cause: problem.error.cause,
    },
  )
}

const DELETE = `mutation DeleteBranch($refs: UpdateRefsInput!) {
  branch: updateRefs(input: $refs) { clientMutationId }
}`

/** Deletes a branch that is still at `expectedHead`; one that is gone is fine. */
export async function deleteBranch(
  session: Session,
  repository: RepositoryId,
  wish: BranchWish,
  expectedHead: Oid,
  memory: Memory,
): Promise<void> {
  const { nodeId } = await repositoryFacts(session, repository, memory)
  const answer = await session.mutate(DELETE, { refs: swapInput(nodeId, wish, expectedHead, null) })
  const [refused] = problemsOf(answer, 'branch')
  if (refused === undefined) return
  memory.repository.delete(repositoryMemoryKey(repository))
  await judgeRefusedSwap(session, repository, wish.branch, expectedHead, null, refused)
}
