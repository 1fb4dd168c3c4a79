import pino from 'pino'
import { createProber } from '../../src/probe/http-prober.ts'
import type { HandlerParts } from '../../src/reconcile/handlers.ts'

/** No page may be asked. */
export const NO_PAGES = createProber({ hosts: [], log: pino({ level: 'silent' }) })

/** What handlers need besides forges, for tests that are about something else: nothing is remembered. */
export function noStore(): HandlerParts['store'] {
  return {
    openIntents: async () => [],
    countIntents: async () => ({ person: 1, repository: 1 }),
    finishIntent: async () => {},
    enqueue: async () => {},
    journal: async () => {},
    recordFeeds: async () => {},
    feedsOf: async () => [],
    addFeeds: async () => [],
    sourcesBesides: async () => [],
    watchesOf: async () => [],
    waitingSince: async () => ({}),
    remembered: async () => ({ feeds: [], waits: {} }),
    recordGlances: async () => {},
    keepGlances: async () => {},
    marksOf: async () => null,
    recordQuiet: async () => {},
    dueKeys: async (keys) => [...keys],
  }
}

/** Of a sweep that nobody listens to, over registries that announce nothing, where no page may be asked. */
export const NO_SWEEP = { announced: () => false, listed: () => {}, prober: NO_PAGES }
