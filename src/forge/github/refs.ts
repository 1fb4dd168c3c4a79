import { z } from 'zod'
import { type Oid, ZERO_OID } from '../../domain/commit.ts'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { BranchWish } from '../forge.ts'
import { assertOurs, branchMoved } from '../shared/branches.ts'
import type { Session } from './client.ts'
import type { GraphQLProblem } from './graphql.ts'

/**
 * Input of `updateRefs` for one branch of the bot's: compare-and-swap, also backwards.
 * @param before null when the branch must not exist
 * @param after null deletes it
 * @throws SupercargoError `branch-not-ours` for any other branch (requirement 24)
 */
export function swapInput(
  repositoryId: string,
  { branch, consented }: BranchWish,
  before: Oid | null,
  after: Oid | null,
) {
  assertOurs(branch, consented)
  const none = '0'.repeat((before ?? after ?? ZERO_OID).length)
  const update = {
    name: `refs/heads/${branch}`,
    beforeOid: before ?? none,
    afterOid: after ?? none,
    force: true,
  }
  return { repositoryId, refUpdates: [update] }
}

const HEAD = `query ReadHead($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) { ref(qualifiedName: $ref) { target { oid } } } }`

const headSchema = z.object({
  repository: z.object({ ref: z.object({ target: z.object({ oid: z.string() }) }).nullable() }),
})

/** The head of a branch now; null when there is none. */
export async function readHead(session: Session, branch: string): Promise<Oid | null> {
  const variables = { owner: session.owner, name: session.repo, ref: `refs/heads/${branch}` }
  return headSchema.parse(await session.query(HEAD, variables)).repository.ref?.target.oid ?? null
}

/**
 * Judges a swap that GitHub refused, by what the branch is now: its words for a lost race are not documented.
 * @returns normally when the branch is as it should be
 * @throws SupercargoError `branch-moved` (conflict), or the refusal itself when nobody moved the branch
 */
export async function judgeRefusedSwap(
  session: Session,
  repository: RepositoryId,
  branch: string,
  before: Oid | null,
  after: Oid | null,
  problem: GraphQLProblem,
): Promise<void> {
  const head = await readHead(session, branch)
  if (head === after) return
  throw head === before ? writeRefused(repository, problem) : branchMoved(repository, branch)
}

/** The error for a write that GitHub refused for another reason than a race. */
export function writeRefused(repository: RepositoryId, problem: GraphQLProblem): SupercargoError {
  if (problem.error.kind === 'transient' || problem.error.kind === 'conflict') return problem.error
  if (problem.type === 'NOT_FOUND') {
    return new SupercargoError(
      `GitHub did not find what to write to in ${repository.path}: ${problem.message}`,
      {
        code: 'write-target-not-found',
        kind: 'conflict',
        cause: problem.error.cause,
      },
    )
  }
  return new SupercargoError(`GitHub refused a write to ${repository.path}: ${problem.message}`, {
    code: 'write-refused',
    kind: 'permanent',
    advice:
      'Let the app write branches that begin with supercargo/, and the manifest branch where the configuration says merge: direct (permissions, rulesets, branch protection); or use merge: review.',
    cause: problem.error.cause,
  })
}
