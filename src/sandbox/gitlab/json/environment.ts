import type { Deployment, Environment } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import type { Repository } from '../../model/types.ts'
import { simpleProjectJson } from './project.ts'
import { userById } from './user.ts'

/** https://docs.gitlab.com/api/environments/ */
export function environmentJson(
  model: Model,
  project: Repository,
  environment: Environment,
): Record<string, unknown> {
  const last = model.tables.deployments
    .by(project.id)
    .findLast(({ environmentId }) => environmentId === environment.id)
  return {
    ...brief(environment),
    tier: environment.tier,
    state: environment.state,
    project: simpleProjectJson(model, project),
    last_deployment: last === undefined ? null : deploymentJson(model, last),
    auto_stop_at: null,
    description: null,
    auto_stop_setting: 'always',
  }
}

function brief(environment: Environment): Record<string, unknown> {
  return {
    id: environment.id,
    name: environment.name,
    slug: environment.slug,
    external_url: environment.externalUrl,
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
  }
}

/** https://docs.gitlab.com/api/deployments/ */
export function deploymentJson(model: Model, deployment: Deployment): Record<string, unknown> {
  const environment = model.tables.environments.get(deployment.environmentId)
  return {
    id: deployment.id,
    iid: deployment.iid,
    ref: deployment.ref,
    sha: deployment.oid,
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    user: userById(model, deployment.accountId),
    environment: environment === undefined ? null : brief(environment),
    deployable: null,
    status: deployment.status,
  }
}
