import pino from 'pino'
import { createRegistry, NO_REGISTRIES } from '../../src/compose/registry.ts'
import { SupercargoError } from '../../src/domain/errors.ts'
import type { Dependencies } from '../../src/reconcile/dependencies.ts'
import { interpose, type Moment } from './interpose.ts'
import type { LivingForge } from './living-forge.ts'
import { NO_PAGES } from './no-store.ts'

const SILENT = pino({ level: 'silent' })

/** What else happens then. */
export type Hook = (moment: Moment) => void | Promise<void>

/** What passes and commands need around a forge, at a time; `hook` is called before and after each call to it. */
export function around({ forge }: LivingForge, now: Date, hook: Hook = () => {}): Dependencies {
  return {
    forges: new Map([['github', interpose(forge, async (moment) => await hook(moment))]]),
    registry: createRegistry(NO_REGISTRIES, SILENT),
    prober: NO_PAGES,
    log: SILENT,
    now: () => now,
    journal: async () => {},
    recordFeeds: async () => {},
    waitingSince: async () => ({}),
    remembered: async () => ({ feeds: [], waits: {} }),
  }
}

/** Ends a process at the call (or the end of a call) of this number; null: it lives. */
export function killedAt(moment: number | null): () => void {
  let moments = 0
  return () => {
    if (moments++ === moment) throw new SupercargoError('Killed.', { code: 'killed', kind: 'transient' })
  }
}

/** Such an end is nothing wrong; everything else is. */
export function unlessKilled(error: unknown): void {
  if (!(error instanceof SupercargoError) || error.code !== 'killed') throw error
}
