import type { Pipeline } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import type { CommitStatus, Repository } from '../../model/types.ts'
import { connection, type PageArguments } from './connection.ts'
import { gid } from './repository.ts'

type Node = Record<string, unknown>

export interface PipelineFilter extends PageArguments {
  ref?: string | null
  sha?: string | null
  status?: string | null
}

/** `Project.pipelines`, newest first. */
export function pipelinesNode(model: Model, project: Repository, filter: PipelineFilter): Node {
  const { ref, sha, status } = filter
  const found = model.tables.pipelines
    .by(project.id)
    .filter((each) => ref == null || each.ref === ref)
    .filter((each) => sha == null || each.oid === sha)
    .filter((each) => status == null || each.status.toUpperCase() === status)
    .reverse()
  const nodes = found.map((pipeline) => pipelineNode(model, project, pipeline))
  return connection(nodes, ({ id }) => String(id), filter, model.faults.cutListingsAt)
}

export function pipelineNode(model: Model, project: Repository, pipeline: Pipeline): Node {
  return {
    id: gid('Ci::Pipeline', pipeline.id),
    iid: String(pipeline.iid),
    ref: pipeline.ref,
    sha: pipeline.oid,
    status: pipeline.status.toUpperCase(),
    path: `${new URL(model.urls.repository(project)).pathname}/-/pipelines/${pipeline.id}`,
    createdAt: pipeline.createdAt,
    finishedAt: pipeline.finishedAt,
    jobs: (filter: JobFilter) => jobsNode(model, project, pipeline, filter),
  }
}

interface JobFilter extends PageArguments {
  retried?: boolean | null
  statuses?: string[] | null
}

/** `Pipeline.jobs`, newest first: jobs, of which the sandbox has none of its own, and the statuses from outside. */
function jobsNode(model: Model, project: Repository, pipeline: Pipeline, filter: JobFilter): Node {
  const all = model.tables.statuses
    .by(`${project.id}@${pipeline.oid}`)
    .filter(({ gitlab }) => gitlab?.pipelineId === pipeline.id)
  const newest = new Map(all.map((status) => [status.context, status]))
  const retried = (status: CommitStatus): boolean => newest.get(status.context) !== status
  const nodes = all
    .filter((status) => filter.retried == null || retried(status) === filter.retried)
    .map((status) => ({
      id: gid('GenericCommitStatus', status.id),
      name: status.context,
      status: (status.gitlab?.status ?? 'pending').toUpperCase(),
      allowFailure: status.gitlab?.allowFailure ?? false,
      retried: retried(status),
    }))
    .filter(({ status }) => filter.statuses == null || filter.statuses.includes(status))
    .reverse()
  return connection(nodes, ({ id }) => id, filter, model.faults.cutListingsAt)
}
