import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { StateSnapshot } from '../state.ts'
import type { Client } from './client.ts'
import { commitSchema, type Me, madeByBot } from './identity.ts'
import { completeListings } from './listings.ts'
import { commitKey, knownListings, type Memory } from './memory.ts'
import { readTexts } from './texts.ts'

/** Everything that the bot keeps is below this directory. */
const STATE_DIRECTORY = '.supercargo/state'
/** Newest commits whose makers are looked at. */
const COMMITS = 20

/** The files below a directory of the state branch, and who wrote them: from memory for a head that was seen before. */
export async function readStateBranch(
  client: Client,
  repository: RepositoryId,
  head: Oid | null,
  directory: string,
  me: Me,
  memory: Memory,
): Promise<StateSnapshot> {
  if (head === null) return { head, files: {}, trusted: true }
  const wanted = { commit: head, path: directory, files: [], after: null }
  const [complete, ours] = await Promise.all([
    completeListings(client, repository, [wanted], memory),
    isOurs(client, repository, head, me, memory),
  ])
  const files = knownListings(memory, repository, head).get(directory)
  const texts = await readTexts(client, repository, head, files ?? [], memory)
  const entries = (files ?? []).map(({ path, oid, mode }) => [
    path,
    mode.startsWith('100') ? (texts.get(oid) ?? null) : null,
  ])
  return { head, files: Object.fromEntries(entries), trusted: complete && ours && files !== undefined }
}

/**
 * True when the bot made the head and all commits before it that touched what is kept. The branch begins with the
 * manifest branch's own commits, which must not have touched it either.
 */
async function isOurs(
  client: Client,
  repository: RepositoryId,
  head: Oid,
  me: Me,
  memory: Memory,
): Promise<boolean> {
  const known = memory.states.get(commitKey(repository, head))
  if (known !== undefined) return known
  const query = { refName: head, path: STATE_DIRECTORY, perPage: COMMITS, maxPages: 1 }
  const commits = z.array(commitSchema).parse(await client.rest.commits.all(repository.path, query))
  const ours = commits[0]?.id === head && commits.every((commit) => madeByBot(commit, me))
  memory.states.set(commitKey(repository, head), ours)
  return ours
}
