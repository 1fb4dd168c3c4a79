import { z } from 'zod'
import type { Oid, PullRequestLink } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { BranchHistory, HistoryCommit } from '../forge.ts'
import type { Client } from './client.ts'
import { commitSchema, type RestCommit } from './identity.ts'
import { commitKey, type Memory } from './memory.ts'
import { mergeRequestUrl } from './merge-request.ts'

/** Commits of a followed branch. */
const COMMITS = 100

/**
 * The newest commits of a branch, each the first parent of the one before: what was pushed, or merged, one after the
 * other. One request, and one more for each path; none for a head that was seen before.
 * https://docs.gitlab.com/api/commits/#list-all-repository-commits
 */
export async function readBranchHistory(
  client: Client,
  repository: RepositoryId,
  head: Oid,
  paths: readonly string[],
  memory: Memory,
): Promise<BranchHistory> {
  const key = `${commitKey(repository, head)} ${JSON.stringify(paths)}`
  const known = memory.branches.get(key)
  if (known !== undefined) return known
  const read = async (path: string | null) => {
    const where = path === null || path === '' ? {} : { path }
    const query = { refName: head, firstParent: true, perPage: COMMITS, maxPages: 1, ...where }
    return z.array(commitSchema).parse(await client.rest.commits.all(repository.path, query))
  }
  const [commits = [], ...touching] = await Promise.all([read(null), ...paths.map(read)])
  const marks = paths.map((path, i) => [path, marksOf(commits, touching[i] ?? [])] as const)
  const history = {
    head,
    commits: commits.map((commit): HistoryCommit => {
      const pathOids = marks.map(([path, oids]) => [path, oids.get(commit.id) ?? null] as const)
      return { ...toCommit(commit, repository, client.addresses.web), pathOids: Object.fromEntries(pathOids) }
    }),
  }
  memory.branches.set(key, history)
  return history
}

/** For each commit the one that changed the path last, as far back as is known. */
function marksOf(commits: readonly RestCommit[], touching: readonly RestCommit[]): Map<Oid, Oid | null> {
  const changed = new Set(touching.map(({ id }) => id))
  const marks = new Map<Oid, Oid | null>()
  let last: Oid | null = touching.find(({ id }) => !commits.some((commit) => commit.id === id))?.id ?? null
  for (const { id } of commits.toReversed()) {
    if (changed.has(id)) last = id
    marks.set(id, last)
  }
  return marks
}

/** A commit for people to read about. GitLab's REST API does not say whose account its author has. */
export function toCommit(commit: RestCommit, repository: RepositoryId, web: string) {
  return {
    oid: commit.id,
    parents: commit.parent_ids,
    headline: commit.title ?? '',
    authorName: commit.author_name ?? '',
    authorEmail: commit.author_email ?? '',
    authorLogin: null,
    committedAt: commit.committed_date ?? '',
    url: commit.web_url ?? `${web}/${repository.path}/-/commit/${commit.id}`,
    pullRequests: mergedBy(commit, repository, web),
  }
}

/**
 * The merge request that a merge commit names. Asking for each commit would cost a request each; this costs none, and
 * a forged one is a link to another merge request of the same project.
 * https://docs.gitlab.com/user/project/merge_requests/commit_templates/
 */
function mergedBy({ message }: RestCommit, { path }: RepositoryId, web: string): PullRequestLink[] {
  const [, project, iid] = /^See merge request (\S*)!(\d+)$/m.exec(message ?? '') ?? []
  if (project === undefined || iid === undefined) return []
  if (project !== '' && project.toLowerCase() !== path.toLowerCase()) return []
  const [, title = ''] = (message ?? '').split('\n\n')
  return [{ number: Number(iid), title: title.trim(), url: mergeRequestUrl(`${web}/${path}`, Number(iid)) }]
}
