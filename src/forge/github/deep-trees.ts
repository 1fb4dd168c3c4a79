import type { Session } from './client.ts'
import { deepTreesDocument, deepTreesSchema } from './manifests-document.ts'
import { type DeepTree, type FoundFile, walkTree } from './tree.ts'

/** Where found files go, and which directories of it are still to be read. */
export interface Sink {
  files: FoundFile[]
  deeper: (DeepTree & { texts: boolean })[]
}

const TREES_PER_REQUEST = 100
/** Requests after which reading gives up: the snapshot is then not complete. */
const MOST_REQUESTS = 30

/**
 * Reads the directories that lie deeper than a first request reached, many at a time.
 * @returns false when some could not be read
 */
export async function readDeepTrees(session: Session, sinks: Sink[]): Promise<boolean> {
  let complete = true
  for (let requests = 0; requests < MOST_REQUESTS; requests++) {
    const pending = sinks.flatMap((sink) => sink.deeper.map((tree) => ({ sink, tree })))
    if (pending.length === 0) return complete
    const batch = pending.slice(0, TREES_PER_REQUEST)
    for (const sink of sinks) {
      sink.deeper = sink.deeper.filter((tree) => !batch.some((taken) => taken.tree === tree))
    }
    const wanted = batch.map(({ tree }) => tree)
    const [document, variables] = deepTreesDocument(session.owner, session.repo, wanted)
    const { repository } = deepTreesSchema.parse(await session.query(document, variables))
    batch.forEach(({ sink, tree }, i) => {
      const entries = repository[`t${i}`]?.entries
      if (entries === undefined || entries === null) {
        complete = false
        return
      }
      const walk = walkTree(entries, tree.path, tree.texts)
      sink.files.push(...walk.files)
      sink.deeper.push(...walk.deeper.map((deeper) => ({ ...deeper, texts: tree.texts })))
    })
  }
  return false
}
