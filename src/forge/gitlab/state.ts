import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { StateSnapshot } from '../state.ts'
import type { Client } from './client.ts'
import { commitSchema, type Me, madeByBot } from './identity.ts'
import { completeListings } from './listings.ts'
import { commitKey, knownListings, type Memory, type StateFacts } from './memory.ts'
import { readTexts } from './texts.ts'

/** Everything that the bot keeps is below this directory. */
const STATE_DIRECTORY = '.supercargo/state'
/** Newest commits whose makers are looked at. */
const COMMITS = 100
const NO_PIPELINE = '[skip ci]'

/** The files below a directory of the state branch, and who wrote them: from memory for a head that was seen before. */
export async function readStateBranch(
  client: Client,
  repository: RepositoryId,
  head: Oid | null,
  directory: string,
  me: Me,
  memory: Memory,
): Promise<StateSnapshot> {
  if (head === null) return { head, files: {}, messages: [], trusted: true }
  const wanted = { commit: head, path: directory, files: [], after: null }
  const [complete, { ours, messages }] = await Promise.all([
    completeListings(client, repository, [wanted], memory),
    readMakers(client, repository, head, me, memory),
  ])
  const files = knownListings(memory, repository, head).get(directory)
  const texts = await readTexts(client, repository, head, files ?? [], memory)
  const entries = (files ?? []).map(({ path, oid, mode }) => [
    path,
    mode.startsWith('100') ? (texts.get(oid) ?? null) : null,
  ])
  const trusted = complete && ours && files !== undefined
  return { head, files: Object.fromEntries(entries), messages, trusted }
}

/**
 * Whether the bot made the head and all commits before it that touched what is kept, and what they say. The branch
 * begins with the manifest branch's own commits, which must not have touched it either.
 */
async function readMakers(
  client: Client,
  repository: RepositoryId,
  head: Oid,
  me: Me,
  memory: Memory,
): Promise<StateFacts> {
  const known = memory.states.get(commitKey(repository, head))
  if (known !== undefined) return known
  const query = { refName: head, path: STATE_DIRECTORY, perPage: COMMITS, maxPages: 1 }
  const commits = z.array(commitSchema).parse(await client.rest.commits.all(repository.path, query))
  const facts = {
    ours: commits[0]?.id === head && commits.every((commit) => madeByBot(commit, me)),
    messages: commits.map(({ message }) => wished(message ?? '')),
  }
  memory.states.set(commitKey(repository, head), facts)
  return facts
}

/**
 * The branch holds the pipelines of the manifest branch, which have nothing to do here.
 * https://docs.gitlab.com/ci/pipelines/#skip-a-pipeline
 */
export function withoutPipeline(message: string): string {
  const [subject = '', ...rest] = message.split('\n\n')
  return [subject, NO_PIPELINE, ...rest].join('\n\n')
}

/** The message that `withoutPipeline` was given. */
function wished(message: string): string {
  return message.trimEnd().replace(`\n\n${NO_PIPELINE}`, '')
}

/** What is known of a head that one more commit was put onto. */
export function rememberState(
  memory: Memory,
  repository: RepositoryId,
  { before, made, message }: { before: Oid; made: Oid; message: string },
): void {
  const known = memory.states.get(commitKey(repository, before))
  if (known?.ours !== true) return
  const messages = [message, ...known.messages].slice(0, COMMITS)
  memory.states.set(commitKey(repository, made), { ours: true, messages })
}
