import { SupercargoError } from '../domain/errors.ts'
import type { ImageName } from '../domain/image.ts'
import { type RepositoryId, repositoryKey, repositoryOwner } from '../domain/repository.ts'
import type { Registry, RegistryWriter } from '../registry/registry.ts'

/**
 * Who may have images tagged with the operator's credentials, although a manifest repository accepts it: anybody could
 * make a manifest repository that accepts somebody else's image. An owner may tag what is below the same name in the
 * registry, `ghcr.io/acme/…` for `acme/web`, and everything in registries whose operator says so.
 * @param trusted owners in lower case, of a host
 */
export function retagWithConsent(
  writer: RegistryWriter,
  trusted: (host: string) => readonly string[],
): Registry['retag'] {
  return async (wish, by) => {
    const owner = repositoryOwner(by).toLowerCase()
    for (const image of [wish.from, wish.to]) {
      const [host, path] = splitHost(image)
      const isTrusted = trusted(host).some((each) => each === owner || owner.startsWith(`${each}/`))
      if (!isTrusted && !path.startsWith(`${owner}/`)) throw denied(image, host, by)
    }
    return writer.retag(wish)
  }
}

function splitHost({ normalised }: ImageName): [string, string] {
  const slash = normalised.indexOf('/')
  return [normalised.slice(0, slash), normalised.slice(slash + 1)]
}

function denied(image: ImageName, host: string, by: RepositoryId): SupercargoError {
  const owner = repositoryOwner(by)
  return new SupercargoError(`${repositoryKey(by)} may not have ${image.written} tagged.`, {
    code: 'retag-denied',
    kind: 'permanent',
    advice: `It may below ${host}/${owner}/; for more the operator has to name ${owner} in REGISTRY_…_RETAG.`,
  })
}
