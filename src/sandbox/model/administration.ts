import { installationOf, repositoryNow } from './access.ts'
import type { ForgeEvent } from './events.ts'
import { install } from './installations.ts'
import type { Model } from './model.ts'
import { Refusal } from './refusal.ts'
import { createRepository, deleteRepository, updateRepository } from './repositories.ts'
import type { KnownActor, Repository } from './types.ts'

type RepositoryAction = Extract<ForgeEvent, { type: 'repository' }>['action']
/** What an administrator of a repository may change. */
export type RepositorySettings = Parameters<typeof updateRepository>[2]

/**
 * Makes an empty repository in the name of a person. The app is installed on its owner if it is nowhere of the
 * owner's yet, so that the bot serves what people make to try it out.
 * @throws Refusal `exists`
 */
export async function addRepository(
  model: Model,
  actor: KnownActor,
  wish: Parameters<typeof createRepository>[1],
  settings: RepositorySettings,
): Promise<Repository> {
  const made = await createRepository(model, wish)
  const repository = await updateRepository(model, made, settings)
  const owner = model.tables.installations.by(repository.ownerId)
  if (owner.length === 0) install(model, repository.owner)
  announce(model, repository, actor, 'created')
  return repository
}

/**
 * Changes settings of a repository in the name of a person.
 * @throws Refusal `exists` when the new name is taken
 */
export async function editRepository(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  change: RepositorySettings,
): Promise<Repository> {
  const taken = change.name === undefined ? null : repositoryNow(model, repository.owner, change.name)
  if (taken !== null && taken.id !== repository.id) {
    const where = { resource: 'Repository', field: 'name' }
    throw new Refusal('exists', 'name already exists on this account', where)
  }
  const next = await updateRepository(model, repository, change)
  if (next.name !== repository.name) {
    announce(model, next, actor, 'renamed', { repository: { name: { from: repository.name } } })
  }
  if (next.defaultBranch !== repository.defaultBranch) {
    announce(model, next, actor, 'edited', { default_branch: { from: repository.defaultBranch } })
  }
  if (next.archived !== repository.archived) {
    announce(model, next, actor, next.archived ? 'archived' : 'unarchived')
  }
  if (next.private !== repository.private) {
    announce(model, next, actor, next.private ? 'privatized' : 'publicized')
  }
  return next
}

/** Removes a repository with everything in it, in the name of a person. */
export async function removeRepository(
  model: Model,
  repository: Repository,
  actor: KnownActor,
): Promise<void> {
  const told = installationOf(model, repository) !== null
  await deleteRepository(model, repository)
  if (told) announce(model, repository, actor, 'deleted')
}

function announce(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  action: RepositoryAction,
  changes: Record<string, unknown> | null = null,
): void {
  model.emit({ type: 'repository', action, repository, sender: actor.account, changes })
}
