import { parseRepository, repositoryKey } from '../domain/repository.ts'
import type { Delivery, DeliveryMeaning, Handlers, Outcome, Store } from '../store/store.ts'
import type { Dependencies } from './dependencies.ts'
import { pass } from './pass.ts'

/** What the handlers are made from. */
export interface HandlerParts extends Pick<Dependencies, 'forges' | 'registry' | 'log' | 'now'> {
  store: Pick<Store, 'journal' | 'recordFeeds' | 'feedsOf'>
  /** Which repositories a delivery asks to look at. */
  meaning(delivery: Delivery): DeliveryMeaning
}

/** A forge that cannot decide is asked ever less often: the wait doubles so many times, from seconds to minutes. */
const DOUBLINGS = 7

/** Connects the queue with the passes: a delivery becomes keys, a key becomes a pass, the sweep visits every key. */
export function createHandlers({ store, meaning, ...parts }: HandlerParts): Handlers {
  const dependencies: Dependencies = {
    ...parts,
    journal: (entry) => store.journal(entry),
    recordFeeds: (source, manifests) => store.recordFeeds(source, manifests),
  }
  const feedsOf = shared((key) => store.feedsOf(key))
  /** How often in a row each key had to wait for the forge. */
  const waits = new Map<string, number>()
  return {
    async delivery(delivery) {
      const { keys, outcome } = meaning(delivery)
      const sources = await Promise.all(keys.map(feedsOf))
      return { keys: [...new Set([...keys, ...sources.flat()])], outcome }
    },
    async reconcile(key): Promise<Outcome> {
      const result = await pass(parseRepository(key, 'github'), dependencies, { confirmRemovals: false })
      const times = waits.get(key) ?? 0
      if (result.lookAgainAt === null) {
        waits.delete(key)
        return { kind: 'done' }
      }
      waits.set(key, Math.min(times + 1, DOUBLINGS))
      const now = parts.now().getTime()
      return {
        kind: 'wait',
        until: new Date(now + (result.lookAgainAt.getTime() - now) * 2 ** times),
        reason: 'The forge has not decided yet whether it may be merged.',
      }
    },
    async sweep() {
      const glances = await Promise.all([...parts.forges.values()].map((forge) => forge.glance()))
      return glances.flat().map(({ repository }) => repositoryKey(repository))
    },
  }
}

/** In a storm many deliveries are understood at a time, and most are about the same few keys: one question each. */
function shared<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>()
  return (key) => {
    const answer = asked.get(key) ?? ask(key).finally(() => asked.delete(key))
    asked.set(key, answer)
    return answer
  }
}
