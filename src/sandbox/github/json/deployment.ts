import { accountById } from '../../model/access.ts'
import {
  deploymentStatusesOf,
  type HubDeployment,
  type HubDeploymentStatus,
} from '../../model/deployments.ts'
import { nodeId } from '../../model/ids.ts'
import type { Model } from '../../model/model.ts'
import type { Repository } from '../../model/types.ts'
import { accountJson } from './account.ts'
import { integrationJson } from './app.ts'

/** GitHub's `deployment`. */
export function deploymentJson(
  model: Model,
  repository: Repository,
  deployment: HubDeployment,
): Record<string, unknown> {
  const { id, environment, createdAt } = deployment
  const url = model.urls.repositoryApi(repository, `/deployments/${id}`)
  return {
    url,
    id,
    node_id: nodeId('Deployment', id),
    task: deployment.task,
    original_environment: environment,
    environment,
    description: deployment.description,
    created_at: createdAt,
    updated_at: deploymentStatusesOf(model, deployment)[0]?.createdAt ?? createdAt,
    statuses_url: `${url}/statuses`,
    repository_url: model.urls.repositoryApi(repository),
    creator: accountJson(model, accountById(model, deployment.creatorId)),
    sha: deployment.oid,
    ref: deployment.ref,
    payload: deployment.payload,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: deployment.creatorId === model.bot.id ? integrationJson(model) : null,
  }
}

/** GitHub's `deployment-status`. */
export function deploymentStatusJson(
  model: Model,
  repository: Repository,
  { environment, id: deploymentId }: HubDeployment,
  status: HubDeploymentStatus,
): Record<string, unknown> {
  const deployment = model.urls.repositoryApi(repository, `/deployments/${deploymentId}`)
  return {
    url: `${deployment}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    state: status.state,
    creator: accountJson(model, accountById(model, status.creatorId)),
    description: status.description,
    environment,
    target_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: deployment,
    repository_url: model.urls.repositoryApi(repository),
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: status.creatorId === model.bot.id ? integrationJson(model) : null,
  }
}
