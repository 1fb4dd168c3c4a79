import type { Oid } from '../../domain/commit.ts'
import type { GitRepository, TreeChange } from './git-repository.ts'
import { encodeCommit, encodeTree, type Signature, type TreeEntry } from './objects.ts'

/** Writes one tree level. */
export async function writeTree(
  git: GitRepository,
  entries: readonly Omit<TreeEntry, 'type'>[],
): Promise<Oid> {
  return await git.writeObject('tree', encodeTree(entries))
}

/** Writes a commit; nothing points to it yet. */
export async function writeCommit(
  git: GitRepository,
  commit: { tree: Oid; parents: readonly Oid[]; author: Signature; committer: Signature; message: string },
): Promise<Oid> {
  return await git.writeObject('commit', encodeCommit(commit))
}

/**
 * A tree like `base` (null = empty) with some paths set or removed; directories that become empty go.
 * Reads and writes only the directories on the changed paths. Removing what is not there changes nothing.
 */
export async function changeTree(
  git: GitRepository,
  base: Oid | null,
  changes: readonly TreeChange[],
): Promise<Oid> {
  const written = await change(git, base, changes)
  return written ?? (await writeTree(git, []))
}

async function change(
  git: GitRepository,
  base: Oid | null,
  changes: readonly TreeChange[],
): Promise<Oid | null> {
  const entries = new Map<string, TreeEntry>(
    (base === null ? [] : ((await git.tree(base)) ?? [])).map((entry) => [entry.name, entry]),
  )
  const below = new Map<string, TreeChange[]>()
  for (const { path, entry } of changes) {
    const slash = path.indexOf('/')
    const name = slash === -1 ? path : path.slice(0, slash)
    if (slash !== -1) {
      below.set(name, [...(below.get(name) ?? []), { path: path.slice(slash + 1), entry }])
    } else if (entry === null) {
      entries.delete(name)
    } else {
      entries.set(name, { name, type: typeOf(entry.mode), ...entry })
    }
  }
  for (const [name, deeper] of below) {
    const old = entries.get(name)
    if (old?.type !== 'tree' && deeper.every(({ entry }) => entry === null)) continue
    const oid = await change(git, old?.type === 'tree' ? old.oid : null, deeper)
    if (oid === null) entries.delete(name)
    else entries.set(name, { name, mode: '040000', type: 'tree', oid })
  }
  return entries.size === 0 ? null : await writeTree(git, [...entries.values()])
}

function typeOf(mode: string): TreeEntry['type'] {
  return mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob'
}
