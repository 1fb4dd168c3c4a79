import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { openStore } from '../src/store/open.ts'
import type { Store } from '../src/store/store.ts'
import type { BenchOptions } from './options.ts'
import { atMost, type Cell, type Limit, type Section } from './report.ts'
import { startSweepBot } from './sweep/bot.ts'
import { type CountingRegistry, startCountingRegistry } from './sweep/registry.ts'
import { ENVIRONMENTS, type SweepWorld, sweepWorld } from './sweep/world.ts'
import { type BenchForge, startForge } from './world/forge.ts'
import { git } from './world/git.ts'
import { memoryDirectory } from './world/memory-directory.ts'

interface Round {
  what: string
  who: string
  /** Repositories that were visited; null where there are no visits. */
  visits: number | null
  forge: number
  heads: number
  lists: number
  manifests: number
}

interface Measured {
  shape: string
  apps: number
  followed: number
  rounds: Round[]
}

const BOT = 'Supercargo'
const POLLER = 'poller: git ls-remote, HEAD for each tag'
const QUIET = 'nothing has changed'
const ANNOUNCED = 'nothing has changed, the registry announces (mean of 12)'

/** Sweeps until a registry that announces is asked. */
const SWEEPS = 12

/** Counts the requests of sweeps; no figure depends on the machine. */
export async function measureSweep(
  { apps }: BenchOptions,
  progress: (text: string) => void,
): Promise<Section> {
  const measured: Measured[] = []
  const shapes = [
    { repositories: apps, appsOfEach: 1 },
    { repositories: Math.max(1, Math.round(apps / 100)), appsOfEach: Math.min(apps, 100) },
  ]
  for (const { repositories, appsOfEach } of shapes) {
    progress(`sweep: ${repositories} repositories with ${appsOfEach} apps each`)
    measured.push(await measureShape(repositories, appsOfEach, progress))
  }
  return {
    name: 'sweep',
    title: 'What a sweep costs',
    figures: [
      {
        title: `Requests to the forge, and to the registry (HEAD and GET of manifests, lists of tags), of one sweep and its visits; ${ENVIRONMENTS} environments to an app, one of which follows a registry`,
        columns: ['shape', 'what', 'by', 'visits', 'forge', '/ app', 'HEAD', 'lists', 'GET'],
        rows: measured.flatMap(({ shape, apps: count, rounds }) =>
          rounds.map(({ what, who, visits, forge, heads, lists, manifests }): Cell[] => [
            shape,
            what,
            who,
            visits,
            forge,
            forge / count,
            heads,
            lists,
            manifests,
          ]),
        ),
      },
    ],
    limits: measured.flatMap(limitsOf),
    notes: [
      'Ten manifest repositories. The embedded store, the real adapters, and the built-in forge of GitHub.',
      'The poller learns that a branch, a tag or an image has moved, and nothing of change requests.',
    ],
  }
}

function limitsOf({ shape, apps, followed, rounds }: Measured): Limit[] {
  return rounds
    .filter(({ who, what }) => who === BOT && (what === QUIET || what === ANNOUNCED))
    .flatMap(({ what, forge, heads, lists, manifests }) => [
      atMost(`forge requests, ${shape}: ${what}`, apps / 10, forge, 'for all apps', true),
      atMost(
        `registry requests, ${shape}: ${what}`,
        what === QUIET ? followed : followed / SWEEPS,
        heads + lists + manifests,
        `for ${followed} followed tags`,
        true,
      ),
    ])
}

async function measureShape(
  repositories: number,
  appsOfEach: number,
  progress: (text: string) => void,
): Promise<Measured> {
  const root = mkdtempSync(join(memoryDirectory() ?? tmpdir(), 'supercargo-bench-sweep-'))
  const [forge, registry] = await Promise.all([startForge(root), startCountingRegistry()])
  const store = await openStore({ dataDir: join(root, 'store'), log: pino({ level: 'silent' }) })
  try {
    const world = await sweepWorld(forge, registry, repositories, appsOfEach)
    const rounds = await roundsOf({ forge, registry, store, world }, progress)
    const count = repositories * appsOfEach
    return {
      shape: `${repositories} × ${appsOfEach}`,
      apps: count,
      followed: count * ENVIRONMENTS,
      rounds,
    }
  } finally {
    await store.close()
    await Promise.all([forge.close(), registry.close()])
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  }
}

interface Place {
  forge: BenchForge
  registry: CountingRegistry
  store: Store
  world: SweepWorld
}

async function roundsOf(place: Place, progress: (text: string) => void): Promise<Round[]> {
  const { forge, registry, store, world } = place
  const rounds: Round[] = []
  const count = async (who: string, what: string, work: () => Promise<number | null>, times = 1) => {
    progress(`sweep: ${who}, ${what}`)
    const before = forge.requests()
    registry.taken()
    const visits = await work()
    const { heads, lists, manifests } = registry.taken()
    rounds.push({
      who,
      what,
      visits,
      forge: (forge.requests() - before) / times,
      heads: heads / times,
      lists: lists / times,
      manifests: manifests / times,
    })
    return visits
  }
  const bot = startSweepBot(forge, registry, store, false)
  const sweepAndVisit = async () => {
    const keys = await bot.sweep()
    await bot.visit(keys)
    return keys.length
  }
  await count(BOT, 'the first sweep of all, which visits everything', sweepAndVisit)
  await count(BOT, 'the next one, which sees tags for the first time', sweepAndVisit)
  const visited = await count(BOT, QUIET, sweepAndVisit)
  if (visited !== 0) throw new Error(`${visited} repositories were visited although nothing has changed.`)
  if (forge.openPulls(world.manifests[0] ?? fail()).length > 0)
    throw new Error('Something was to be changed.')

  const [first, second] = [world.sources[0] ?? fail(), world.sources.at(-1) ?? fail()]
  forge.sandbox.model.save(['repositories', { ...second, pushedAt: new Date().toISOString() }])
  registry.move(`acme/${first.name}-0`, 'stable')
  await count(BOT, 'a push and a moved tag of which nobody has told', sweepAndVisit)

  const told = startSweepBot(forge, registry, store, true)
  await told.sweep()
  await count(
    BOT,
    ANNOUNCED,
    async () => {
      // from the one after the first to the one that asks: whatever is new in between, the visits are not counted
      for (let sweep = 0; sweep < SWEEPS; sweep++) await told.sweep()
      return null
    },
    SWEEPS,
  )
  await count(POLLER, QUIET, async () => {
    await poll(place)
    return null
  })
  return rounds
}

async function poll({ forge, registry, world }: Place): Promise<void> {
  for (const repository of [...world.sources, ...world.manifests])
    await git('.', ['ls-remote', '--quiet', forge.gitUrl(repository)])
  for (const { repository, tag } of world.followed) {
    const path = tag === null ? 'tags/list' : `manifests/${tag}`
    await fetch(`${registry.url}/v2/${repository}/${path}`, { method: tag === null ? 'GET' : 'HEAD' })
  }
}

function fail(): never {
  throw new Error('There is no such repository.')
}
