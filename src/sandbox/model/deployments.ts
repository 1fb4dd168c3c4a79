import type { Oid } from '../../domain/commit.ts'
import type { Model } from './model.ts'
import type { Account, Repository } from './types.ts'

/* GitHub's deployments; GitLab's are rows of environments. Times are ISO 8601 in UTC with seconds. */

export interface HubDeployment {
  id: number
  repositoryId: number
  oid: Oid
  /** As it was asked for: a branch, a tag, or a commit. */
  ref: string
  task: string
  environment: string
  description: string | null
  payload: unknown
  transient: boolean
  production: boolean
  creatorId: number
  createdAt: string
}

export type HubDeploymentState =
  | 'error'
  | 'failure'
  | 'inactive'
  | 'in_progress'
  | 'queued'
  | 'pending'
  | 'success'

/** The newest (highest id) of a deployment counts. */
export interface HubDeploymentStatus {
  id: number
  deploymentId: number
  state: HubDeploymentState
  description: string
  environmentUrl: string
  logUrl: string
  creatorId: number
  createdAt: string
}

/** Newest first. */
export function deploymentsOf(model: Model, repository: Repository): HubDeployment[] {
  return model.tables.hubDeployments.by(repository.id).toReversed()
}

/** Newest first. */
export function deploymentStatusesOf(model: Model, { id }: HubDeployment): HubDeploymentStatus[] {
  return model.tables.hubDeploymentStatuses.by(id).toReversed()
}

/**
 * Tells how a deployment goes. The success of one ends the earlier ones of its environment, those that are neither
 * transient nor in production, unless `autoInactive` is false.
 */
export function tellDeployment(
  model: Model,
  repository: Repository,
  creator: Account,
  deployment: HubDeployment,
  status: Pick<HubDeploymentStatus, 'state' | 'description' | 'environmentUrl' | 'logUrl'>,
  autoInactive: boolean,
): HubDeploymentStatus {
  const row = (deploymentId: number, told: typeof status): HubDeploymentStatus => ({
    ...told,
    id: model.nextId(),
    deploymentId,
    creatorId: creator.id,
    createdAt: model.now(),
  })
  const made = row(deployment.id, status)
  const ended = deploymentsOf(model, repository).filter(
    ({ id, environment, transient, production }) =>
      autoInactive &&
      status.state === 'success' &&
      id < deployment.id &&
      environment === deployment.environment &&
      !transient &&
      !production,
  )
  const over = { state: 'inactive', description: '', environmentUrl: '', logUrl: '' } as const
  for (const status of [made, ...ended.map(({ id }) => row(id, over))]) {
    model.save(['hubDeploymentStatuses', status])
  }
  return made
}
