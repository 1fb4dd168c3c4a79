import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { DirectCommit } from '../forge.ts'
import { statusOf } from '../shared/answer.ts'
import { assertNotState, branchMoved } from '../shared/branches.ts'
import type { Session } from './client.ts'
import { createLooseCommit, fitsOneStep, oneStepInput } from './commit-wish.ts'
import { baseFacts } from './facts.ts'
import { problemsOf } from './graphql.ts'
import type { Memory } from './memory.ts'
import { readHead, writeRefused } from './refs.ts'

const COMMIT = `mutation Commit($input: CreateCommitOnBranchInput!) {
  commit: createCommitOnBranch(input: $input) { commit { oid } }
}`

const answerSchema = z.object({ commit: z.object({ commit: z.object({ oid: z.string() }) }) })

/** Commits on a branch whose head is still `expectedHead`; never by force. */
export async function commit(
  session: Session,
  repository: RepositoryId,
  wish: DirectCommit,
  memory: Memory,
): Promise<Oid> {
  assertNotState(wish.branch)
  const base = await baseFacts(session, repository, wish.expectedHead, wish.changes, memory)
  if (!fitsOneStep(wish, base)) {
    const made = await createLooseCommit(session, wish.expectedHead, wish, base)
    return await fastForward(session, repository, wish, made)
  }
  return await commitInOneStep(session, repository, wish)
}

/** The commit as one request, which GitHub refuses where the head is another one by then. */
export async function commitInOneStep(
  session: Session,
  repository: RepositoryId,
  wish: DirectCommit,
): Promise<Oid> {
  const input = oneStepInput(`${session.owner}/${session.repo}`, wish.branch, wish.expectedHead, wish)
  const answer = await session.mutate(COMMIT, { input })
  const [problem] = problemsOf(answer, 'commit')
  if (problem === undefined) return answerSchema.parse(answer.data).commit.commit.oid
  if ((await readHead(session, wish.branch)) !== wish.expectedHead) throw branchMoved(repository, wish.branch)
  throw writeRefused(repository, problem)
}

/** Git itself refuses to move a branch to what does not descend from its head: that is the compare-and-swap. */
async function fastForward(
  session: Session,
  repository: RepositoryId,
  wish: DirectCommit,
  made: Oid,
): Promise<Oid> {
  const { owner, repo } = session
  try {
    await session.write((request) =>
      request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
        owner,
        repo,
        ref: `heads/${wish.branch}`,
        sha: made,
        force: false,
      }),
    )
    return made
  } catch (error) {
    if (statusOf(error) === null) throw error
    const head = await readHead(session, wish.branch)
    if (head === made) return made
    throw head === wish.expectedHead ? error : branchMoved(repository, wish.branch)
  }
}
