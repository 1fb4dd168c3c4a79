import pino from 'pino'
import { createRegistry, NO_REGISTRIES } from '../../src/compose/registry.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import type { Dependencies } from '../../src/reconcile/dependencies.ts'
import { type PassResult, pass } from '../../src/reconcile/pass.ts'
import { type Reading, readAndPlan } from '../../src/reconcile/read-world.ts'
import type { JournalEntry } from '../../src/store/store.ts'
import { NO_PAGES } from './no-store.ts'
import { TEST_APP, type TestSandbox } from './sandbox.ts'

const SILENT = pino({ level: 'silent' })

/** The engine with a real adapter against a sandbox, one pass at a time, without server or store. */
export interface TestBot {
  forge: Forge
  dependencies: Dependencies
  journal: JournalEntry[]
  pass(path: string, confirmRemovals?: boolean): Promise<PassResult>
  plan(path: string): Promise<Reading>
}

/** @param wrap lets a test stand between the engine and the forge, to race it */
export function startBot(test: TestSandbox, wrap: (forge: Forge) => Forge = (forge) => forge): TestBot {
  const credentials = { appId: TEST_APP.id, privateKey: TEST_APP.privateKey }
  return botOn(
    wrap(createGitHubForge({ id: 'github', apiUrl: test.api, credentials, log: SILENT, spacing: false })),
  )
}

/** The same on any forge, which has the applications, and the manifests unless those are on another one. */
export function botOn(forge: Forge, other: Forge = forge): TestBot {
  const forges = new Map([forge, other].map((each) => [each.id, each]))
  const journal: JournalEntry[] = []
  const dependencies: Dependencies = {
    forges,
    registry: createRegistry(NO_REGISTRIES, SILENT),
    prober: NO_PAGES,
    log: SILENT,
    now: () => new Date(),
    journal: async (entry) => void journal.push(entry),
    recordFeeds: async () => {},
    waitingSince: async () => ({}),
    remembered: async () => ({ feeds: [], waits: {} }),
  }
  return {
    forge,
    dependencies,
    journal,
    pass: (path, confirmRemovals = false) =>
      pass({ forge: forge.id, path }, dependencies, { confirmRemovals }),
    plan: (path) => readAndPlan({ forge: forge.id, path }, dependencies, { confirmRemovals: false }),
  }
}
