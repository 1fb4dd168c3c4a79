import type { Oid } from '../../domain/commit.ts'
import type { CommitTree } from '../forge.ts'
import { mergeDirectories } from '../shared/directories.ts'
import { completeTexts } from './blob.ts'
import type { Session } from './client.ts'
import { readDeepTrees, type Sink } from './deep-trees.ts'
import { addListing } from './manifest-part.ts'
import { manifestDocument, manifestsSchema } from './manifests-document.ts'
import type { Memory } from './memory.ts'
import { uniqueFiles } from './tree.ts'

/** Reads files of an earlier commit as `Forge.readTree` promises. */
export async function readTree(
  session: Session,
  commit: Oid,
  paths: readonly string[],
  memory: Memory,
): Promise<CommitTree> {
  const directories = mergeDirectories(paths.map((path) => ({ path, texts: true, history: 0 })))
  const [document, variables] = manifestDocument(session.owner, session.repo, {
    branch: null,
    at: commit,
    files: [],
    directories,
    branches: [],
    prefixes: [],
    state: null,
  })
  const { repository } = manifestsSchema.parse(await session.query(document, variables))
  const listing: Sink = { files: [], deeper: [] }
  for (const [i, directory] of directories.entries()) {
    addListing(listing, repository.at ?? {}, `d${i}`, directory)
  }
  const complete = await readDeepTrees(session, [listing])
  await completeTexts(session, listing.files, memory.blobs)
  return { tree: uniqueFiles(listing.files), complete: complete && repository.at != null }
}
