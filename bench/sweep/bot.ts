import pino from 'pino'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import { createProber } from '../../src/probe/http-prober.ts'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import { createOciClients } from '../../src/registry/oci/clients.ts'
import { createOciRegistry } from '../../src/registry/oci/oci-registry.ts'
import type { Registry } from '../../src/registry/registry.ts'
import type { Store } from '../../src/store/store.ts'
import { APP, type BenchForge } from '../world/forge.ts'
import type { CountingRegistry } from './registry.ts'

/** Passes at the same time. */
const CONCURRENCY = 8

/** The server's sweep, without its clock: one at a time, and the visits only when they are asked for. */
export interface SweepBot {
  /** Keys that must be visited. */
  sweep(): Promise<string[]>
  visit(keys: readonly string[]): Promise<void>
}

/** As after a start, on this store. @param announced whether the registry tells of new tags by itself */
export function startSweepBot(
  forge: BenchForge,
  { host, url }: CountingRegistry,
  store: Store,
  announced: boolean,
): SweepBot {
  const log = pino({ level: 'silent' })
  const credentials = { appId: APP.id, privateKey: APP.privateKey }
  const github = createGitHubForge({ id: 'github', apiUrl: forge.api, credentials, log, spacing: false })
  const oci = createOciRegistry(createOciClients([{ host, url, log, credentials: async () => null }]))
  const never = async () => {
    throw new Error('Nothing is tagged, scanned or signed here.')
  }
  const registry: Registry = {
    ...oci,
    retag: never,
    mayRetag: never,
    readScan: never,
    verifySignature: never,
  }
  const handlers = createHandlers({
    forges: new Map([[github.id, github]]),
    registry,
    prober: createProber({ hosts: [], log }),
    store,
    log,
    now: () => new Date(),
    meaning: () => ({ keys: [], outcome: 'No delivery comes here.' }),
    announced: () => announced,
    listed: () => {},
  })
  const { signal } = new AbortController()
  return {
    sweep: () => handlers.sweep(),
    async visit(keys) {
      const left = [...keys]
      const work = async () => {
        for (let key = left.pop(); key !== undefined; key = left.pop())
          await handlers.reconcile(key, { attempt: 1, signal })
      }
      await Promise.all(Array.from({ length: CONCURRENCY }, work))
    },
  }
}
