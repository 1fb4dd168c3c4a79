// kill -9 in a storm of pushes. By default 10 kills and 100 pushes to 8 repositories, about two minutes.
// `SUPERCARGO_KILLS=50 npm test -- e2e/kill` kills 50 times during 500 pushes to 20 repositories, and
// `SUPERCARGO_SEED=…` repeats the random choices of a run (not its timing).
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { openStore } from '../../src/store/open.ts'
import { eventually } from '../support/eventually.ts'
import { GitClone, runGit } from '../support/git-clone.ts'
import { startRemoteSandbox } from '../support/remote-sandbox.ts'
import { buildServer, freePort, type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { seedFleet } from './kill-fleet.ts'
import { quietResults, resultOf, stillToDo } from './kill-quiet.ts'
import { randomFrom, startDeveloper, storm } from './kill-storm.ts'
import { differences, look, type SeenRepository, toldDifferences } from './kill-world.ts'

const KILLS = Number(process.env.SUPERCARGO_KILLS ?? 10)
const PUSHES = KILLS * 10
const APPS = KILLS < 30 ? 8 : 20
const SEED = Number(process.env.SUPERCARGO_SEED ?? Date.now() % 1_000_000)
/** From when a process works, or now and then from its start, to its kill: at most so many milliseconds. */
const LONGEST_LIFE = 4000
/** Sweeps run when a process starts, and not again: what is found after the last start is found by one sweep. */
const SWEEP_SECONDS = 86_400

test(`after ${KILLS} kills in a storm of ${PUSHES} pushes all is as one quiet pass would have made it`, {
  timeout: KILLS * 60_000,
}, async (context) => {
  const say = (text: string) => context.diagnostic(text)
  const random = randomFrom(SEED)
  const root = mkdtempSync(join(tmpdir(), 'supercargo-kill-'))
  const directories = { forge: join(root, 'forge'), seeded: join(root, 'seeded'), bot: join(root, 'bot') }
  const cleanUp: (() => unknown)[] = [() => rmSync(root, { recursive: true, force: true, maxRetries: 5 })]
  try {
    const build = buildServer()
    cleanUp.push(() => rmSync(build, { recursive: true, force: true }))
    const apps = await seedFleet(directories.forge, APPS)
    cpSync(directories.forge, directories.seeded, { recursive: true })
    const port = await freePort()
    const forge = await startRemoteSandbox(directories.forge, `http://127.0.0.1:${port}/webhooks/github`)
    cleanUp.push(() => forge.stop())
    const developers = await Promise.all(apps.map((app) => startDeveloper(forge, app, random)))
    for (const developer of developers) cleanUp.push(() => developer.close())
    let bot: ServerProcess | null = null
    const start = () => {
      const options = {
        build,
        port,
        dataDir: directories.bot,
        apiUrl: forge.api,
        sweepSeconds: SWEEP_SECONDS,
      }
      bot = startServerProcess(options)
      return bot
    }
    cleanUp.push(() => bot?.kill('SIGKILL'))

    await start().ready()
    let working = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = kill === 0 && bot !== null ? bot : start()
      const life = random() * LONGEST_LIFE
      const pushing = storm(developers, PUSHES / KILLS, life, random)
      if (random() < 0.7) await victim.ready()
      await sleep(life)
      if (victim.lines.some((line) => line.includes('Supercargo runs'))) working++
      await victim.kill('SIGKILL')
      await pushing
    }
    say(`seed ${SEED}: ${KILLS} kills, ${working} of them while it worked, ${PUSHES} pushes`)

    const last = start()
    const started = Date.now()
    await last.ready()
    const mirrors = new Map<string, GitClone>()
    for (const path of new Set(apps.flatMap(({ path, manifests }) => [path, manifests]))) {
      const mirror = await GitClone.open(forge.cloneUrl(path), '--mirror')
      cleanUp.push(() => mirror.remove())
      mirrors.set(path, mirror)
    }
    const seen = new Map<string, SeenRepository>()
    const found = async (): Promise<string[]> => {
      for (const [path, mirror] of mirrors) seen.set(path, await look(forge, path, mirror))
      const all: string[] = []
      for (const app of apps) {
        const [source, manifests] = [seen.get(app.path), seen.get(app.manifests)]
        if (source === undefined || manifests === undefined) continue
        all.push(...(await differences(app, source, manifests)))
        if (all.length === 0) all.push(...(await toldDifferences(forge, app, source)))
      }
      return all.length === 0 ? await stillToDo(forge, apps) : all
    }
    let wrong: string[] = []
    const quiet = async () => {
      wrong = await found()
      return wrong.length === 0
    }
    await eventually('the bot has done its work', quiet, 60_000 + KILLS * 5000).catch((error: unknown) => {
      say(last.lines.filter((line) => /"(warn|error|fatal)"/.test(line)).join('\n'))
      throw new Error(`${String(error)}\n${wrong.join('\n')}`)
    })
    say(`quiet ${((Date.now() - started) / 1000).toFixed(1)} s after the last start`)

    await last.kill('SIGTERM')
    assert.equal(last.exitCode(), 0)
    assert.deepEqual(await found(), [], 'what was done stays done')
    const expected = await quietResults(directories.seeded, apps, seen)
    for (const path of new Set(apps.map(({ manifests }) => manifests))) {
      const repository = seen.get(path)
      assert.ok(repository)
      assert.deepEqual(await resultOf(repository), expected.get(path), path)
    }
    await assertSound(directories.forge)
    const { acknowledged, sent } = await forge.deliveries()
    say(`${sent} deliveries were sent, ${acknowledged.length} of them acknowledged`)
    await assertOutcomes(directories.bot, acknowledged)
  } finally {
    for (const step of cleanUp.reverse()) await step()
  }
})

/** Git itself finds nothing wrong with any repository of the forge. */
async function assertSound(dataDir: string): Promise<void> {
  const directory = join(dataDir, 'sandbox', 'git')
  for (const name of readdirSync(directory)) {
    const { code, stdout, stderr } = await runGit(join(directory, name), [
      'fsck',
      '--strict',
      '--no-dangling',
    ])
    assert.equal(`${code} ${stdout}${stderr}`, '0 ', name)
  }
}

/** Nothing that was acknowledged is lost: every delivery is there once, with what came of it. */
async function assertOutcomes(dataDir: string, acknowledged: readonly string[]): Promise<void> {
  const store = await openStore({ dataDir, log: pino({ level: 'silent' }) })
  try {
    const rows = await store.listDeliveries(1_000_000)
    const outcomes = new Map(rows.map(({ id, outcome }) => [id, outcome]))
    assert.equal(outcomes.size, rows.length)
    assert.deepEqual(
      acknowledged.filter((id) => outcomes.get(id) == null),
      [],
    )
    assert.deepEqual(await store.listDeadLetters(), [])
  } finally {
    await store.close()
  }
}
