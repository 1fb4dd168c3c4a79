import { isAncestor } from '../../git/walk.ts'
import { mergedTree } from '../../model/mergeability.ts'
import type { Model } from '../../model/model.ts'
import { missingReview, protectionOf } from '../../model/protection.ts'
import type { PullRequest, Repository } from '../../model/types.ts'
import { latestPipeline } from './pipelines.ts'

/** Those of https://docs.gitlab.com/api/merge_requests/#merge-status that the sandbox comes to. */
export type MergeStatus =
  | 'unchecked'
  | 'checking'
  | 'mergeable'
  | 'not_open'
  | 'commits_status'
  | 'draft_status'
  | 'conflict'
  | 'need_rebase'
  | 'not_approved'
  | 'ci_must_pass'
  | 'ci_still_running'

const questions = new WeakMap<Model, Map<string, number>>()

/**
 * Whether a merge request can be merged, as GitLab tells it: worked out beside the request that asks, so that
 * the first answer about each new pair of head and base says `checking`.
 * @param ask false only looks: lists, and answers to writes. They say `unchecked` until somebody has asked.
 */
export async function mergeStatus(
  model: Model,
  project: Repository,
  pull: PullRequest,
  ask: boolean,
): Promise<MergeStatus> {
  if (pull.state !== 'open') return 'not_open'
  const base = (await model.git(project).ref(`refs/heads/${pull.baseBranch}`))?.oid ?? ''
  const asked = questions.get(model) ?? new Map<string, number>()
  questions.set(model, asked)
  const key = `${pull.id} ${base} ${pull.headOid}`
  // once somebody has asked, the check goes on by itself
  const before = asked.get(key) ?? 0
  const count = before > 0 || ask ? before + 1 : 0
  asked.set(key, count)
  if (count === 0) return 'unchecked'
  if (count <= Math.max(1, model.faults.mergeabilityUnknownFor)) return 'checking'
  return await workOutStatus(model, project, pull)
}

/** The same without the delay: merging works it out itself. */
export async function workOutStatus(
  model: Model,
  project: Repository,
  pull: PullRequest,
): Promise<MergeStatus> {
  if (pull.state !== 'open') return 'not_open'
  const git = model.git(project)
  const base = (await git.ref(`refs/heads/${pull.baseBranch}`))?.oid
  if (base === undefined || (await isAncestor(git, pull.headOid, base))) return 'commits_status'
  if (pull.draft) return 'draft_status'
  if ((await mergedTree(model, project, base, pull.headOid)) === null) return 'conflict'
  if (!project.allowMergeCommit && !(await isAncestor(git, base, pull.headOid))) return 'need_rebase'
  const protection = protectionOf(model, project, pull.baseBranch)
  if (protection !== null && missingReview(model, project, protection, pull) !== null) return 'not_approved'
  if (project.onlyMergeAfterPipeline !== true) return 'mergeable'
  const pipeline = latestPipeline(model, project, pull.headOid)
  if (pipeline?.status === 'success') return 'mergeable'
  const runs = pipeline !== null && ['created', 'pending', 'running'].includes(pipeline.status)
  return runs ? 'ci_still_running' : 'ci_must_pass'
}

/** The older field: `unchecked`, `checking`, `can_be_merged`, `cannot_be_merged`. */
export function oldMergeStatus(status: MergeStatus): string {
  if (status === 'unchecked' || status === 'checking') return status
  return status === 'conflict' || status === 'commits_status' || status === 'need_rebase'
    ? 'cannot_be_merged'
    : 'can_be_merged'
}
