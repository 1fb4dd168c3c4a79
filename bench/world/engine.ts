import pino from 'pino'
import { createRegistry, NO_REGISTRIES } from '../../src/compose/registry.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import { createProber } from '../../src/probe/http-prober.ts'
import { pass } from '../../src/reconcile/pass.ts'
import { APP, type BenchForge } from './forge.ts'

/** The engine with the real adapter and empty caches, as after a start; passes over one repository at a time. */
export function startEngine(forge: BenchForge): (path: string) => Promise<unknown> {
  const log = pino({ level: 'silent' })
  const credentials = { appId: APP.id, privateKey: APP.privateKey }
  const github = createGitHubForge({ id: 'github', apiUrl: forge.api, credentials, log, spacing: false })
  const dependencies = {
    registry: createRegistry(NO_REGISTRIES, log),
    prober: createProber({ hosts: [], log }),
    forges: new Map([[github.id, github]]),
    log,
    now: () => new Date(),
    journal: async () => {},
    recordFeeds: async () => {},
    waitingSince: async () => ({}),
    remembered: async () => ({ feeds: [], waits: {} }),
  }
  return (path) => pass({ forge: 'github', path }, dependencies, { confirmRemovals: false })
}
