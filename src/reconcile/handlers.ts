import { imageKey } from '../domain/image.ts'
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
      const { keys, images = [], outcome } = meaning(delivery)
      const sources = await Promise.all(keys.map(feedsOf))
      const users = await Promise.all(images.map((image) => feedsOf(imageKey(image))))
      return {
        keys: [...new Set([...keys, ...sources.flat(), ...users.flat()])],
        outcome: [outcome, ...useOf(images, users)].join(' '),
      }
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
      const listings = await Promise.all([...parts.forges.values()].map((forge) => forge.listRepositories()))
      return listings.flat().map(repositoryKey)
    },
  }
}

/** So many names are told; of the others, how many. */
const TOLD = 5

/** Who is looked at because of images, and which of them nobody uses. */
function useOf(images: readonly string[], users: readonly (readonly string[])[]): string[] {
  const looked = [...new Set(users.flat())]
  const unused = images.filter((_, index) => users[index]?.length === 0)
  return [
    ...(looked.length === 0 ? [] : [`Looks at ${told(looked)}.`]),
    ...(unused.length === 0 ? [] : [`No app uses ${told(unused)}.`]),
  ]
}

function told(names: readonly string[]): string {
  const more = names.length - TOLD
  return names.slice(0, TOLD).join(', ') + (more > 0 ? ` and ${more} more` : '')
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
