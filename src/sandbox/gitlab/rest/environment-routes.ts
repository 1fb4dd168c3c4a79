import { resolveCommit } from '../../git/walk.ts'
import type { Deployment, DeploymentStatus, Environment } from '../../model/gitlab-types.ts'
import { deploymentJson, environmentJson } from '../json/environment.ts'
import { optionalBoolean, optionalChoice, optionalText, type Params, requireText } from './input.ts'
import { paginate } from './page.ts'
import { badParameter, forbidden, json, notFound, type Reply, refuse } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

const TIERS = ['production', 'staging', 'testing', 'development', 'other'] as const
const STATUSES = ['running', 'success', 'failed', 'canceled'] as const

/** Environments and deployments. https://docs.gitlab.com/api/environments/ https://docs.gitlab.com/api/deployments/ */
export function addEnvironmentRoutes({ project }: Router): void {
  project('get', '/environments', 20, listEnvironments)
  project('post', '/environments', 30, createEnvironment)
  project('get', '/environments/:environment', 20, (request) => {
    const { model, project } = request
    return json(environmentJson(model, project, environmentOf(request)))
  })
  project('put', '/environments/:environment', 30, (request) => {
    const { model, project, params } = request
    const known = environmentOf(request)
    const externalUrl = optionalText(params, 'external_url') ?? known.externalUrl
    const tier = optionalChoice(params, 'tier', TIERS) ?? known.tier
    const next = { ...known, externalUrl, tier, updatedAt: model.now() }
    model.save(['environments', next])
    return json(environmentJson(model, project, next))
  })
  project('post', '/environments/:environment/stop', 30, (request) => {
    const { model, project } = request
    const next = { ...environmentOf(request), state: 'stopped' as const, updatedAt: model.now() }
    model.save(['environments', next])
    return json(environmentJson(model, project, next))
  })
  project('delete', '/environments/:environment', 30, (request) => {
    const { id, state } = environmentOf(request)
    if (state !== 'stopped') throw forbidden()
    request.model.save(['environments', id, null])
    return { status: 204 }
  })
  project('get', '/deployments', 20, listDeployments)
  project('post', '/deployments', 30, createDeployment)
  project('get', '/deployments/:deployment', 20, (request) => {
    return json(deploymentJson(request.model, deploymentOf(request)))
  })
  project('put', '/deployments/:deployment', 30, (request) => {
    const known = deploymentOf(request)
    const status = readStatus(request.params)
    if (known.status === status) throw refuse(400, { status: [`already ${status}`] })
    return json(saveDeployment(request, { ...known, status, updatedAt: request.model.now() }))
  })
  project('delete', '/deployments/:deployment', 40, (request) => {
    request.model.save(['deployments', deploymentOf(request).id, null])
    return { status: 204 }
  })
}

function environmentOf({ model, project, number }: ProjectRequest): Environment {
  const environment = model.tables.environments.get(number('environment'))
  if (environment?.repositoryId !== project.id) throw notFound('Environment')
  return environment
}

function deploymentOf({ model, project, number }: ProjectRequest): Deployment {
  const deployment = model.tables.deployments.get(number('deployment'))
  if (deployment?.repositoryId !== project.id) throw notFound('Deployment')
  return deployment
}

function listEnvironments(request: ProjectRequest): Promise<Reply> {
  const { model, project, params } = request
  const name = optionalText(params, 'name')
  const search = optionalText(params, 'search')
  const states = optionalText(params, 'states')
  const shown = model.tables.environments
    .by(project.id)
    .filter((each) => name === undefined || each.name === name)
    .filter((each) => search === undefined || each.name.includes(search))
    .filter((each) => states === undefined || each.state === states)
  return paginate(request, shown, (each) => environmentJson(model, project, each))
}

function createEnvironment({ model, project, params }: ProjectRequest): Reply {
  const name = requireText(params, 'name')
  if (model.tables.environments.by(project.id).some((each) => each.name === name)) {
    throw refuse(400, { name: ['has already been taken'] })
  }
  const tier = optionalChoice(params, 'tier', TIERS)
  const made = newEnvironment({ model, project }, name, optionalText(params, 'external_url') ?? null, tier)
  return json(environmentJson(model, project, made), 201)
}

function newEnvironment(
  { model, project }: Pick<ProjectRequest, 'model' | 'project'>,
  name: string,
  externalUrl: string | null,
  tier?: string,
): Environment {
  const now = model.now()
  const environment: Environment = {
    id: model.nextId(),
    repositoryId: project.id,
    name,
    slug: name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 24),
    externalUrl,
    tier: tier ?? (/prod|live/i.test(name) ? 'production' : /stag/i.test(name) ? 'staging' : 'other'),
    state: 'available',
    createdAt: now,
    updatedAt: now,
  }
  model.save(['environments', environment])
  return environment
}

function listDeployments(request: ProjectRequest): Promise<Reply> {
  const { model, project, params } = request
  const name = optionalText(params, 'environment')
  const status = optionalText(params, 'status')
  const nameOf = ({ environmentId }: Deployment): string | undefined =>
    model.tables.environments.get(environmentId)?.name
  const shown = model.tables.deployments
    .by(project.id)
    .filter((each) => name === undefined || nameOf(each) === name)
    .filter((each) => status === undefined || each.status === status)
  if (
    optionalChoice(params, 'order_by', ['id', 'iid', 'created_at', 'updated_at', 'finished_at']) ===
    'updated_at'
  ) {
    shown.sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : a.id - b.id))
  }
  if (optionalChoice(params, 'sort', ['asc', 'desc']) === 'desc') shown.reverse()
  return paginate(request, shown, (each) => deploymentJson(model, each))
}

async function createDeployment(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor, params } = request
  const name = requireText(params, 'environment')
  const sha = requireText(params, 'sha')
  const ref = requireText(params, 'ref')
  const tag = optionalBoolean(params, 'tag')
  if (tag === undefined) throw badParameter('tag is missing')
  const status = readStatus(params)
  const oid = await resolveCommit(model.git(project), sha)
  if (oid === null) throw refuse(400, { sha: ['The commit does not exist'] })
  const environment =
    model.tables.environments.by(project.id).find((each) => each.name === name) ??
    newEnvironment(request, name, null)
  const now = model.now()
  const deployment: Deployment = {
    id: model.nextId(),
    iid: model.tables.deployments.by(project.id).length + 1,
    repositoryId: project.id,
    environmentId: environment.id,
    oid,
    ref,
    tag,
    status,
    accountId: actor.account.id,
    createdAt: now,
    updatedAt: now,
  }
  model.save(['environments', { ...environment, state: 'available', updatedAt: now }])
  return json(saveDeployment(request, deployment), 201)
}

function saveDeployment({ model, project, actor }: ProjectRequest, deployment: Deployment): unknown {
  model.save(['deployments', deployment])
  const environment = model.tables.environments.get(deployment.environmentId)
  if (environment !== undefined) {
    const sender = actor.account
    model.emit({ type: 'deployment', repository: project, sender, deployment, environment })
  }
  return deploymentJson(model, deployment)
}

function readStatus(params: Params): DeploymentStatus {
  requireText(params, 'status')
  const status = optionalChoice(params, 'status', STATUSES)
  if (status === undefined) throw badParameter('status is missing')
  return status
}
