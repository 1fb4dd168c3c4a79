import { createOciClients } from '../../src/registry/oci/clients.ts'
import { createOciRegistry } from '../../src/registry/oci/oci-registry.ts'
import type { Credentials, RegistryAccess } from '../../src/registry/oci/options.ts'
import type { TestRegistry } from './registry.ts'
import { CREW } from './registry-token-server.ts'

export const CREW_CREDENTIALS: Credentials = { kind: 'basic', ...CREW }
export const quiet = { debug: () => {}, warn: () => {} }

/** What the server needs to ask this registry; as nobody when credentials are null. */
export function accessTo(
  registry: Pick<TestRegistry, 'host' | 'url'> & Partial<Pick<TestRegistry, 'tokens'>>,
  credentials: Credentials | null = null,
  more: Partial<RegistryAccess> = {},
): RegistryAccess {
  const { host, url, tokens } = registry
  return {
    host,
    url,
    credentials: async () => credentials,
    log: quiet,
    ...(tokens ? { tokenOrigins: [tokens.origin] } : {}),
    ...more,
  }
}

export function registryOf(...accesses: RegistryAccess[]) {
  return createOciRegistry(createOciClients(accesses))
}
