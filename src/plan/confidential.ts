import type { Target } from '../config/model.ts'
import { PREVIEWS } from '../domain/names.ts'
import { repositoryOwner } from '../domain/repository.ts'
import { manifestsOf, type World } from './world.ts'

/**
 * Targets in private manifest repositories of which those who read the application repository may not know: when
 * it is public, or somebody else's.
 */
export function confidentialTargets({ source, config, manifests }: World): Set<string> {
  const owner = repositoryOwner(source.repository).toLowerCase()
  const hidden = (target: Target) =>
    manifestsOf({ manifests }, target).snapshot?.private === true &&
    (!source.private ||
      source.repository.forge !== target.manifests.forge ||
      repositoryOwner(target.manifests).toLowerCase() !== owner)
  const targets = config.apps.flatMap(({ name, environments, previews }) => [
    ...environments.map((target) => ({ name: `${name}/${target.name}`, target })),
    ...(previews === null ? [] : [{ name: `${name}/${PREVIEWS}`, target: previews }]),
  ])
  return new Set(targets.filter(({ target }) => hidden(target)).map(({ name }) => name))
}
