import { join } from 'node:path'
import type { Logger } from 'pino'
import type { RegistrySettings } from '../doors/registry-settings.ts'
import type { TrustRootSource } from '../doors/trust-root-settings.ts'
import { orAsNobody } from '../registry/credentials/or-as-nobody.ts'
import { createHarborScans } from '../registry/harbor/read-scan.ts'
import { createOciClient } from '../registry/oci/client.ts'
import { createOciClients } from '../registry/oci/clients.ts'
import { createOciRegistry } from '../registry/oci/oci-registry.ts'
import type { RegistryAccess } from '../registry/oci/options.ts'
import type { Registry } from '../registry/registry.ts'
import type { TrustRootSettings } from '../registry/sigstore/trust-root.ts'
import { createSignatureVerifier } from '../registry/sigstore/verify-signature.ts'
import { GITHUB } from './connections.ts'
import { type RegistrySources, registryAccesses } from './registry-access.ts'
import { type RetagGround, retagWithConsent } from './retag-consent.ts'

export interface RegistryOptions extends RegistrySources {
  trustRoot: TrustRootSource
  /** Where a trust root that was fetched is kept. */
  dataDirectory: string
}

/** No registry may be asked. */
export const NO_REGISTRIES: RegistryOptions = {
  registries: [],
  github: null,
  gitlab: [],
  trustRoot: { kind: 'none' },
  dataDirectory: '',
}

/** All registries that the operator lets the bot ask, behind one port. Nothing is asked yet. */
export function createRegistry(options: RegistryOptions, log: Logger): Registry {
  const { registries, trustRoot, dataDirectory } = options
  const tokens = registries.filter(({ auth }) => auth.kind === 'github').map(({ host }) => host)
  const create = (access: RegistryAccess) => {
    const client = createOciClient(access)
    if (!tokens.includes(access.host)) return client
    return orAsNobody(client, createOciClient({ ...access, credentials: async () => null }))
  }
  const accesses = registryAccesses(options, log)
  const clients = createOciClients(accesses, create)
  const harbors = registries.filter(({ scanner }) => scanner === 'harbor').map(({ host }) => host)
  const oci = createOciRegistry(clients)
  const groundOf = (host: string) => groundIn(registries.find((each) => each.host === host))
  return {
    ...oci,
    ...retagWithConsent(oci, groundOf),
    ...createSignatureVerifier({
      of: (image) => clients.of(image),
      trustRoot: trustRootOf(trustRoot, dataDirectory),
    }),
    ...createHarborScans(accesses.filter(({ host }) => harbors.includes(host))),
  }
}

/** The names in the registry of a forge are those of its owners, and of no other forge's. */
function groundIn(registry: RegistrySettings | undefined): RetagGround {
  const { host = '', auth, retag = [] } = registry ?? {}
  const ofGitHub = auth?.kind === 'github' || host === 'ghcr.io'
  return { trusted: retag, forge: auth?.kind === 'gitlab' ? auth.instance : ofGitHub ? GITHUB : null }
}

function trustRootOf(source: TrustRootSource, dataDirectory: string): TrustRootSettings {
  if (source.kind !== 'tuf') return source
  const { kind, url, root } = source
  const directory = join(dataDirectory, 'sigstore')
  return { kind, url, directory, ...(root === null ? {} : { root }) }
}
