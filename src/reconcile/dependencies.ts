import type { Logger } from 'pino'
import { SupercargoError } from '../domain/errors.ts'
import type { ForgeId, RepositoryId } from '../domain/repository.ts'
import type { Forge } from '../forge/forge.ts'
import type { Since } from '../plan/versions/late.ts'
import type { Prober } from '../probe/probe.ts'
import type { Registry } from '../registry/registry.ts'
import type { JournalEntry, Remembered } from '../store/store.ts'

/** What a pass needs of the world around it. */
export interface Dependencies {
  forges: ReadonlyMap<ForgeId, Forge>
  registry: Registry
  prober: Prober
  log: Logger
  now(): Date
  /** Writes down what was done. The one-shot command has no journal. */
  journal(entry: JournalEntry): Promise<void>
  /** Remembers which manifest repositories an application repository feeds; both are keys. */
  recordFeeds(source: string, manifests: readonly string[]): Promise<void>
  /**
   * Remembers what an application repository (a key) waits for, and tells since when. The one-shot command cannot, and
   * tells nothing.
   */
  waitingSince(source: string, waits: readonly string[], now: Date): Promise<Since>
  /** What the passes before have left behind. The one-shot command knows what it is told. */
  remembered(source: string): Promise<Remembered>
}

/** @throws SupercargoError `forge-unknown` when the operator has configured no such forge */
export function forgeOf(forges: ReadonlyMap<ForgeId, Forge>, repository: RepositoryId): Forge {
  const forge = forges.get(repository.forge)
  if (forge !== undefined) return forge
  throw new SupercargoError(`There is no forge named "${repository.forge}".`, {
    code: 'forge-unknown',
    kind: 'permanent',
    advice: `Name one of: ${[...forges.keys()].join(', ')}.`,
  })
}
