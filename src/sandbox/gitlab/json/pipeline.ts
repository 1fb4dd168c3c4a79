import type { Pipeline } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import type { Repository } from '../../model/types.ts'
import { userById } from './user.ts'

/** https://docs.gitlab.com/api/pipelines/ */
export function pipelineJson(model: Model, project: Repository, pipeline: Pipeline): Record<string, unknown> {
  return {
    id: pipeline.id,
    iid: pipeline.iid,
    project_id: project.id,
    sha: pipeline.oid,
    ref: pipeline.ref,
    status: pipeline.status,
    source: pipeline.source,
    created_at: pipeline.createdAt,
    updated_at: pipeline.updatedAt,
    web_url: `${model.urls.repository(project)}/-/pipelines/${pipeline.id}`,
  }
}

/** A pipeline as it is shown alone. */
export function wholePipelineJson(
  model: Model,
  project: Repository,
  pipeline: Pipeline,
): Record<string, unknown> {
  const { startedAt, finishedAt } = pipeline
  const seconds = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000
  return {
    ...pipelineJson(model, project, pipeline),
    before_sha: '0'.repeat(40),
    tag: pipeline.tag,
    yaml_errors: null,
    user: userById(model, pipeline.accountId),
    started_at: startedAt,
    finished_at: finishedAt,
    committed_at: null,
    duration: startedAt === null || finishedAt === null ? null : seconds(startedAt, finishedAt),
    queued_duration: startedAt === null ? null : seconds(pipeline.createdAt, startedAt),
    coverage: null,
    detailed_status: {
      icon: `status_${pipeline.status}`,
      text: pipeline.status,
      label: pipeline.status,
      group: pipeline.status,
      tooltip: pipeline.status,
      has_details: false,
      details_path: '',
      favicon: '',
    },
  }
}
