import type { Target } from '../config/model.ts'
import { FORMER_PREVIEWS, PREVIEWS } from '../domain/names.ts'
import { repositoryOwner, sameRepository } from '../domain/repository.ts'
import { formerPlaces } from './previews/places.ts'
import { type ManifestWorld, manifestsOf, type World } from './world.ts'

type Seen = Pick<World, 'source' | 'config' | 'manifests'>

/**
 * Whether these are private manifests of which those who read the application repository may not know: when it is
 * public, or somebody else's.
 */
export function isConfidential({ source }: Pick<Seen, 'source'>, manifests: ManifestWorld): boolean {
  const { snapshot, repository } = manifests
  return (
    snapshot?.private === true &&
    (!source.private ||
      source.repository.forge !== repository.forge ||
      repositoryOwner(repository).toLowerCase() !== repositoryOwner(source.repository).toLowerCase())
  )
}

/** Names of the targets whose manifests are hidden from whom it concerns. */
export function confidentialTargets(
  world: Seen,
  isHidden: (manifests: ManifestWorld) => boolean = (manifests) => isConfidential(world, manifests),
): Set<string> {
  const hidden = (target: Target) => isHidden(manifestsOf(world, target))
  const targets = world.config.apps.flatMap(({ name, environments, previews }) => [
    ...environments.map((target) => ({ name: `${name}/${target.name}`, target })),
    ...(previews === null ? [] : [{ name: `${name}/${PREVIEWS}`, target: previews }]),
  ])
  const former = formerPlaces(world).filter((place) =>
    world.manifests.some((each) => sameRepository(each.repository, place.repository) && isHidden(each)),
  )
  return new Set([
    ...targets.filter(({ target }) => hidden(target)).map(({ name }) => name),
    ...former.map(({ app }) => `${app}/${FORMER_PREVIEWS}`),
  ])
}
