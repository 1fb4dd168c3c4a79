import { resolveCommit } from '../../git/walk.ts'
import type { Pipeline } from '../../model/gitlab-types.ts'
import { pipelineJson, wholePipelineJson } from '../json/pipeline.ts'
import { createPipeline, setPipelineStatus } from '../state/pipelines.ts'
import { optionalChoice, optionalText, requireText } from './input.ts'
import { paginate } from './page.ts'
import { json, notFound, type Reply, refuse } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

/**
 * Pipelines: nothing runs in them. One that is made here waits until commit statuses on its commit and branch
 * say how it goes. https://docs.gitlab.com/api/pipelines/
 */
export function addPipelineRoutes({ project }: Router): void {
  project('get', '/pipelines', 'code', list)
  project('get', '/pipelines/:pipeline', 'code', (request) => {
    const { model, project } = request
    return json(wholePipelineJson(model, project, find(request)))
  })
  project('post', '/pipeline', 30, async ({ model, project, actor, params }) => {
    const ref = requireText(params, 'ref')
    const git = model.git(project)
    const oid = await resolveCommit(git, ref)
    if (oid === null) throw refuse(400, { base: ['Reference not found'] })
    const tag = (await git.ref(`refs/tags/${ref}`)) !== null
    const made = createPipeline(model, project, actor.account, { oid, ref, tag, source: 'api' })
    return json(wholePipelineJson(model, project, made), 201)
  })
  project('post', '/pipelines/:pipeline/cancel', 30, (request) => move(request, 'canceled'))
  project('post', '/pipelines/:pipeline/retry', 30, (request) => move(request, 'running'))
}

function find({ model, project, number }: ProjectRequest): Pipeline {
  const pipeline = model.tables.pipelines.get(number('pipeline'))
  if (pipeline?.repositoryId !== project.id) throw notFound()
  return pipeline
}

function move(request: ProjectRequest, status: 'canceled' | 'running'): Reply {
  const { model, project, actor } = request
  const next = setPipelineStatus(model, project, actor.account, find(request), status)
  return json(wholePipelineJson(model, project, next), status === 'canceled' ? 200 : 201)
}

function list(request: ProjectRequest): Promise<Reply> {
  const { model, project, params } = request
  const status = optionalText(params, 'status')
  const ref = optionalText(params, 'ref')
  const sha = optionalText(params, 'sha')
  const shown = model.tables.pipelines
    .by(project.id)
    .filter((each) => status === undefined || each.status === status)
    .filter((each) => ref === undefined || each.ref === ref)
    .filter((each) => sha === undefined || each.oid === sha)
  if (optionalChoice(params, 'sort', ['asc', 'desc']) !== 'asc') shown.reverse()
  return paginate(request, shown, (pipeline) => pipelineJson(model, project, pipeline))
}
