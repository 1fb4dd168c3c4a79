import { z } from 'zod'
import { STATE_BRANCH } from '../../domain/names.ts'
import type { StateSnapshot } from '../state.ts'
import type { Sink } from './deep-trees.ts'
import { ACTOR_FIELDS, actorSchema, madeByBot } from './identity.ts'
import { entrySchema, walkEntry } from './tree.ts'

/** Newest commits whose makers are looked at. The bot only ever adds to a head that it has looked at. */
const COMMITS = 100

/**
 * The field `said` of a `Repository`: the bot's own branch, with the files below a directory.
 * @param text declares a variable
 */
export function stateFields(directory: string, text: (value: string) => string): string {
  return `said: ref(qualifiedName: ${text(`refs/heads/${STATE_BRANCH}`)}) { target { oid ... on Commit {
    file(path: ${text(directory)}) { ...DirText }
    history(first: ${COMMITS}) { nodes { message
      author { ${ACTOR_FIELDS} } committer { ${ACTOR_FIELDS} } parents(first: 2) { totalCount } } } } } }`
}

const commitSchema = z.object({
  message: z.string(),
  author: actorSchema,
  committer: actorSchema,
  parents: z.object({ totalCount: z.number() }),
})

export const stateSchema = z.object({
  target: z.object({
    oid: z.string(),
    file: entrySchema.nullish(),
    history: z.object({ nodes: z.array(commitSchema) }),
  }),
})

/** The files that the answer holds; directories that lie deeper, and long texts, are still to be read. */
export function stateListing(said: z.infer<typeof stateSchema> | null, directory: string): Sink {
  const entry = said?.target.file ?? null
  if (entry === null) return { files: [], deeper: [] }
  const { files, deeper } = walkEntry(entry, directory, true)
  return { files, deeper: deeper.map((tree) => ({ ...tree, texts: true })) }
}

/** What is known once the listing was completed. */
export function toStateSnapshot(
  said: z.infer<typeof stateSchema> | null,
  { files }: Sink,
  complete: boolean,
  viewer: string,
): StateSnapshot {
  if (said === null) return { head: null, files: {}, messages: [], trusted: true }
  const { oid, history } = said.target
  return {
    head: oid,
    files: Object.fromEntries(files.map(({ file }) => [file.path, file.text])),
    messages: history.nodes.map(({ message }) => message.trimEnd()),
    trusted: complete && history.nodes.every((commit) => madeByBot(commit, viewer)),
  }
}
