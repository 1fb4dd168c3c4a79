import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Oid } from '../../domain/commit.ts'
import { openObjectStore } from './object-store.ts'
import type { CommitObject, ObjectType, TagObject, TreeEntry } from './objects.ts'
import { decodeCommit, decodeTag, decodeTree } from './objects.ts'
import { type GitResult, runGit } from './run.ts'

/** A reference as it is now. */
export interface RefValue {
  /** Full name: `refs/heads/main`. */
  name: string
  oid: Oid
  type: ObjectType
  /** What an annotated tag points to in the end; `oid` of everything else. */
  commit: Oid
}

export interface TreeChange {
  path: string
  /** Null removes the path: a file, or a whole directory. */
  entry: { mode: string; oid: Oid } | null
}

export interface RefUpdate {
  /** Full name. */
  ref: string
  /** The expected value: zeros = must not exist; null = do not look. */
  before: Oid | null
  /** The new value: zeros = delete. */
  after: Oid
}

/** The empty tree, which every git knows. */
export const EMPTY_TREE: Oid = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

/** A bare repository, read and written without a working tree. Object ids that do not exist give null. */
export interface GitRepository {
  readonly directory: string
  /** Commit by its full id. */
  commit(oid: Oid): Promise<CommitObject | null>
  /** Entries of a tree by its full id, in git's order, `.`-free. */
  tree(oid: Oid): Promise<TreeEntry[] | null>
  blob(oid: Oid): Promise<Buffer | null>
  tag(oid: Oid): Promise<TagObject | null>
  /** Type and size of whatever an expression names: `main:dir/file`, `v1^{commit}`, an abbreviated id. */
  info(expression: string): Promise<{ oid: Oid; type: ObjectType; size: number } | null>
  /** Every reference, sorted by name, `refs/pull/…` included. Remembered between changes. */
  refs(): Promise<ReadonlyMap<string, RefValue>>
  /** A reference by its full name. */
  ref(name: string): Promise<RefValue | null>
  /** Reads the references anew: after git itself has changed them. */
  reloadRefs(): Promise<ReadonlyMap<string, RefValue>>
  writeBlob(bytes: Buffer): Promise<Oid>
  /** Writes any object from its raw bytes. */
  writeObject(type: ObjectType, bytes: Buffer): Promise<Oid>
  /** Moves several references in one transaction: all or none. False when an expected value did not hold. */
  updateRefs(updates: readonly RefUpdate[]): Promise<{ ok: true } | { ok: false; message: string }>
  /** Points a reference that nobody else writes (`refs/pull/…`) to an object, without a process. */
  writeOwnRef(ref: string, oid: Oid): Promise<void>
  /** Runs a git command in the repository. */
  run(args: readonly string[], options?: { input?: string; env?: Record<string, string> }): Promise<GitResult>
  /** Ends helper processes; the repository may be used again. */
  close(): void
}

const ZERO = /^0+$/

/** Opens an existing bare repository. */
export function openGitRepository(directory: string, searchPath: string): GitRepository {
  const objects = openObjectStore(directory, searchPath)
  const commits = cache<CommitObject>(20_000, () => 1)
  const trees = cache<TreeEntry[]>(200_000, (entries) => 1 + entries.length)
  let known: Promise<Map<string, RefValue>> | null = null

  const run: GitRepository['run'] = (args, options = {}) =>
    runGit(directory, args, { searchPath, ...options })

  async function typed(oid: Oid, type: ObjectType): Promise<Buffer | null> {
    const object = await objects.read(oid)
    return object?.type === type ? object.bytes : null
  }

  async function loadRefs(): Promise<Map<string, RefValue>> {
    const format = '%(refname) %(objectname) %(objecttype) %(*objectname)'
    const { stdout } = await run(['for-each-ref', `--format=${format}`])
    const refs = new Map<string, RefValue>()
    for (const line of stdout.toString().split('\n')) {
      const [name, oid = '', type = '', peeled = ''] = line.split(' ')
      if (name) refs.set(name, { name, oid, type: type as ObjectType, commit: peeled || oid })
    }
    return refs
  }

  function refs(): Promise<Map<string, RefValue>> {
    known ??= loadRefs()
    known.catch(() => {
      known = null
    })
    return known
  }

  /** Brings what is remembered about one reference up to date, after it was moved. */
  async function remember(name: string, oid: Oid): Promise<void> {
    const all = await refs()
    const object = ZERO.test(oid) ? null : await objects.info(oid)
    if (object === null) {
      all.delete(name)
      return
    }
    const peeled = object.type === 'tag' ? await objects.info(`${oid}^{}`) : object
    all.set(name, { name, oid, type: object.type, commit: peeled?.oid ?? oid })
  }

  return {
    directory,
    run,
    refs: async () => new Map([...(await refs())].sort(([a], [b]) => (a < b ? -1 : 1))),
    commit: (oid) =>
      commits(oid, async () => {
        const bytes = await typed(oid, 'commit')
        return bytes === null ? null : decodeCommit(oid, bytes)
      }),
    tree: (oid) =>
      trees(oid, async () => {
        const bytes = oid === EMPTY_TREE ? Buffer.alloc(0) : await typed(oid, 'tree')
        return bytes === null ? null : decodeTree(bytes)
      }),
    blob: (oid) => typed(oid, 'blob'),
    tag: async (oid) => {
      const bytes = await typed(oid, 'tag')
      return bytes === null ? null : decodeTag(oid, bytes)
    },
    info: (expression) => objects.info(expression),
    ref: async (name) => (await refs()).get(name) ?? null,
    reloadRefs: () => {
      known = null
      return refs()
    },
    writeBlob: (bytes) => objects.write('blob', bytes),
    writeObject: (type, bytes) => objects.write(type, bytes),
    updateRefs: async (updates) => {
      const { code, stderr } = await run(['update-ref', '--stdin', '-z'], { input: transaction(updates) })
      if (code !== 0) {
        known = null
        return { ok: false, message: stderr.trim() }
      }
      for (const { ref, after } of updates) await remember(ref, after)
      return { ok: true }
    },
    writeOwnRef: async (ref, oid) => {
      const path = join(directory, ref)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(`${path}.new`, `${oid}\n`)
      await rename(`${path}.new`, path)
      await remember(ref, oid)
    },
    close: () => objects.close(),
  }
}

function transaction(updates: readonly RefUpdate[]): string {
  const lines = updates.map(({ ref, before, after }) => {
    if (ZERO.test(after)) return `delete ${ref}\0${before ?? ''}\0`
    return `update ${ref}\0${after}\0${before ?? ''}\0`
  })
  return `start\0${lines.join('')}prepare\0commit\0`
}

/** Remembers what never changes: objects by id, up to a total weight. The oldest go first. */
function cache<T>(
  limit: number,
  weigh: (value: T) => number,
): (oid: Oid, read: () => Promise<T | null>) => Promise<T | null> {
  const known = new Map<Oid, T>()
  let weight = 0
  return async (oid, read) => {
    const hit = known.get(oid)
    if (hit !== undefined) return hit
    const value = await read()
    if (value === null || known.has(oid)) return value
    known.set(oid, value)
    weight += weigh(value)
    for (const [oldest, old] of known) {
      if (weight <= limit) break
      known.delete(oldest)
      weight -= weigh(old)
    }
    return value
  }
}
