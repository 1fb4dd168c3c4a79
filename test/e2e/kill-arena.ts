import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { openStore, type StoreOptions } from '../../src/store/open.ts'
import { githubSide, gitlabSide, type Side } from '../support/across.ts'
import { buildOnce } from '../support/build-once.ts'
import { eventually } from '../support/eventually.ts'
import { GitClone, runGit } from '../support/git-clone.ts'
import {
  type RemoteSandbox,
  type StartRemote,
  startRemoteGitHub,
  startRemoteGitLab,
} from '../support/remote-sandbox.ts'
import { type FleetApp, seedFleet } from './kill-fleet.ts'
import { quietResults, resultOf, stillToDo } from './kill-quiet.ts'
import { type Developer, type Random, startDeveloper } from './kill-storm.ts'
import { differences, look, type SeenRepository, toldDifferences } from './kill-world.ts'

/** A forge in a process of its own, a fleet of applications on it, their developers, and a build of the bot. */
export interface Arena {
  apps: FleetApp[]
  forge: RemoteSandbox
  developers: Developer[]
  /** For `startServerProcess`. */
  build: string
  /** A directory that goes with the arena. */
  directory(name: string): string
  /** Waits until nothing is missing; gives the seconds. */
  quiet(milliseconds: number): Promise<number>
  /** Nothing is missing, and all is as a single quiet pass over a copy from before the storm makes it. */
  assertLikeOnePass(): Promise<void>
  /** What was acknowledged has an outcome, and no job waits for a person; the bot has stopped. Gives what to print. */
  assertDelivered(store: Pick<StoreOptions, 'dataDir' | 'databaseUrl'>): Promise<string>
  /** Also does what is given, first. */
  onClose(step: () => unknown): void
  close(): Promise<void>
}

/** A forge to hold it on: in this process for what is quiet, in one of its own for the storm. */
export interface ArenaForge {
  name: string
  open(options: { dataDir: string }): Promise<Side>
  startRemote: StartRemote
}

export const ON_GITHUB: ArenaForge = { name: 'GitHub', open: githubSide, startRemote: startRemoteGitHub }
export const ON_GITLAB: ArenaForge = { name: 'GitLab', open: gitlabSide, startRemote: startRemoteGitLab }

/** @param botUrl where the bot, or what stands before it, will listen */
export async function startArena(
  { open, startRemote }: ArenaForge,
  size: number,
  botUrl: string,
  random: Random,
): Promise<Arena> {
  const root = mkdtempSync(join(tmpdir(), 'supercargo-arena-'))
  const steps: (() => unknown)[] = [() => rmSync(root, { recursive: true, force: true, maxRetries: 5 })]
  const onClose = (step: () => unknown) => void steps.unshift(step)
  const close = async () => {
    for (const step of steps) await step()
  }
  try {
    const build = await buildOnce()
    const dataDir = join(root, 'forge')
    const apps = await seedFleet(await open({ dataDir }), size)
    cpSync(dataDir, join(root, 'seeded'), { recursive: true })
    const owners = [...new Set(apps.map(({ path }) => path.slice(0, path.indexOf('/'))))]
    const forge = await startRemote({ dataDir, botUrl, owners })
    onClose(() => forge.stop())
    const developers = await Promise.all(apps.map((app) => startDeveloper(forge, app, random)))
    for (const developer of developers) onClose(() => developer.close())
    const mirrors = new Map<string, GitClone>()
    for (const path of new Set(apps.flatMap(({ path, manifests }) => [path, manifests]))) {
      const mirror = await GitClone.open(forge.cloneUrl(path), '--mirror')
      onClose(() => mirror.remove())
      mirrors.set(path, mirror)
    }
    const missing = () => whatIsMissing(forge, apps, mirrors)
    return {
      apps,
      forge,
      developers,
      build,
      directory: (name) => join(root, name),
      onClose,
      close,
      async quiet(milliseconds) {
        const started = Date.now()
        let wrong: string[] = []
        const isQuiet = async () => {
          wrong = (await missing()).wrong
          if (wrong.length === 0) return true
          // the bot needs the machine more than we do
          await sleep(300)
          return false
        }
        await eventually('the bot has done its work', isQuiet, milliseconds).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${wrong.join('\n')}`)
        })
        return (Date.now() - started) / 1000
      },
      async assertLikeOnePass() {
        const { seen, wrong } = await missing()
        assert.deepEqual(wrong, [])
        const expected = await quietResults(await open({ dataDir: join(root, 'seeded') }), apps, seen)
        for (const [path, result] of expected) {
          const repository = seen.get(path)
          assert.ok(repository)
          assert.deepEqual(await resultOf(repository), result, path)
        }
        await assertSound(dataDir, forge.id)
      },
      assertDelivered: async (store) => await assertDelivered(forge, store),
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function whatIsMissing(
  forge: RemoteSandbox,
  apps: readonly FleetApp[],
  mirrors: ReadonlyMap<string, GitClone>,
): Promise<{ seen: Map<string, SeenRepository>; wrong: string[] }> {
  const seen = new Map<string, SeenRepository>()
  for (const [path, mirror] of mirrors) seen.set(path, await look(forge, path, mirror))
  const wrong: string[] = []
  for (const app of apps) {
    const [source, manifests] = [seen.get(app.path), seen.get(app.manifests)]
    if (source === undefined || manifests === undefined) throw new Error(`${app.path} was not looked at.`)
    wrong.push(...(await differences(app, source, manifests)))
    if (wrong.length === 0) wrong.push(...(await toldDifferences(forge, app, source)))
  }
  return { seen, wrong: wrong.length === 0 ? await stillToDo(forge, apps) : wrong }
}

/** Git itself finds nothing wrong with any repository of the forge. */
async function assertSound(dataDir: string, forge: string): Promise<void> {
  const directory = join(dataDir, forge === 'github' ? 'sandbox' : 'sandbox-gitlab', 'git')
  for (const name of readdirSync(directory)) {
    const { code, stdout, stderr } = await runGit(join(directory, name), [
      'fsck',
      '--strict',
      '--no-dangling',
    ])
    assert.equal(`${code} ${stdout}${stderr}`, '0 ', name)
  }
}

async function assertDelivered(
  forge: RemoteSandbox,
  options: Pick<StoreOptions, 'dataDir' | 'databaseUrl'>,
): Promise<string> {
  const { acknowledged, sent } = await forge.deliveries()
  const store = await openStore({ ...options, log: pino({ level: 'silent' }) })
  try {
    const rows = await store.listDeliveries(1_000_000)
    const outcomes = new Map(rows.map(({ id, outcome }) => [id, outcome]))
    assert.equal(outcomes.size, rows.length)
    const without = acknowledged.filter((id) => (outcomes.get(id) ?? null) === null)
    assert.deepEqual(without, [], 'every delivery that was acknowledged has an outcome')
    assert.deepEqual(await store.listDeadLetters(), [])
    return `${sent} deliveries were sent, ${acknowledged.length} of them acknowledged`
  } finally {
    await store.close()
  }
}
