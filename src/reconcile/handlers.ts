import { readCommandsKey } from '../domain/commands-key.ts'
import { imageKey } from '../domain/image.ts'
import { parseRepository } from '../domain/repository.ts'
import type { LookAgain } from '../plan/look-again.ts'
import type { Delivery, DeliveryMeaning, Handlers, Outcome, Store } from '../store/store.ts'
import { carryOutCommands } from './commands/carry-out.ts'
import type { CommandDependencies } from './commands/dependencies.ts'
import type { Dependencies } from './dependencies.ts'
import { createDiscovery } from './discover.ts'
import { type PassResult, pass } from './pass.ts'
import { createSweep, isQuiet, type SweepParts } from './sweep.ts'

/** What the handlers are made from. */
export interface HandlerParts extends SweepParts, Pick<Dependencies, 'now' | 'prober'> {
  store: SweepParts['store'] &
    CommandDependencies['store'] &
    Pick<
      Store,
      | 'journal'
      | 'recordFeeds'
      | 'feedsOf'
      | 'addFeeds'
      | 'remembered'
      | 'waitingSince'
      | 'marksOf'
      | 'recordQuiet'
    >
  /** Which repositories a delivery asks to look at. */
  meaning(delivery: Delivery): DeliveryMeaning
}

/** Whoever has nothing new to say is asked ever less often, but never less often than this. */
const LONGEST_MILLISECONDS = 10 * 60_000

/** Connects the queue with the passes: a delivery becomes keys, a key becomes a pass, the sweep finds what has changed. */
export function createHandlers({ store, meaning, ...parts }: HandlerParts): Handlers {
  const dependencies: Dependencies = {
    ...parts,
    journal: (entry) => store.journal(entry),
    recordFeeds: (source, manifests) => store.recordFeeds(source, manifests),
    waitingSince: (source, waits, now) => store.waitingSince(source, waits, now),
    remembered: (source) => store.remembered(source),
  }
  const discover = createDiscovery({ ...parts, store })
  const feedsOf = shared((key) => store.feedsOf(key))
  /** What each key has waited for, and since when in milliseconds. */
  const waits = new Map<string, { reason: string; since: number }>()
  /** What fails is not quiet any more, whatever it was before. */
  async function visit(key: string): Promise<PassResult> {
    try {
      return await pass(parseRepository(key, 'github'), dependencies, { confirmRemovals: false })
    } catch (error) {
      await store.recordQuiet(key, null)
      throw error
    }
  }
  return {
    async delivery(delivery) {
      const { keys, images = [], intents, outcome } = meaning(delivery)
      const sources = await Promise.all(keys.map(feedsOf))
      const users = await Promise.all(images.map((image) => feedsOf(imageKey(image))))
      return {
        keys: [...new Set([...keys, ...sources.flat(), ...users.flat()])],
        ...(intents === undefined ? {} : { intents }),
        outcome: [outcome, ...useOf(images, users)].join(' '),
      }
    },
    async reconcile(key): Promise<Outcome> {
      const commands = readCommandsKey(key)
      if (commands !== null) {
        await carryOutCommands(commands, { ...parts, store })
        return { kind: 'done' }
      }
      const marks = await store.marksOf(key)
      const result = await visit(key)
      await discover(result.reading)
      await store.recordQuiet(key, isQuiet(result) ? marks : null)
      if (result.lookAgain === null) {
        waits.delete(key)
        return { kind: 'done' }
      }
      const { reason } = result.lookAgain
      const now = parts.now().getTime()
      const before = waits.get(key)
      const since = before?.reason === reason ? before.since : now
      waits.set(key, { reason, since })
      return { kind: 'wait', until: until(result.lookAgain, now, now - since), reason }
    },
    sweep: createSweep({ ...parts, store }),
  }
}

/** Each wait is as long as all before it and the first: it doubles, however often news came in between. */
function until({ seconds, notBefore, at }: LookAgain, now: number, waited: number): Date {
  const wait = Math.min((seconds ?? 0) * 1000 + waited, LONGEST_MILLISECONDS)
  const asked = seconds === null ? Number.POSITIVE_INFINITY : Math.max(now + wait, notBefore?.getTime() ?? 0)
  return new Date(Math.min(asked, at?.getTime() ?? Number.POSITIVE_INFINITY))
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
