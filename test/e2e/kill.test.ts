// kill -9 in a storm of pushes. By default 10 kills and 100 pushes to 8 repositories, about two minutes.
// `SUPERCARGO_KILLS=50 npm test -- e2e/kill` kills 50 times during 500 pushes to 20 repositories, and
// `SUPERCARGO_SEED=…` repeats the random choices of a run (not its timing).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { startArena } from './kill-arena.ts'
import { randomFrom, storm } from './kill-storm.ts'

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
  const random = randomFrom(SEED)
  const port = await freePort()
  const arena = await startArena(APPS, `http://127.0.0.1:${port}/webhooks/github`, random)
  try {
    const { build, developers, forge } = arena
    const dataDir = arena.directory('bot')
    const start = (): ServerProcess => {
      const apiUrl = forge.api
      const server = startServerProcess({ build, port, dataDir, apiUrl, sweepSeconds: SWEEP_SECONDS })
      arena.onClose(() => server.kill('SIGKILL'))
      return server
    }

    let server = start()
    await server.ready()
    let working = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const life = random() * LONGEST_LIFE
      const pushing = storm(developers, PUSHES / KILLS, life, random)
      if (random() < 0.7) await server.ready()
      await sleep(life)
      if (server.lines.some((line) => line.includes('Supercargo runs'))) working++
      await server.kill('SIGKILL')
      await pushing
      server = start()
    }
    context.diagnostic(`seed ${SEED}: ${KILLS} kills, ${working} while it worked, ${PUSHES} pushes`)

    const seconds = await arena.quiet(60_000 + KILLS * 5000).catch((error: unknown) => {
      const problems = server.lines.filter((line) => /"(warn|error|fatal)"/.test(line))
      throw new Error(`${String(error)}\n${problems.join('\n')}`)
    })
    context.diagnostic(`quiet ${seconds.toFixed(1)} s after the last start`)
    await server.kill('SIGTERM')
    assert.equal(server.exitCode(), 0)
    await arena.assertLikeOnePass()
    context.diagnostic(await arena.assertDelivered({ dataDir }))
  } finally {
    await arena.close()
  }
})
