import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { PathCommit } from '../forge.ts'
import type { Client } from './client.ts'
import { commitSchema, type Me, writtenByBot } from './identity.ts'
import { listingKey, type Memory } from './memory.ts'

/**
 * The newest commits that touched a path, at a commit: from memory, else one request.
 * https://docs.gitlab.com/api/commits/#list-all-repository-commits
 */
export async function readPathHistory(
  client: Client,
  repository: RepositoryId,
  base: Oid,
  path: string,
  count: number,
  me: Me,
  memory: Memory,
): Promise<PathCommit[]> {
  const key = `${listingKey(repository, base, path)} ${count}`
  const known = memory.histories.get(key)
  if (known !== undefined) return known
  const where = path === '' ? {} : { path }
  const query = { refName: base, perPage: Math.min(count, 100), maxPages: 1, ...where }
  const commits = z.array(commitSchema).parse(await client.rest.commits.all(repository.path, query))
  const history = commits
    .slice(0, count)
    .map((commit) => ({ oid: commit.id, message: commit.message ?? '', ours: writtenByBot(commit, me) }))
  memory.histories.set(key, history)
  return history
}
