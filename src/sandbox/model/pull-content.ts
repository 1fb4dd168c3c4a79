import { diffFiles, type FileDiff } from '../git/diff.ts'
import type { CommitObject } from '../git/objects.ts'
import { history, mergeBase } from '../git/walk.ts'
import type { Model } from './model.ts'
import type { PullRequest, Repository } from './types.ts'

/** The commits that a pull request brings, oldest first; at most 250, as forges show them. */
export async function pullCommits(
  model: Model,
  repository: Repository,
  pull: PullRequest,
): Promise<CommitObject[]> {
  const git = model.git(repository)
  const current = pull.state === 'open' ? (await git.ref(`refs/heads/${pull.baseBranch}`))?.oid : undefined
  return await history(git, pull.headOid, { limit: 250, not: [current ?? pull.baseOid], reverse: true })
}

/** The files that a pull request changes: its head against where it left the base branch. */
export async function pullFiles(
  model: Model,
  repository: Repository,
  pull: PullRequest,
): Promise<FileDiff[]> {
  const git = model.git(repository)
  const fork = await mergeBase(git, pull.baseOid, pull.headOid)
  return await diffFiles(git, fork, pull.headOid)
}
