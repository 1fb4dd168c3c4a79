import { SupercargoError } from '../domain/errors.ts'
import { globMatches } from '../domain/glob.ts'
import type { ImageName } from '../domain/image.ts'
import { type RepositoryId, repositoryKey, repositoryOwner } from '../domain/repository.ts'
import type { Registry, RegistryWriter } from '../registry/registry.ts'

/**
 * Who may have images tagged with the operator's credentials, although a manifest repository accepts them: those who
 * could make up a manifest repository of their own for somebody else's image may not. By default an owner may tag what
 * is below the same name in the registry, `ghcr.io/acme/…` for `acme/web`; the operator may name others.
 * @param allowed globs over normalised image names that the repositories of an owner (lower case) may tag besides
 */
export function retagWithConsent(
  writer: RegistryWriter,
  allowed: (owner: string) => readonly string[] = () => [],
): Registry['retag'] {
  return async (wish, by) => {
    for (const image of [wish.from, wish.to]) {
      const owner = repositoryOwner(by).toLowerCase()
      const mayTag =
        isOwners(image, owner) || allowed(owner).some((glob) => globMatches(glob, image.normalised))
      if (!mayTag) throw denied(image, by)
    }
    return writer.retag(wish)
  }
}

function isOwners({ normalised }: ImageName, owner: string): boolean {
  return normalised.slice(normalised.indexOf('/') + 1).startsWith(`${owner}/`)
}

function denied(image: ImageName, by: RepositoryId): SupercargoError {
  return new SupercargoError(`${repositoryKey(by)} may not have the image ${image.written} tagged.`, {
    code: 'retag-denied',
    kind: 'permanent',
    advice: `The operator has to let ${repositoryOwner(by)} tag it; below ${repositoryOwner(by)}/ in the registry it may.`,
  })
}
