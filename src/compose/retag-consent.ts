import { SupercargoError } from '../domain/errors.ts'
import { type ImageName, splitName } from '../domain/image.ts'
import { type ForgeId, type RepositoryId, repositoryKey, repositoryOwner } from '../domain/repository.ts'
import type { Registry, RegistryWriter } from '../registry/registry.ts'

/** What the operator says of a registry. */
export interface RetagGround {
  /** Owners, in lower case, who may tag whatever it holds. */
  trusted: readonly string[]
  /** The forge that it belongs to; null: none, so that the owners of all forges have their names in it. */
  forge: ForgeId | null
}

/**
 * Who may have images tagged with the operator's credentials, although a manifest repository accepts it: anybody could
 * make a manifest repository that accepts somebody else's image. An owner may tag what is below the same name in the
 * registry, `ghcr.io/acme/…` for `acme/web` of GitHub, and everything in registries whose operator says so.
 * @param groundOf by host
 */
export function retagWithConsent(
  writer: RegistryWriter,
  groundOf: (host: string) => RetagGround,
): Pick<Registry, 'retag' | 'mayRetag'> {
  async function mayRetag({ from, to }: { from: ImageName; to: ImageName }, by: RepositoryId): Promise<void> {
    const owner = repositoryOwner(by).toLowerCase()
    for (const image of [from, to]) {
      const { host, repository } = splitName(image)
      const { trusted, forge } = groundOf(host)
      const isTrusted = trusted.some((each) => each === owner || owner.startsWith(`${each}/`))
      const isOwn = repository.startsWith(`${owner}/`) && (forge === null || forge === by.forge)
      if (!isTrusted && !isOwn) throw denied(image, host, by, forge)
    }
  }
  return {
    mayRetag,
    async retag(wish, by) {
      await mayRetag(wish, by)
      return await writer.retag(wish)
    },
  }
}

function denied(image: ImageName, host: string, by: RepositoryId, forge: ForgeId | null): SupercargoError {
  const owner = repositoryOwner(by)
  const own = `It may below ${host}/${owner.toLowerCase()}/; for more`
  const foreign = `${host} belongs to the forge ${forge}, where ${owner} may be somebody else;`
  return new SupercargoError(`${repositoryKey(by)} may not have ${image.written} tagged.`, {
    code: 'retag-denied',
    kind: 'permanent',
    advice: `${forge === null || forge === by.forge ? own : foreign} the operator has to name ${owner} in REGISTRY_…_RETAG.`,
  })
}
