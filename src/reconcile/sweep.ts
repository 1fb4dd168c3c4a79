import { createHash } from 'node:crypto'
import { errorKind } from '../domain/errors.ts'
import type { ImageName } from '../domain/image.ts'
import { repositoryKey } from '../domain/repository.ts'
import type { Store } from '../store/store.ts'
import type { Dependencies } from './dependencies.ts'
import type { PassResult } from './pass.ts'
import { reasonOf } from './reason-of.ts'
import { readWatch, WATCH_PREFIXES, type Watch } from './watches.ts'

export interface SweepParts extends Pick<Dependencies, 'forges' | 'registry' | 'log'> {
  store: Pick<Store, 'feedsLike' | 'recordGlances' | 'dueKeys'>
  /** Whether the image's registry tells of new tags by itself. */
  announced(image: ImageName): boolean
  /** Told of every repository that there is. */
  listed(keys: readonly string[]): void
}

/** Registries that announce are asked at every so many sweeps: an announcement may be lost. */
const ANNOUNCED_EVERY = 12

/** Requests to registries at the same time. */
const TOGETHER = 10

/**
 * Whether a pass left nothing that could change without a mark changing: nothing to ask for again, and no change request
 * that the bot merges as soon as checks or reviews allow it. What comes at its own time has a wait of its own.
 */
export function isQuiet({ lookAgain, standings }: PassResult): boolean {
  return (
    (lookAgain === null || lookAgain.seconds === null) &&
    standings.every(
      ({ state, reason }) =>
        state !== 'changing' && !(state === 'waiting' && reason.code.startsWith('merge-')),
    )
  )
}

/**
 * Looks at all repositories and at all followed tags at a glance, and says which repositories must be visited: what
 * is quiet costs no request of its own.
 */
export function createSweep(parts: SweepParts): () => Promise<string[]> {
  const { store } = parts
  let sweeps = 0
  return async () => {
    const glances = (await Promise.all([...parts.forges.values()].map((forge) => forge.glance()))).flat()
    const marks = new Map(glances.map(({ repository, mark }) => [repositoryKey(repository), mark]))
    const keys = [...marks.keys()]
    parts.listed(keys)
    const all = sweeps++ % ANNOUNCED_EVERY === 0
    for (const [key, mark] of await lookAtRegistries(parts, all)) marks.set(key, mark)
    await store.recordGlances(marks)
    return await store.dueKeys(keys)
  }
}

async function lookAtRegistries(parts: SweepParts, all: boolean): Promise<[string, string | null][]> {
  const { store, announced } = parts
  const watches = (await Promise.all(WATCH_PREFIXES.map((prefix) => store.feedsLike(prefix)))).flat()
  const seen: [string, string | null][] = []
  for (let at = 0; at < watches.length; at += TOGETHER) {
    const some = watches.slice(at, at + TOGETHER).map(async (key): Promise<[string, string | null]> => {
      const watch = readWatch(key)
      const asks = watch !== null && (all || !announced(watch.image))
      return [key, asks ? await look(parts, watch) : null]
    })
    seen.push(...(await Promise.all(some)))
  }
  return seen
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
