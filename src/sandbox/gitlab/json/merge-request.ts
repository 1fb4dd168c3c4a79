import { diffFiles } from '../../git/diff.ts'
import { mergeBase } from '../../git/walk.ts'
import { commentsOf } from '../../model/discussion.ts'
import type { Model } from '../../model/model.ts'
import type { Account, PullRequest, Repository } from '../../model/types.ts'
import { mergeStatus, oldMergeStatus } from '../state/merge-status.ts'
import { latestPipeline } from '../state/pipelines.ts'
import { pipelineJson, wholePipelineJson } from './pipeline.ts'
import { fullPath } from './project.ts'
import { userById } from './user.ts'

const STATES = { open: 'opened', closed: 'closed', merged: 'merged' } as const

/** `opened`, `closed`, `merged`. */
export function stateName({ state }: PullRequest): string {
  return STATES[state]
}

/**
 * A merge request as lists show it. https://docs.gitlab.com/api/merge_requests/
 * @param ask true starts the check whether it can be merged
 */
export async function mergeRequestJson(
  model: Model,
  project: Repository,
  pull: PullRequest,
  ask = false,
): Promise<Record<string, unknown>> {
  const status = await mergeStatus(model, project, pull, ask)
  const person = (id: number | null): unknown => (id === null ? null : userById(model, id))
  const short = `!${pull.number}`
  const notes = commentsOf(model, project, pull.number).filter(({ system }) => system !== true)
  const merged = pull.state === 'merged'
  return {
    id: pull.id,
    iid: pull.number,
    project_id: project.id,
    title: pull.title,
    description: pull.body ?? '',
    state: stateName(pull),
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    merged_by: merged ? person(pull.mergedById) : null,
    merge_user: merged ? person(pull.mergedById) : null,
    merged_at: pull.mergedAt,
    closed_by: merged ? null : person(pull.closedById),
    closed_at: merged ? null : pull.closedAt,
    target_branch: pull.baseBranch,
    source_branch: pull.headBranch,
    user_notes_count: notes.length,
    upvotes: 0,
    downvotes: 0,
    author: person(pull.authorId),
    assignees: [],
    assignee: null,
    reviewers: (pull.reviewerIds ?? []).map(person),
    source_project_id: pull.headRepositoryId,
    target_project_id: project.id,
    labels: pull.labels,
    draft: pull.draft,
    imported: false,
    imported_from: 'none',
    work_in_progress: pull.draft,
    milestone: null,
    merge_when_pipeline_succeeds: pull.autoMerge != null,
    merge_status: oldMergeStatus(status),
    detailed_merge_status: status,
    merge_after: null,
    sha: pull.headOid,
    merge_commit_sha: pull.mergeCommitOid,
    squash_commit_sha: null,
    discussion_locked: null,
    should_remove_source_branch: pull.removesSource ?? null,
    force_remove_source_branch: pull.removesSource ?? null,
    prepared_at: pull.createdAt,
    reference: short,
    references: { short, relative: short, full: `${fullPath(project)}${short}` },
    web_url: model.urls.repository(project, `/pull/${pull.number}`),
    time_stats: {
      time_estimate: 0,
      total_time_spent: 0,
      human_time_estimate: null,
      human_total_time_spent: null,
    },
    squash: false,
    squash_on_merge: false,
    task_completion_status: { count: 0, completed_count: 0 },
    has_conflicts: status === 'conflict',
    blocking_discussions_resolved: true,
    approvals_before_merge: null,
  }
}

/** A merge request as it is shown alone. */
export async function wholeMergeRequestJson(
  model: Model,
  project: Repository,
  pull: PullRequest,
  viewer: Account,
  ask = false,
): Promise<Record<string, unknown>> {
  const git = model.git(project)
  const base = await mergeBase(git, pull.baseOid, pull.headOid)
  const files = await diffFiles(git, base, pull.headOid, false)
  const pipeline = latestPipeline(model, project, pull.headOid)
  return {
    ...(await mergeRequestJson(model, project, pull, ask)),
    subscribed: pull.authorId === viewer.id,
    changes_count: files.length === 0 ? null : String(files.length),
    latest_build_started_at: pipeline?.startedAt ?? null,
    latest_build_finished_at: pipeline?.finishedAt ?? null,
    first_deployed_to_production_at: null,
    pipeline: pipeline === null ? null : pipelineJson(model, project, pipeline),
    head_pipeline: pipeline === null ? null : wholePipelineJson(model, project, pipeline),
    diff_refs: { base_sha: base, head_sha: pull.headOid, start_sha: pull.baseOid },
    merge_error: null,
    first_contribution: false,
    user: { can_merge: true },
  }
}
