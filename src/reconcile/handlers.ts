import { parseRepository, repositoryKey } from '../domain/repository.ts'
import type { Delivery, DeliveryMeaning, Handlers, Outcome, Store } from '../store/store.ts'
import type { Dependencies } from './dependencies.ts'
import { pass } from './pass.ts'

/** What the handlers are made from. */
export interface HandlerParts extends Pick<Dependencies, 'forges' | 'log' | 'now'> {
  store: Store
  /** Which repositories a delivery asks to look at. */
  meaning(delivery: Delivery): DeliveryMeaning
}

/** Connects the queue with the passes: a delivery becomes keys, a key becomes a pass, the sweep visits every key. */
export function createHandlers({ store, meaning, ...parts }: HandlerParts): Handlers {
  const dependencies: Dependencies = {
    ...parts,
    journal: (entry) => store.journal(entry),
    recordFeeds: (source, manifests) => store.recordFeeds(source, manifests),
  }
  return {
    async delivery(delivery) {
      const { keys, outcome } = meaning(delivery)
      const sources = await Promise.all(keys.map((key) => store.feedsOf(key)))
      return { keys: [...new Set([...keys, ...sources.flat()])], outcome }
    },
    async reconcile(key): Promise<Outcome> {
      const result = await pass(parseRepository(key, 'github'), dependencies, { confirmRemovals: false })
      if (result.lookAgainAt === null) return { kind: 'done' }
      return {
        kind: 'wait',
        until: result.lookAgainAt,
        reason: 'The forge has not decided yet whether it may be merged.',
      }
    },
    async sweep() {
      const listings = await Promise.all([...parts.forges.values()].map((forge) => forge.listRepositories()))
      return listings.flat().map(repositoryKey)
    },
  }
}
