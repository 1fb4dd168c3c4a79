import type { Oid } from '../../domain/commit.ts'
import type { GitRepository } from './git-repository.ts'
import type { CommitObject, Signature } from './objects.ts'
import { isOnlyParent, mergeBase } from './walk.ts'
import { writeCommit } from './write.ts'

/** The tree of merging two commits; null when they conflict or have no common history. */
export async function mergeTree(git: GitRepository, ours: Oid, theirs: Oid): Promise<Oid | null> {
  if (await isOnlyParent(git, ours, theirs)) return (await git.commit(theirs))?.tree ?? null
  const { code, stdout } = await git.run(['merge-tree', '--write-tree', '--no-messages', ours, theirs])
  return code === 0 ? (stdout.toString().split('\n')[0] ?? null) : null
}

/**
 * Replays the commits that `head` has and `base` has not, without merges, on top of `base`.
 * @returns the new head; null when one of them conflicts
 */
export async function rebase(
  git: GitRepository,
  base: Oid,
  head: Oid,
  committer: Signature,
): Promise<Oid | null> {
  if ((await mergeBase(git, base, head)) === null) return null
  const { stdout } = await git.run(['rev-list', '--topo-order', '--reverse', '--no-merges', head, `^${base}`])
  let top = base
  for (const oid of stdout.toString().split('\n').filter(Boolean)) {
    const commit = await git.commit(oid)
    if (commit === null) return null
    const tree = await pick(git, top, commit)
    if (tree === null) return null
    top = await writeCommit(git, {
      tree,
      parents: [top],
      author: commit.author,
      committer,
      message: `${commit.message}\n`,
    })
  }
  return top
}

/** The tree of `onto` with the change of one commit: a merge whose base is that commit's parent. */
async function pick(git: GitRepository, onto: Oid, commit: CommitObject): Promise<Oid | null> {
  const [parent] = commit.parents
  const target = await git.commit(onto)
  if (parent === undefined || target === null) return null
  const sibling = await writeCommit(git, {
    tree: target.tree,
    parents: [parent],
    author: commit.author,
    committer: commit.committer,
    message: 'Base of a replayed commit.\n',
  })
  return await mergeTree(git, sibling, commit.oid)
}
