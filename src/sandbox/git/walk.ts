import type { Oid } from '../../domain/commit.ts'
import type { GitRepository } from './git-repository.ts'
import type { CommitObject, TreeEntry } from './objects.ts'

/**
 * The entry at a path below a tree, null where there is none. The empty path is the tree itself.
 * Reads one tree per directory on the way, whatever the size of the repository.
 */
export async function entryAt(git: GitRepository, treeOid: Oid, path: string): Promise<TreeEntry | null> {
  let entry: TreeEntry = { name: '', mode: '040000', type: 'tree', oid: treeOid }
  for (const name of path.split('/').filter((part) => part !== '')) {
    if (entry.type !== 'tree') return null
    const next: TreeEntry | undefined = (await git.tree(entry.oid))?.find((child) => child.name === name)
    if (next === undefined) return null
    entry = next
  }
  return entry
}

/** Bytes of the file at a path of a commit; null when it is no file. */
export async function fileAt(git: GitRepository, commitOid: Oid, path: string): Promise<Buffer | null> {
  const commit = await git.commit(commitOid)
  const entry = commit === null ? null : await entryAt(git, commit.tree, path)
  return entry?.type === 'blob' ? await git.blob(entry.oid) : null
}

/**
 * The commit that a branch, tag, full reference name, full or abbreviated id, or any other revision names.
 * Branches go before tags.
 */
export async function resolveCommit(git: GitRepository, revision: string): Promise<Oid | null> {
  const refs = await git.refs()
  for (const name of [`refs/heads/${revision}`, `refs/tags/${revision}`, `refs/${revision}`, revision]) {
    const ref = refs.get(name)
    if (ref !== undefined) return (await git.commit(ref.commit)) === null ? null : ref.commit
  }
  if (/^[0-9a-f]{40}$/.test(revision) && (await git.commit(revision)) !== null) return revision
  if (revision.startsWith('-')) return null
  const found = await git.info(`${revision}^{commit}`)
  return found?.oid ?? null
}

/**
 * The newest commits reachable from `from`, children before parents, without those reachable from `not`.
 * `path`: only commits that changed it.
 */
export async function history(
  git: GitRepository,
  from: Oid,
  options: { limit: number; skip?: number; not?: readonly Oid[]; path?: string | null; reverse?: boolean },
): Promise<CommitObject[]> {
  const { stdout } = await git.run([
    'rev-list',
    '--topo-order',
    `--max-count=${options.limit}`,
    `--skip=${options.skip ?? 0}`,
    ...(options.reverse === true ? ['--reverse'] : []),
    from,
    ...(options.not ?? []).map((oid) => `^${oid}`),
    ...(options.path ? ['--', options.path] : []),
  ])
  const oids = stdout.toString().split('\n').filter(Boolean)
  const commits = await Promise.all(oids.map((oid) => git.commit(oid)))
  return commits.filter((commit) => commit !== null)
}

/** Number of commits reachable from `from` and not from `not`. */
export async function countCommits(git: GitRepository, from: Oid, not: readonly Oid[] = []): Promise<number> {
  const [only] = not
  if (only !== undefined && not.length === 1 && (await isOnlyParent(git, only, from))) return 1
  const { stdout } = await git.run(['rev-list', '--count', from, ...not.map((oid) => `^${oid}`)])
  return Number(stdout.toString().trim())
}

/** The best common ancestor; null for unrelated histories. */
export async function mergeBase(git: GitRepository, a: Oid, b: Oid): Promise<Oid | null> {
  if (a === b) return a
  if (await isParent(git, a, b)) return a
  if (await isParent(git, b, a)) return b
  const { code, stdout } = await git.run(['merge-base', a, b])
  return code === 0 ? stdout.toString().trim() : null
}

/** True when `ancestor` is `descendant` or reachable from it. */
export async function isAncestor(git: GitRepository, ancestor: Oid, descendant: Oid): Promise<boolean> {
  if (ancestor === descendant) return true
  if (await isParent(git, ancestor, descendant)) return true
  if (await isParent(git, descendant, ancestor)) return false
  return (await git.run(['merge-base', '--is-ancestor', ancestor, descendant])).code === 0
}

async function isParent(git: GitRepository, parent: Oid, child: Oid): Promise<boolean> {
  return (await git.commit(child))?.parents.includes(parent) === true
}

/** True when `child` has this one parent and no other: the commonest history, which needs no process. */
export async function isOnlyParent(git: GitRepository, parent: Oid, child: Oid): Promise<boolean> {
  const commit = await git.commit(child)
  return commit?.parents.length === 1 && commit.parents[0] === parent
}

export interface AheadBehind {
  mergeBase: Oid | null
  ahead: number
  behind: number
}

/** How many commits `head` has that `base` has not, and the other way round. */
export async function aheadBehind(git: GitRepository, base: Oid, head: Oid): Promise<AheadBehind> {
  if (base === head) return { mergeBase: base, ahead: 0, behind: 0 }
  if (await isOnlyParent(git, base, head)) return { mergeBase: base, ahead: 1, behind: 0 }
  const [common, counts] = await Promise.all([
    mergeBase(git, base, head),
    git.run(['rev-list', '--left-right', '--count', `${base}...${head}`]),
  ])
  const [behind = 0, ahead = 0] = counts.stdout.toString().trim().split(/\s+/).map(Number)
  return { mergeBase: common, ahead, behind }
}

/** Every entry below a tree, directories before what they hold, paths relative to it; stops after `limit`. */
export async function flatten(
  git: GitRepository,
  treeOid: Oid,
  limit: number,
): Promise<{ entries: (TreeEntry & { path: string })[]; truncated: boolean }> {
  const entries: (TreeEntry & { path: string })[] = []
  const visit = async (oid: Oid, prefix: string): Promise<boolean> => {
    for (const entry of (await git.tree(oid)) ?? []) {
      if (entries.length >= limit) return false
      const path = `${prefix}${entry.name}`
      entries.push({ ...entry, path })
      if (entry.type === 'tree' && !(await visit(entry.oid, `${path}/`))) return false
    }
    return true
  }
  const complete = await visit(treeOid, '')
  return { entries, truncated: !complete }
}
