import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Comparison } from '../forge.ts'
import { statusOf } from '../shared/answer.ts'
import { toCommit } from './branch-history.ts'
import type { Client } from './client.ts'
import { commitSchema } from './identity.ts'

const MOST_COMMITS = 250
const PER_PAGE = 100

const idSchema = z.object({ id: z.string() })

/**
 * Compares by the merge base, and then lists what the head has beyond it. GitLab's own comparison would read the whole
 * difference as well. https://docs.gitlab.com/api/repositories/#get-merge-base
 */
export async function compareCommits(
  client: Client,
  repository: RepositoryId,
  base: string,
  head: string,
): Promise<Comparison> {
  const names = [base, head].map(encodeURIComponent).join('...')
  const url = `${client.addresses.web}/${repository.path}/-/compare/${names}`
  const unknown: Comparison = { status: 'unknown', commits: [], total: 0, url }
  const whole = [base, head].every((name) => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(name))
  let [from, to] = [base, head]
  let common = whole ? await mergeBase(client, repository, base, head) : null
  if (common === null) {
    const [first, second] = await Promise.all([base, head].map((name) => resolve(client, repository, name)))
    if (typeof first !== 'string' || typeof second !== 'string') return unknown
    ;[from, to] = [first, second]
    if (!whole) common = await mergeBase(client, repository, from, to)
  }
  if (from === to) return { ...unknown, status: 'identical' }
  if (common === to) return { ...unknown, status: 'behind' }
  const range = common === null ? to : `${from}..${to}`
  const query = { refName: range, order: 'topo' as const, perPage: PER_PAGE, maxPages: 3 }
  const found = z.array(commitSchema).parse(await client.rest.commits.all(repository.path, query))
  const commits = found
    .slice(0, MOST_COMMITS)
    .toReversed()
    .map((commit) => toCommit(commit, repository, client.addresses.web))
  return { status: common === from ? 'ahead' : 'diverged', commits, total: found.length, url }
}

/** The commit that a name stands for; null when there is none. */
async function resolve(client: Client, repository: RepositoryId, name: string): Promise<Oid | null> {
  try {
    return idSchema.parse(await client.rest.commits.show(repository.path, name)).id
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Null when there is none, or one of the commits does not exist. */
async function mergeBase(client: Client, repository: RepositoryId, a: Oid, b: Oid): Promise<Oid | null> {
  try {
    return idSchema.parse(await client.rest.repositories.mergeBase(repository.path, [a, b])).id
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

function isMissing(error: unknown): boolean {
  const status = statusOf(error)
  return status === 404 || status === 400
}
