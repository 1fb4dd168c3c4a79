import type {
  CommitAssociatedPullRequestsArgs,
  IssueOrder,
  PullRequestState,
  RepositoryPullRequestsArgs,
} from '@octokit/graphql-schema'
import type { Oid } from '../../../domain/commit.ts'
import { history } from '../../git/walk.ts'
import type { Model } from '../../model/model.ts'
import { pullsOf } from '../../model/pulls.ts'
import type { PullRequest, Repository } from '../../model/types.ts'
import { connection, PAGE } from './connection.ts'
import type { Execution } from './execution.ts'
import { once, takes } from './fields.ts'
import { remember } from './memo.ts'
import { pullView } from './pulls.ts'

/** `Repository.pullRequests`, or `Ref.associatedPullRequests` of a head branch. */
export function pullList(execution: Execution, repository: Repository, head?: string): unknown {
  const names = [...PAGE, 'states', 'headRefName', 'baseRefName', 'orderBy', 'labels'] as const
  return takes<RepositoryPullRequestsArgs>(names, (args) => {
    execution.allow(repository, 'pull_requests')
    const { states, headRefName = head, baseRefName, orderBy, labels, ...page } = args
    const pulls = pullsOf(execution.model, repository).filter(
      (pull) =>
        (!states || states.includes(pull.state.toUpperCase() as PullRequestState)) &&
        (!headRefName || pull.headBranch === headRefName) &&
        (!baseRefName || pull.baseBranch === baseRefName) &&
        (!labels || labels.some((label) => pull.labels.includes(label))),
    )
    const sorted = orderBy ? sortPulls(pulls, orderBy) : pulls
    return connection(execution, 'PullRequestConnection', 'pullRequests', page, sorted, (pull) =>
      pullView(execution, repository, pull),
    )
  })
}

/** `Commit.associatedPullRequests`: those that brought the commit, or would. */
export function pullsOfCommit(execution: Execution, repository: Repository, oid: Oid): unknown {
  return takes<CommitAssociatedPullRequestsArgs>([...PAGE, 'orderBy'], ({ orderBy, ...page }) => {
    execution.allow(repository, 'pull_requests')
    const found = once(async () => {
      const pulls = pullsOf(execution.model, repository)
      const brings = await Promise.all(pulls.map((pull) => bringsCommit(execution, repository, pull, oid)))
      const kept = pulls.filter((_, index) => brings[index])
      return orderBy ? sortPulls(kept, orderBy) : kept
    })
    const source = {
      total: async () => (await found()).length,
      slice: async (offset: number, limit: number) => (await found()).slice(offset, offset + limit),
    }
    return connection(execution, 'PullRequestConnection', 'associatedPullRequests', page, source, (pull) =>
      pullView(execution, repository, pull),
    )
  })
}

async function bringsCommit(
  { model }: Execution,
  repository: Repository,
  pull: PullRequest,
  oid: Oid,
): Promise<boolean> {
  if (pull.mergeCommitOid === oid || pull.headOid === oid) return true
  const { baseOid, headOid } = pull
  const brought = await remember(model, `${repository.id} brought ${baseOid} ${headOid}`, async () => {
    return (await straightLine(model, repository, pull)) ?? (await listed(model, repository, pull))
  })
  return brought.has(oid)
}

/** The commits from head back to base, without a process, where there are few and no merges; else null. */
async function straightLine(
  model: Model,
  repository: Repository,
  { baseOid, headOid }: PullRequest,
): Promise<Set<Oid> | null> {
  const line = new Set<Oid>()
  let oid: Oid | undefined = headOid
  while (oid !== undefined && oid !== baseOid && line.size < 20) {
    line.add(oid)
    const parents: Oid[] = (await model.git(repository).commit(oid))?.parents ?? []
    oid = parents.length === 1 ? parents[0] : undefined
  }
  return oid === baseOid ? line : null
}

async function listed(
  model: Model,
  repository: Repository,
  { baseOid, headOid }: PullRequest,
): Promise<Set<Oid>> {
  const commits = await history(model.git(repository), headOid, { limit: 1_000, not: [baseOid] })
  return new Set(commits.map(({ oid }) => oid))
}

function sortPulls(pulls: PullRequest[], { field, direction }: IssueOrder): PullRequest[] {
  const key = (pull: PullRequest): string => (field === 'UPDATED_AT' ? pull.updatedAt : pull.createdAt)
  const sorted = [...pulls].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id - b.id))
  return direction === 'DESC' ? sorted.reverse() : sorted
}
