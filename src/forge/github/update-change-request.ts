import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { UpdateChangeRequest } from '../forge.ts'
import { assertOurs } from '../shared/branches.ts'
import type { Session } from './client.ts'
import { createLooseCommit } from './commit-wish.ts'
import { describeChangeRequest } from './describe-change-request.ts'
import { baseFacts, pullNodeId, repositoryFacts } from './facts.ts'
import { problemsOf } from './graphql.ts'
import { type Memory, repositoryMemoryKey } from './memory.ts'
import { judgeRefusedSwap, swapInput, writeRefused } from './refs.ts'

const UPDATE = `mutation Update($refs: UpdateRefsInput!, $pull: UpdatePullRequestInput!) {
  branch: updateRefs(input: $refs) { clientMutationId }
  pull: updatePullRequest(input: $pull) { pullRequest { state } }
}`

const answerSchema = z
  .object({ pull: z.object({ pullRequest: z.object({ state: z.string() }).nullable() }).nullish() })
  .nullable()

/**
 * Makes the new commit beside the branch, and then swaps the branch to it in one step: a branch that were reset
 * to its base first would have its pull request closed by GitHub. Title and body are written in the same document,
 * though the branch may have been moved or the pull request ended meanwhile: what was there is then put back,
 * because the body of an ended pull request is what tells which version people have merged or refused.
 */
export async function updateChangeRequest(
  session: Session,
  repository: RepositoryId,
  wish: UpdateChangeRequest,
  memory: Memory,
): Promise<void> {
  assertOurs(wish.branch, wish.consented)
  const { nodeId } = await repositoryFacts(session, repository, memory)
  const pullRequestId = await pullNodeId(session, repository, wish.number, memory)
  const base = await baseFacts(session, repository, wish.baseOid, wish.commit.changes, memory)
  const commit = await createLooseCommit(session, wish.baseOid, wish.commit, base)
  const answer = await session.mutate(UPDATE, {
    refs: swapInput(nodeId, wish, wish.expectedHead, commit),
    pull: {
      pullRequestId,
      title: wish.title,
      body: wish.body,
      ...(wish.base === undefined ? {} : { baseRefName: wish.base }),
    },
  })
  const [problem] = problemsOf(answer, 'pull')
  const state = answerSchema.parse(answer.data)?.pull?.pullRequest?.state
  const undo = async () => {
    if (problem === undefined) await describeChangeRequest(session, wish.number, wish.before)
  }
  const [refused] = problemsOf(answer, 'branch')
  if (refused !== undefined) {
    memory.repository.delete(repositoryMemoryKey(repository))
    try {
      await judgeRefusedSwap(session, repository, wish.branch, wish.expectedHead, commit, refused)
    } catch (error) {
      await undo()
      throw error
    }
  }
  if (problem !== undefined) throw writeRefused(repository, problem)
  if (state === 'OPEN') return
  await undo()
  throw new SupercargoError(`The pull request ${wish.number} of ${repository.path} is no longer open.`, {
    code: 'change-request-ended',
    kind: 'conflict',
  })
}
