import type { ForgeEvent } from '../../model/events.ts'
import type { Model } from '../../model/model.ts'
import type { Account, Repository } from '../../model/types.ts'
import { fullPath } from '../json/project.ts'
import type { Part } from './courier.ts'

export type ProjectChange = 'project_create' | 'project_destroy' | 'project_rename' | 'project_transfer'

/** Tells the groups above that a project came, went or moved. */
export function announceProject(
  model: Model,
  sender: Account,
  repository: Repository,
  change: ProjectChange,
  before: Repository | null = null,
): void {
  const action =
    change === 'project_create' ? 'created' : change === 'project_destroy' ? 'deleted' : 'renamed'
  const old = before === null ? {} : { old_path_with_namespace: fullPath(before) }
  model.emit({ type: 'repository', action, repository, sender, changes: { event_name: change, ...old } })
}

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#project-events */
export function projectPayload({ repository, sender, changes }: ForgeEvent & { type: 'repository' }): Part {
  const payload = {
    ...changes,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    name: repository.name,
    path: repository.name,
    path_with_namespace: fullPath(repository),
    project_id: repository.id,
    project_namespace_id: repository.ownerId,
    owners: [{ name: sender.name, email: '[REDACTED]' }],
    project_visibility: repository.private ? 'private' : 'public',
  }
  return { trigger: 'project_events', event: 'Project Hook', payload }
}
