import { createHash } from 'node:crypto'
import { errorKind } from '../domain/errors.ts'
import { type ImageName, splitName } from '../domain/image.ts'
import { repositoryKey } from '../domain/repository.ts'
import type { Store } from '../store/store.ts'
import type { Dependencies } from './dependencies.ts'
import type { PassResult } from './pass.ts'
import { reasonOf } from './reason-of.ts'
import { readWatch, WATCH_PREFIXES, type Watch } from './watches.ts'

export interface SweepParts extends Pick<Dependencies, 'forges' | 'registry' | 'log'> {
  store: Pick<Store, 'watchesOf' | 'recordGlances' | 'keepGlances' | 'dueKeys' | 'sourcesBesides'>
  /** Whether the image's registry tells of new tags by itself. */
  announced(image: ImageName): boolean
  /** Told of every repository that was seen. */
  listed(keys: readonly string[]): void
}

/** Registries that announce are asked at every so many sweeps: an announcement may be lost. */
const ANNOUNCED_EVERY = 12

/** Requests to registries at the same time. */
const TOGETHER = 10

/** A registry that has failed so often, one after the other, is left alone until the next sweep. */
const FAILURES = 5

/** Reasons that end without a mark: the operator may allow it, or the next pass gets further. */
const OPEN: readonly string[] = ['retag-denied', 'not-asked', 'not-compared']

/**
 * Whether a pass left nothing that could change without a mark changing: no version that waits to become ready (a check
 * that failed may be run again, and its event be lost), nothing that is open, and no change request that the bot merges as
 * soon as checks or reviews allow it. What comes at its own time has a wait of its own.
 */
export function isQuiet({ lookAgain, standings }: Pick<PassResult, 'lookAgain' | 'standings'>): boolean {
  return (
    (lookAgain === null || lookAgain.seconds === null) &&
    standings.every(
      ({ state, reason, waiting = [] }) =>
        waiting.length === 0 &&
        state !== 'changing' &&
        !OPEN.includes(reason.code) &&
        !(state === 'waiting' && reason.code.startsWith('merge-')),
    )
  )
}

/**
 * Looks at all repositories and at all followed tags at a glance, and says which repositories must be visited: what
 * is quiet costs no request of its own. Whoever feeds manifests and is not seen any more is visited, too: it may be gone. The first sweep of a process visits all of them, because the program or its
 * settings may be other ones than those of the last visit.
 */
export function createSweep(parts: SweepParts): () => Promise<string[]> {
  const { store, listed } = parts
  let sweeps = 0
  return async () => {
    const { seen, complete } = await lookAtForges(parts)
    const keys = [...seen.keys()]
    listed(keys)
    const marks = new Map<string, string>()
    for (const [key, mark] of seen) if (mark !== null) marks.set(key, mark)
    const watches = await store.watchesOf(keys, WATCH_PREFIXES)
    for (const [key, mark] of await lookAtRegistries(parts, watches, sweeps % ANNOUNCED_EVERY === 0))
      marks.set(key, mark)
    await store.recordGlances(marks)
    // what could not be seen is not gone
    if (complete) await store.keepGlances([...marks.keys(), ...watches.map(({ key }) => key)])
    const missing = complete ? await store.sourcesBesides(keys) : []
    return [...(sweeps++ === 0 ? keys : await store.dueKeys(keys)), ...missing]
  }
}

/** Marks by key; a forge that cannot be seen keeps nothing from the others. Throws when none can be. */
async function lookAtForges({ forges, log }: SweepParts) {
  const looks = await Promise.allSettled([...forges.values()].map((forge) => forge.glance()))
  const blind = looks.flatMap((look) => (look.status === 'rejected' ? [look.reason] : []))
  if (blind.length > 0 && blind.length === looks.length) throw blind[0]
  const parts = looks.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []))
  const failures = [...blind, ...parts.flatMap((part) => part.failures)]
  for (const error of failures)
    log.warn({ code: reasonOf(error).code }, `The sweep leaves something out: ${reasonOf(error).message}`)
  const glances = parts.flatMap((part) => part.seen)
  return {
    seen: new Map(glances.map(({ repository, mark }) => [repositoryKey(repository), mark])),
    complete: failures.length === 0,
  }
}

/** Marks of what could be seen now; whatever is not among them is taken to be as it was. */
async function lookAtRegistries(
  parts: SweepParts,
  watches: readonly { key: string; seen: boolean }[],
  all: boolean,
): Promise<[string, string][]> {
  const marks: [string, string][] = []
  const failures = new Map<string, number>()
  const asked = watches.flatMap(({ key, seen }) => {
    const watch = readWatch(key)
    return watch !== null && (all || !seen || !parts.announced(watch.image)) ? [{ key, watch }] : []
  })
  for (let at = 0; at < asked.length; at += TOGETHER) {
    const some = asked.slice(at, at + TOGETHER).map(async ({ key, watch }) => {
      const { host } = splitName(watch.image)
      const before = failures.get(host) ?? 0
      if (before >= FAILURES) return
      const mark = await look(parts, watch)
      failures.set(host, mark === null ? (failures.get(host) ?? 0) + 1 : 0)
      if (mark !== null) marks.push([key, mark])
    })
    await Promise.all(some)
  }
  return marks
}

/** A registry that cannot be asked now is asked by the next sweep; whoever waits for it asks by itself. */
async function look({ registry, log }: SweepParts, { image, tag }: Watch): Promise<string | null> {
  try {
    if (tag !== null) return (await registry.resolve(image, tag))?.digest ?? 'none'
    const tags = (await registry.listTags(image)).toSorted()
    return createHash('sha256').update(tags.join('\n')).digest('hex')
  } catch (error) {
    if (errorKind(error) === 'bug') throw error
    log.debug({ image: image.normalised, code: reasonOf(error).code }, 'A registry could not be asked.')
    return null
  }
}
