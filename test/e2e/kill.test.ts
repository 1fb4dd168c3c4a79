// kill -9 in a storm of pushes, on each forge. By default 10 kills and 100 pushes to 8 repositories on GitHub, and 50
// to 4 on GitLab. `SUPERCARGO_KILLS=50 npm test -- e2e/kill` kills 50 times during 500 pushes to 20 repositories, and
// `SUPERCARGO_SEED=…` repeats the random choices of a run (not its timing).
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { copyStore } from '../support/embedded-store.ts'
import { freePort, type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { type ArenaForge, ON_GITHUB, ON_GITLAB, startArena } from './kill-arena.ts'
import { randomFrom, storm } from './kill-storm.ts'

const KILLS = Number(process.env.SUPERCARGO_KILLS ?? 10)
const SEED = Number(process.env.SUPERCARGO_SEED ?? Date.now() % 1_000_000)
/** Sweeps run when a process starts, and not again: what is found after the last start is found by one sweep. */
const SWEEP_SECONDS = 86_400

interface Size {
  apps: number
  /** In the life of each process. */
  pushes: number
  /** From when a process works, or now and then from its start, to its kill: at most so many milliseconds. */
  longestLife: number
}

const WHOLE: Size = { apps: 20, pushes: 10, longestLife: 4000 }
const RUNS: [ArenaForge, Size][] = [
  [ON_GITHUB, KILLS < 30 ? { ...WHOLE, apps: 8 } : WHOLE],
  [ON_GITLAB, KILLS < 30 ? { apps: 4, pushes: 5, longestLife: 2500 } : WHOLE],
]

async function killAndCompare(context: TestContext, on: ArenaForge, size: Size): Promise<void> {
  const random = randomFrom(SEED)
  const port = await freePort()
  const arena = await startArena(on, size.apps, `http://127.0.0.1:${port}`, random)
  try {
    const { build, developers, forge } = arena
    const { environment } = forge
    const dataDir = arena.directory('bot')
    await copyStore(dataDir)
    const start = (): ServerProcess => {
      const server = startServerProcess({ build, port, dataDir, environment, sweepSeconds: SWEEP_SECONDS })
      arena.onClose(() => server.kill('SIGKILL'))
      return server
    }

    let server = start()
    await server.ready()
    let working = 0
    for (let kill = 0; kill < KILLS; kill++) {
      await forge.wakeWebhooks()
      const life = random() * size.longestLife
      const pushing = storm(developers, size.pushes, life, random)
      if (random() < 0.7) await server.ready()
      await sleep(life)
      if (server.lines.some((line) => line.includes('Supercargo runs'))) working++
      await server.kill('SIGKILL')
      await pushing
      server = start()
    }
    context.diagnostic(
      `seed ${SEED}: ${KILLS} kills, ${working} while it worked, ${KILLS * size.pushes} pushes`,
    )

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
}

for (const [on, size] of RUNS) {
  const title = `${on.name}: after ${KILLS} kills in a storm of ${KILLS * size.pushes} pushes all is as one quiet pass would have made it`
  test(title, { timeout: KILLS * 60_000 }, (context) => killAndCompare(context, on, size))
}
