import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Client } from './client.ts'
import { commitSchema, type Me, madeByBot } from './identity.ts'
import { commitKey, type HeadFacts, type Memory } from './memory.ts'

/** Commits of a branch of the bot's that are looked at: it makes one, so more than these are not its own. */
const COMMITS = 20

/**
 * Who made what a branch holds beyond the manifest branch: from memory, else one request (two for a branch that holds
 * nothing beyond it). What was once reached from the manifest branch stays so, unless people rewrite that.
 */
export async function headFacts(
  client: Client,
  repository: RepositoryId,
  base: Oid,
  head: Oid,
  me: Me,
  memory: Memory,
): Promise<HeadFacts> {
  const known = memory.heads.get(commitKey(repository, head))
  if (known !== undefined) return known
  // https://docs.gitlab.com/api/commits/ : `ref_name` may be a revision range
  const range = { refName: `${base}..${head}`, perPage: COMMITS + 1, maxPages: 1 }
  const commits = z.array(commitSchema).parse(await client.rest.commits.all(repository.path, range))
  const last =
    commits.find(({ id }) => id === head) ??
    commitSchema.parse(await client.rest.commits.show(repository.path, head))
  const facts = {
    parents: last.parent_ids,
    ours: commits.length <= COMMITS && commits.every((commit) => madeByBot(commit, me)),
  }
  memory.heads.set(commitKey(repository, head), facts)
  return facts
}
