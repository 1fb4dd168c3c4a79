import type { RefCompareArgs, RepositoryRefsArgs } from '@octokit/graphql-schema'
import type { RefValue } from '../../git/git-repository.ts'
import { aheadBehind, history, resolveCommit } from '../../git/walk.ts'
import { nodeId } from '../../model/ids.ts'
import type { Repository } from '../../model/types.ts'
import { connection, PAGE, type Page } from './connection.ts'
import type { Execution } from './execution.ts'
import { takes, type View } from './fields.ts'
import { remember } from './memo.ts'
import { commitView, objectView } from './objects.ts'

/** The reference with this full name; null when there is none. `refs/pull/…` is not shown, as on GitHub. */
export async function refByName(
  execution: Execution,
  repository: Repository,
  name: string,
): Promise<View | null> {
  const ref = await execution.model.git(repository).ref(name)
  return ref === null || ref.name.startsWith('refs/pull/') ? null : refView(execution, repository, ref)
}

/**
 * `name` is without `refs/heads/` or `refs/tags/`, which is the `prefix`, whatever prefix was asked for.
 */
export function refView(execution: Execution, repository: Repository, ref: RefValue): View {
  const prefix = /^refs\/[^/]+\//.exec(ref.name)?.[0] ?? ''
  const name = ref.name.slice(prefix.length)
  return {
    __typename: 'Ref',
    id: nodeId('Ref', repository.id, ref.name),
    name,
    prefix,
    target: () => objectView(execution, repository, ref.oid),
    repository: () => execution.links.repository(repository),
    compare: takes<RefCompareArgs>(['headRef'], ({ headRef }) =>
      comparison(execution, repository, ref, headRef),
    ),
    ...(prefix === 'refs/heads/'
      ? { associatedPullRequests: execution.links.pullList(repository, name) }
      : {}),
  }
}

/** `Repository.refs`. */
export async function refsConnection(
  execution: Execution,
  repository: Repository,
  args: RepositoryRefsArgs,
): Promise<View> {
  const git = execution.model.git(repository)
  const { refPrefix, query, orderBy, direction, ...page } = args
  const prefix = refPrefix.endsWith('/') ? refPrefix : `${refPrefix}/`
  const refs = [...(await git.refs()).values()].filter(
    ({ name }) =>
      name.startsWith(prefix) &&
      !name.startsWith('refs/pull/') &&
      (!query || name.slice(prefix.length).toLowerCase().includes(query.toLowerCase())),
  )
  if (orderBy?.field === 'TAG_COMMIT_DATE') {
    const times = new Map<string, number>()
    for (const { commit } of refs) times.set(commit, (await git.commit(commit))?.committer.seconds ?? 0)
    refs.sort((a, b) => (times.get(a.commit) ?? 0) - (times.get(b.commit) ?? 0))
  }
  if ((orderBy?.direction ?? direction) === 'DESC') refs.reverse()
  return connection(execution, 'RefConnection', 'refs', page, refs, (ref) =>
    refView(execution, repository, ref),
  )
}

async function comparison(
  execution: Execution,
  repository: Repository,
  ref: RefValue,
  headRef: string,
): Promise<View | null> {
  const { model } = execution
  const git = model.git(repository)
  const head = await resolveCommit(git, headRef)
  if (head === null) return null
  const key = `${repository.id} compare ${ref.commit} ${head}`
  const { ahead, behind } = await remember(model, key, () => aheadBehind(git, ref.commit, head))
  const status = ahead > 0 ? (behind > 0 ? 'DIVERGED' : 'AHEAD') : behind > 0 ? 'BEHIND' : 'IDENTICAL'
  const source = {
    total: () => ahead,
    slice: async (skip: number, limit: number) => {
      const read = () => history(git, head, { limit: 10_000, not: [ref.commit], reverse: true })
      const all = ahead === 0 ? [] : await remember(model, `${key} commits`, read)
      return all.slice(skip, skip + limit)
    },
  }
  return {
    __typename: 'Comparison',
    id: nodeId('Ref', repository.id, ref.commit, head),
    status,
    aheadBy: ahead,
    behindBy: behind,
    baseTarget: () => objectView(execution, repository, ref.commit),
    headTarget: () => objectView(execution, repository, head),
    commits: takes<Page>(PAGE, (page) =>
      connection(execution, 'ComparisonCommitConnection', 'commits', page, source, (commit) =>
        commitView(execution, repository, commit),
      ),
    ),
  }
}
