import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { retagWithConsent } from '../../src/compose/retag-consent.ts'
import type { LookAgain } from '../../src/plan/look-again.ts'
import type { Dependencies } from '../../src/reconcile/dependencies.ts'
import { isQuiet } from '../../src/reconcile/sweep.ts'
import type { Registry } from '../../src/registry/registry.ts'
import { type AcmeChange, CONFIG } from './acme.ts'
import { botOn, type TestBot } from './bot.ts'
import { skipWithoutRegistry, startRegistry, type TestRegistry } from './registry.ts'
import { accessTo, registryOf } from './registry-client.ts'
import { type RegistryFront, startRegistryFront } from './registry-front.ts'
import type { ImageWish } from './registry-images.ts'
import { acrossForges, PAIRS, type Pair, SOURCE, type Stage } from './stage.ts'

/** The application whose images are waited for, and every merge that its owner may ask for is allowed. */
export const WAITING = CONFIG.replace('ready: commit', 'ready: image\nreadyWithin: 20m')
const OPEN_POLICY = `accept:
  - from: acme/web
    paths: apps/web/**
    images: [ghcr.io/acme/web, quay.io/acme/web]
    merge: [staging, production]
    direct: [staging]
`

/** Until a registry is given up, in milliseconds. */
const PATIENCE = 1500

/** A stage whose images are in Debian's registry, at first that of the first commit. */
export interface VersionStage extends Stage {
  /** The registry of `ghcr.io/acme/web`, as the bot sees it. */
  front: RegistryFront
  /** Another one, of `quay.io/acme/web`: the same images. */
  other: RegistryFront
  /** Pushes the image of a commit, or of a tag; gives its digest. */
  built(commit: string, wish?: ImageWish): Promise<string>
  deleted(digest: string): Promise<void>
  /** The digest that a tag names; null where there is none. */
  digestOf(tag: string): Promise<string | null>
  /** Lets this many seconds pass. */
  later(seconds: number): void
  now(): Date
  /** Passes until nothing is left to do, and once more, which must write nothing. */
  rest(): Promise<Rested>
  /** The report on this commit. */
  told(commit: string): Promise<{ conclusion: string | null; text: string }>
  /** Whether any commit of the manifest repository, on whatever branch, has ever brought this version. */
  everHad(commit: string): Promise<boolean>
  /** The engine with other adapters of the forges, whose requests go through `send`. */
  engine(send: typeof fetch): TestBot
}

export interface Rested {
  lookAgain: LookAgain | null
  /** Whether sweeps visit it only when something has changed. */
  quiet: boolean
  /** `waiting waits-for-image`, by target: `web/staging`. */
  states: Record<string, string>
  messages: Record<string, string>
}

type VersionPlay = (title: string, play: (stage: VersionStage) => Promise<void>, change?: AcmeChange) => void

/** Defines the tests once for each forge (or pair of forges), on one registry. */
export function acrossRegistries(
  define: (it: VersionPlay, pair: Pair) => void,
  pairs: readonly Pair[] = PAIRS.slice(0, 2),
): void {
  const skip = skipWithoutRegistry()
  let registry: TestRegistry
  let plays = 0
  before(async () => {
    if (skip === false) registry = await startRegistry()
  })
  after(async () => registry?.close())
  acrossForges(
    (stage, pair) => {
      define((title, play, change = {}) => {
        test(title, { skip }, async () => {
          const name = `acme/web-${++plays}`
          const fronts = [
            await startRegistryFront(registry, 'acme/web', name),
            await startRegistryFront(registry, 'acme/web', name),
          ] as const
          const wanted = { config: WAITING, policy: OPEN_POLICY, ...change }
          try {
            await stage(async (s) => {
              const first = (await s.headOf(s.web, 'main')) ?? ''
              await registry.pushImage(name, first.slice(0, 7))
              await play(versionStage(s, registry, name, fronts))
            }, wanted)
          } finally {
            for (const front of fronts) await front.stop()
          }
        })
      }, pair)
    },
    [...pairs],
  )
}

function versionStage(
  s: Stage,
  registry: TestRegistry,
  name: string,
  [front, other]: readonly [RegistryFront, RegistryFront],
): VersionStage {
  let clock = Date.parse('2026-01-01T10:00:00Z')
  const now = () => new Date(clock)
  const more = { clock: now, timeout: PATIENCE }
  const client = registryOf(
    accessTo({ host: 'ghcr.io', url: front.url }, null, more),
    accessTo({ host: 'quay.io', url: other.url }, null, more),
  )
  const parts = { registry: withoutGates(client), now, waitingSince: memory() }
  Object.assign(s.bot.dependencies, parts)
  const tagOf = (commit: string) => (/^[0-9a-f]{40}$/.test(commit) ? commit.slice(0, 7) : commit)
  return {
    ...s,
    front,
    other,
    built: (commit, wish) => registry.pushImage(name, tagOf(commit), wish),
    deleted: (digest) => registry.deleteImage(name, digest),
    digestOf: async (tag) => (await registry.head(name, tag)).digest,
    later: (seconds) => {
      clock += seconds * 1000
    },
    now,
    rest: () => rest(s.bot),
    told: (commit) => s.source.report(SOURCE, commit),
    everHad: async (commit) => {
      const range = ['log', '--all', '--format=%H', '-S', `newTag: "${tagOf(commit)}"`]
      const { stdout } = await s.target.inside.model.git(s.manifests).run(range)
      return String(stdout).trim() !== ''
    },
    engine: (send) => {
      const bot = botOn(s.source.another(send), s.target.another(send))
      Object.assign(bot.dependencies, parts)
      return bot
    },
  }
}

/** At most so many passes until everything is done. */
const ROUNDS = 8

/** What it waits for only as long as a forge or a registry needs to make up its mind. */
const SOON_SECONDS = 5

async function rest(bot: TestBot): Promise<Rested> {
  for (let round = 0; round < ROUNDS; round++) {
    const result = await bot.pass(SOURCE)
    const { applied, lookAgain, standings } = result
    if (applied.length > 0 || (lookAgain?.seconds ?? SOON_SECONDS + 1) <= SOON_SECONDS) continue
    const again = await bot.pass(SOURCE)
    assert.deepEqual(
      again.applied.map(({ action }) => action.kind),
      [],
      'a second pass writes nothing',
    )
    const entries = standings.map(({ target, state, reason }) => [target, `${state} ${reason.code}`])
    const messages = standings.map(({ target, reason }) => [target, reason.message])
    return {
      lookAgain,
      quiet: isQuiet(result),
      states: Object.fromEntries(entries),
      messages: Object.fromEntries(messages),
    }
  }
  return assert.fail('The bot never comes to rest.')
}

/** What the store remembers of waits, for one application. */
function memory(): Dependencies['waitingSince'] {
  const since = new Map<string, Date>()
  return async (_, waits, now) => {
    for (const wait of since.keys()) if (!waits.includes(wait)) since.delete(wait)
    for (const wait of waits) since.set(wait, since.get(wait) ?? now)
    return Object.fromEntries(since)
  }
}

/** As the operator's settings have it for an owner's own images. */
function withoutGates(client: ReturnType<typeof registryOf>): Registry {
  const unasked = async () => assert.fail('Nobody asks for that here.')
  return {
    ...client,
    readScan: unasked,
    verifySignature: unasked,
    ...retagWithConsent(client, () => ({ trusted: [], forge: null })),
  }
}
