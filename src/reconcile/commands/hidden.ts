import { errorKind } from '../../domain/errors.ts'
import { sameRepository } from '../../domain/repository.ts'
import type { Action } from '../../plan/action.ts'
import { confidentialTargets, isConfidential } from '../../plan/confidential.ts'
import type { ManifestWorld, World } from '../../plan/world.ts'
import { forgeOf } from '../dependencies.ts'
import type { CommandDependencies, Order } from './dependencies.ts'
import { allows } from './permission.ts'

/** What an answer must not tell. */
export interface Hidden {
  target(name: string): boolean
  action(action: Action): boolean
}

/**
 * An answer is read by everybody who reads the pull request, and was asked for by one person: private manifests are
 * told only where both may know them (requirement 13). A login of one forge says nothing on another, and an answer of
 * the forge that does not come means no.
 */
export async function hiddenFrom(
  order: Order,
  world: World,
  dependencies: CommandDependencies,
): Promise<Hidden> {
  const hidden = new Set<ManifestWorld>()
  for (const manifests of world.manifests) {
    if (manifests.snapshot !== null && (await mustHide(order, world, manifests, dependencies)))
      hidden.add(manifests)
  }
  const targets = confidentialTargets(world, (manifests) => hidden.has(manifests))
  return {
    target: (name) => targets.has(name),
    action: (action) =>
      (action.target?.split(', ') ?? []).some((name) => targets.has(name)) ||
      [...hidden].some(
        ({ repository: place, snapshot }) =>
          sameRepository(place, action.repository) ||
          (snapshot !== null && sameRepository(snapshot.repository, action.repository)),
      ),
  }
}

/** Whether what manifests hold must not be told in an answer; so it is of those that could not be read. */
export async function mustHide(
  { repository, login }: Order,
  world: World,
  manifests: ManifestWorld,
  dependencies: CommandDependencies,
): Promise<boolean> {
  if (manifests.snapshot?.private === false) return false
  if (isConfidential(world, manifests) || manifests.repository.forge !== repository.forge) return true
  return !(await mayRead(manifests, login, dependencies))
}

async function mayRead(
  { repository }: ManifestWorld,
  login: string,
  { forges }: CommandDependencies,
): Promise<boolean> {
  try {
    return allows(await forgeOf(forges, repository).readAccess(repository, login), 'read')
  } catch (error) {
    if (errorKind(error) === 'bug') throw error
    return false
  }
}
