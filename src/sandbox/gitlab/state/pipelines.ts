import type { Oid } from '../../../domain/commit.ts'
import type { Pipeline, PipelineStatus } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import type { Account, Repository } from '../../model/types.ts'

const ENDED: readonly PipelineStatus[] = ['success', 'failed', 'canceled', 'skipped']

/** The newest pipeline of a commit, on a branch or tag or on any; null when there is none. */
export function latestPipeline(model: Model, project: Repository, oid: Oid, ref?: string): Pipeline | null {
  const pipelines = model.tables.pipelines.by(project.id)
  return pipelines.findLast((each) => each.oid === oid && (ref === undefined || each.ref === ref)) ?? null
}

/** Starts a pipeline. Webhooks tell about it, unless only commit statuses made it (`external`). */
export function createPipeline(
  model: Model,
  project: Repository,
  sender: Account,
  wish: { oid: Oid; ref: string; tag?: boolean; source?: Pipeline['source']; status?: PipelineStatus },
): Pipeline {
  const now = model.now()
  const pipeline: Pipeline = {
    id: model.nextId(),
    iid: model.tables.pipelines.by(project.id).length + 1,
    repositoryId: project.id,
    oid: wish.oid,
    ref: wish.ref,
    tag: wish.tag ?? false,
    status: wish.status ?? 'pending',
    source: wish.source ?? 'push',
    accountId: sender.id,
    createdAt: now,
    updatedAt: now,
    startedAt: null,
    finishedAt: null,
  }
  model.save(['pipelines', pipeline])
  tell(model, project, sender, pipeline)
  return pipeline
}

/** Moves a pipeline on; webhooks tell about it. */
export function setPipelineStatus(
  model: Model,
  project: Repository,
  sender: Account,
  before: Pipeline,
  status: PipelineStatus,
): Pipeline {
  if (before.status === status) return before
  const now = model.now()
  const pipeline: Pipeline = {
    ...before,
    status,
    updatedAt: now,
    startedAt: before.startedAt ?? (status === 'pending' || status === 'created' ? null : now),
    finishedAt: ENDED.includes(status) ? now : null,
  }
  model.save(['pipelines', pipeline])
  tell(model, project, sender, pipeline)
  return pipeline
}

/** What the newest statuses of a pipeline come to. */
export function statusOfAll(statuses: readonly string[]): PipelineStatus {
  if (statuses.includes('running')) return 'running'
  if (statuses.includes('pending') || statuses.includes('created')) {
    return statuses.some((each) => each === 'success' || each === 'failed') ? 'running' : 'pending'
  }
  if (statuses.includes('failed')) return 'failed'
  if (statuses.includes('canceled')) return 'canceled'
  return statuses.every((each) => each === 'skipped') ? 'skipped' : 'success'
}

function tell(model: Model, repository: Repository, sender: Account, pipeline: Pipeline): void {
  if (pipeline.source !== 'external') model.emit({ type: 'pipeline', repository, sender, pipeline })
}
