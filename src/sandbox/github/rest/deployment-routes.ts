import { resolveCommit } from '../../git/walk.ts'
import { latestStatuses } from '../../model/checks.ts'
import {
  deploymentStatusesOf,
  deploymentsOf,
  type HubDeployment,
  tellDeployment,
} from '../../model/deployments.ts'
import { deploymentJson, deploymentStatusJson } from '../json/deployment.ts'
import {
  invalidRequest,
  optionalBoolean,
  optionalChoice,
  optionalList,
  optionalText,
  requireText,
} from './input.ts'
import { paginate } from './page.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, Router, WriteRequest } from './router.ts'

const READ = [['deployments', 'read']] as const
const WRITE = [['deployments', 'write']] as const
const STATES = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'] as const

/** Deployments and their statuses. https://docs.github.com/en/rest/deployments */
export function addDeploymentRoutes({ read, write }: Router): void {
  read('/deployments', READ, (request) => {
    const { model, repository, query } = request
    const wanted = (key: string, value: string): boolean => (query(key) ?? value) === value
    const shown = deploymentsOf(model, repository)
      .filter(({ oid, ref }) => wanted('sha', oid) && wanted('ref', ref))
      .filter(({ task, environment }) => wanted('task', task) && wanted('environment', environment))
    return paginate(request, shown, (each) => deploymentJson(model, repository, each))
  })
  write('post', '/deployments', WRITE, createDeployment)
  read('/deployments/:id{[0-9]+}', READ, (request) =>
    json(deploymentJson(request.model, request.repository, deploymentOf(request))),
  )
  read('/deployments/:id{[0-9]+}/statuses', READ, (request) => {
    const { model, repository } = request
    const deployment = deploymentOf(request)
    return paginate(request, deploymentStatusesOf(model, deployment), (status) =>
      deploymentStatusJson(model, repository, deployment, status),
    )
  })
  write('post', '/deployments/:id{[0-9]+}/statuses', WRITE, createStatus)
}

async function createDeployment({ model, repository, actor, body }: WriteRequest): Promise<Reply> {
  const ref = requireText(body, 'ref')
  const oid = await resolveCommit(model.git(repository), ref)
  if (oid === null) throw new ApiError(422, `No ref found for: ${ref}`)
  const required = optionalList(body, 'required_contexts')
  const failing = latestStatuses(model, repository, oid).filter(
    ({ context, state }) => (required ?? [context]).includes(context) && state !== 'success',
  )
  if (failing.length > 0) throw new ApiError(409, `Conflict: Commit status checks failed for ${ref}.`)
  const environment = optionalText(body, 'environment') ?? 'production'
  const deployment: HubDeployment = {
    id: model.nextId(),
    repositoryId: repository.id,
    oid,
    ref,
    task: optionalText(body, 'task') ?? 'deploy',
    environment,
    description: optionalText(body, 'description') ?? null,
    payload: body.payload ?? {},
    transient: optionalBoolean(body, 'transient_environment') ?? false,
    production: optionalBoolean(body, 'production_environment') ?? environment === 'production',
    creatorId: actor.account.id,
    createdAt: model.now(),
  }
  model.save(['hubDeployments', deployment])
  return json(deploymentJson(model, repository, deployment), 201)
}

function createStatus(request: WriteRequest): Reply {
  const { model, repository, actor, body } = request
  const deployment = deploymentOf(request)
  const state = optionalChoice(body, 'state', STATES)
  if (state === undefined) throw invalidRequest('"state" wasn\'t supplied.')
  const told = {
    state,
    description: optionalText(body, 'description') ?? '',
    environmentUrl: optionalText(body, 'environment_url') ?? '',
    logUrl: optionalText(body, 'log_url') ?? '',
  }
  const autoInactive = optionalBoolean(body, 'auto_inactive') ?? true
  const status = tellDeployment(model, repository, actor.account, deployment, told, autoInactive)
  return json(deploymentStatusJson(model, repository, deployment, status), 201)
}

function deploymentOf({ model, repository, param }: RepositoryRequest): HubDeployment {
  const deployment = model.tables.hubDeployments.get(Number(param('id')))
  if (deployment?.repositoryId !== repository.id) throw new ApiError(404, 'Not Found')
  return deployment
}
