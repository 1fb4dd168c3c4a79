import type { HandlerParts } from '../../src/reconcile/handlers.ts'

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

/** Of a sweep that nobody listens to, over registries that announce nothing. */
export const NO_SWEEP = { announced: () => false, listed: () => {} }
