import { SupercargoError } from '../../domain/errors.ts'
import { type ImageName, splitName } from '../../domain/image.ts'
import { createOciClient, type OciClient } from './client.ts'
import type { RegistryAccess } from './options.ts'

/** The registries that the operator allows. */
export interface OciClients {
  /** @throws SupercargoError `registry-unknown` (permanent) for an image of any other */
  of(image: ImageName): OciPlace
}

export interface OciPlace {
  client: OciClient
  host: string
  /** Without the host: `acme/web`, `library/nginx`. */
  repository: string
}

/** @param create the client of one registry */
export function createOciClients(accesses: readonly RegistryAccess[], create = createOciClient): OciClients {
  const clients = new Map(accesses.map((access) => [access.host, create(access)]))
  return {
    of(image) {
      const { host, repository } = splitName(image)
      const client = clients.get(host)
      if (client !== undefined) return { client, host, repository }
      throw new SupercargoError(`The registry of ${image.written} is none that Supercargo may ask.`, {
        code: 'registry-unknown',
        kind: 'permanent',
        advice: `Have the operator name ${host} by REGISTRIES and REGISTRY_…_HOST, or write "ready: commit" for the app, and nobody looks whether its images exist.`,
      })
    },
  }
}
