import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { CommitTree } from '../forge.ts'
import { mergeDirectories } from '../shared/directories.ts'
import type { Client } from './client.ts'
import { completeListings } from './listings.ts'
import { filesBelow, knownListings, type Memory } from './memory.ts'
import { readTexts } from './texts.ts'

/** Reads files of an earlier commit as `Forge.readTree` promises. */
export async function readTree(
  client: Client,
  repository: RepositoryId,
  commit: Oid,
  paths: readonly string[],
  memory: Memory,
): Promise<CommitTree> {
  const directories = mergeDirectories(paths.map((path) => ({ path, texts: true, history: 0 })))
  const wanted = directories.map(({ path }) => ({ commit, path, files: [], after: null }))
  const listed = await completeListings(client, repository, wanted, memory)
  const known = knownListings(memory, repository, commit)
  const files = filesBelow(memory, repository, commit, directories)
  const texts = await readTexts(client, repository, commit, files, memory)
  const tree = files.map((file) => ({
    ...file,
    text: file.mode.startsWith('100') ? (texts.get(file.oid) ?? null) : null,
  }))
  return { tree, complete: listed && directories.every(({ path }) => known.has(path)) }
}
