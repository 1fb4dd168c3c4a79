import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { ChangeRequestLink, OpenChangeRequest } from '../forge.ts'
import { assertOurs, branchMoved } from '../shared/branches.ts'
import { Declarations } from '../shared/declarations.ts'
import { newestPull } from './branch-state.ts'
import type { Session } from './client.ts'
import { createLooseCommit, fitsOneStep, oneStepInput } from './commit-wish.ts'
import { describeChangeRequest } from './describe-change-request.ts'
import { baseFacts, repositoryFacts } from './facts.ts'
import { type GraphQLAnswer, type GraphQLProblem, problemsOf } from './graphql.ts'
import { morePullsSchema, pullsDocument } from './manifests-document.ts'
import { type Memory, pullMemoryKey, repositoryMemoryKey } from './memory.ts'
import { judgeRefusedSwap, swapInput, writeRefused } from './refs.ts'

const answerSchema = z.looseObject({
  commit: z.object({ commit: z.object({ oid: z.string() }).nullable() }).nullish(),
  pull: z
    .object({ pullRequest: z.object({ id: z.string(), number: z.number(), url: z.string() }).nullable() })
    .nullish(),
})

/** Milliseconds before the pull request alone is tried again, when GitHub does not see the new branch yet. */
const WAITS = [300, 700, 1000]

const PULL = 'createPullRequest(input: INPUT) { pullRequest { id number url } }'

/**
 * One document makes the branch, its commit and the pull request. Its fields run in order but not as one
 * transaction: what is half done is a conflict, and the next pass finds the branch.
 */
export async function openChangeRequest(
  session: Session,
  repository: RepositoryId,
  wish: OpenChangeRequest,
  memory: Memory,
): Promise<ChangeRequestLink> {
  assertOurs(wish.branch, wish.consented)
  const { nodeId } = await repositoryFacts(session, repository, memory)
  const base = await baseFacts(session, repository, wish.baseOid, wish.commit.changes, memory)
  const declared = new Declarations()
  const fields: string[] = []
  let after = wish.baseOid
  if (fitsOneStep(wish.commit, base)) {
    if (wish.leftover === null) {
      const input = { repositoryId: nodeId, name: `refs/heads/${wish.branch}`, oid: wish.baseOid }
      fields.push(`branch: createRef(input: ${declared.add('CreateRefInput!', input)}) { ref { name } }`)
    } else if (wish.leftover !== wish.baseOid) {
      // it has no open pull request, which GitHub would close when its head becomes its base
      const input = swapInput(nodeId, wish, wish.leftover, wish.baseOid)
      fields.push(`branch: ${swap(declared, input)}`)
    }
    const input = oneStepInput(`${session.owner}/${session.repo}`, wish.branch, wish.baseOid, wish.commit)
    const type = 'CreateCommitOnBranchInput!'
    fields.push(`commit: createCommitOnBranch(input: ${declared.add(type, input)}) { commit { oid } }`)
  } else {
    after = await createLooseCommit(session, wish.baseOid, wish.commit, base)
    fields.push(`branch: ${swap(declared, swapInput(nodeId, wish, wish.leftover, after))}`)
  }
  const pull = {
    repositoryId: nodeId,
    baseRefName: wish.base,
    headRefName: wish.branch,
    title: wish.title,
    body: wish.body,
    maintainerCanModify: false,
  }
  fields.push(`pull: ${PULL.replace('INPUT', declared.add('CreatePullRequestInput!', pull))}`)
  let answer = await session.mutate(`mutation Open${declared} {\n${fields.join('\n')}\n}`, declared.values)
  if (answer.problems.length > 0) memory.repository.delete(repositoryMemoryKey(repository))
  await assertBranchWritten(session, repository, wish, after, answer)
  const made = answerSchema.nullable().parse(answer.data)?.commit?.commit?.oid
  for (const wait of WAITS) {
    const [problem] = problemsOf(answer, 'pull')
    if (problem === undefined || !isNotSeenYet(problem)) break
    await sleep(wait)
    const document = `mutation OpenPull($input: CreatePullRequestInput!) { pull: ${PULL.replace('INPUT', '$input')} }`
    answer = await session.mutate(document, { input: pull })
  }
  const [problem] = problemsOf(answer, 'pull')
  if (problem !== undefined && /already exists/i.test(problem.message)) {
    return await adopt(session, repository, wish, made ?? after)
  }
  return readPull(repository, wish, answer, memory)
}

/**
 * Somebody opened a pull request on the branch between our commit and our own pull request. When it is another
 * worker of the bot's, that worker lost the race for the commit: its pull request becomes ours.
 */
async function adopt(
  session: Session,
  repository: RepositoryId,
  wish: OpenChangeRequest,
  head: Oid,
): Promise<ChangeRequestLink> {
  const [document, variables] = pullsDocument(session.owner, session.repo, wish.branch, 'OPEN', null)
  const { nodes } = morePullsSchema.parse(await session.query(document, variables)).repository.pulls
  const pull = newestPull(nodes, null)
  if (pull?.viewerDidAuthor && pull.headRefOid === head) {
    await describeChangeRequest(session, pull.number, wish)
    return { number: pull.number, url: pull.url }
  }
  throw new SupercargoError(`${repository.path} already has a pull request for ${wish.branch}.`, {
    code: 'change-request-exists',
    kind: 'conflict',
  })
}

function swap(declared: Declarations, input: ReturnType<typeof swapInput>): string {
  return `updateRefs(input: ${declared.add('UpdateRefsInput!', input)}) { clientMutationId }`
}

/** @throws SupercargoError when the branch does not hold the commit */
async function assertBranchWritten(
  session: Session,
  repository: RepositoryId,
  wish: OpenChangeRequest,
  after: Oid,
  answer: GraphQLAnswer,
): Promise<void> {
  const [committed] = problemsOf(answer, 'commit')
  const [branched] = problemsOf(answer, 'branch')
  // a branch that was there already is fine when the commit found it at the expected head
  if (committed === undefined && (branched === undefined || hasAlias(answer, 'commit'))) return
  if (branched !== undefined && !/already exists/i.test(branched.message)) {
    if (branched.type === 'FORBIDDEN') throw writeRefused(repository, branched)
    await judgeRefusedSwap(session, repository, wish.branch, wish.leftover, after, branched)
  }
  if (committed === undefined || isLostRace(committed)) throw branchMoved(repository, wish.branch)
  throw writeRefused(repository, committed)
}

function hasAlias(answer: GraphQLAnswer, alias: string): boolean {
  const data = answer.data
  return (typeof data === 'object' && data !== null && alias in data) || problemsOf(answer, alias).length > 0
}

function isLostRace({ type, message }: GraphQLProblem): boolean {
  return type === 'STALE_DATA' || /expected branch to point to|expected .*head|stale/i.test(message)
}

/** https://github.com/cli/cli/issues/1820 shows GitHub's words for a head that it does not see. */
function isNotSeenYet({ type, message }: GraphQLProblem): boolean {
  return (
    type === 'NOT_FOUND' || /no commits between|sha can't be blank|head ref must be a branch/i.test(message)
  )
}

function readPull(
  repository: RepositoryId,
  wish: OpenChangeRequest,
  answer: GraphQLAnswer,
  memory: Memory,
): ChangeRequestLink {
  const pull = answerSchema.nullable().parse(answer.data)?.pull?.pullRequest
  if (pull !== undefined && pull !== null) {
    memory.pull.set(pullMemoryKey(repository, pull.number), pull.id)
    return { number: pull.number, url: pull.url }
  }
  const [problem] = problemsOf(answer, 'pull')
  if (problem !== undefined && !isNotSeenYet(problem)) throw writeRefused(repository, problem)
  throw new SupercargoError(
    `GitHub made the branch ${wish.branch} of ${repository.path}, but no pull request.`,
    {
      code: 'change-request-half-made',
      kind: 'transient',
    },
  )
}
