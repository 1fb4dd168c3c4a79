// Two servers on one PostgreSQL behind a load balancer, in a storm of pushes: one is killed, and the database
// is restarted.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { startLoadBalancer } from '../support/load-balancer.ts'
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts'
import { freePort, type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { type Arena, ON_GITHUB, startArena } from './kill-arena.ts'
import { type Random, randomFrom, storm } from './kill-storm.ts'

const SEED = Number(process.env.SUPERCARGO_SEED ?? Date.now() % 1_000_000)
const APPS = 6

interface Scene {
  arena: Arena
  postgres: PostgresServer
  databaseUrl: string
  replicas: ServerProcess[]
  random: Random
}

/** @param sweepSeconds how often they sweep after their start */
async function withReplicas(sweepSeconds: number, play: (scene: Scene) => Promise<void>): Promise<void> {
  const random = randomFrom(SEED)
  const ports = [await freePort(), await freePort()]
  const balancer = await startLoadBalancer(ports)
  const arena = await startArena(ON_GITHUB, APPS, balancer.url, random)
  arena.onClose(() => balancer.close())
  try {
    const postgres = await startPostgres({ durable: true })
    arena.onClose(() => postgres.remove())
    const databaseUrl = await postgres.createDatabase()
    const { build, forge } = arena
    const replicas = ports.map((port, i) => {
      const dataDir = arena.directory(`replica-${i}`)
      const { environment } = forge
      const options = { build, port, dataDir, environment, databaseUrl, sweepSeconds }
      return startServerProcess(options)
    })
    for (const replica of replicas) arena.onClose(() => replica.kill('SIGKILL'))
    await Promise.all(replicas.map((replica) => replica.ready()))
    await play({ arena, postgres, databaseUrl, replicas, random })
  } finally {
    await arena.close()
  }
}

/** Every replica that runs ends when it is told to, and the database knows what came of every delivery. */
async function end({ arena, databaseUrl, replicas }: Scene, context: TestContext): Promise<void> {
  for (const replica of replicas) await replica.kill('SIGTERM')
  await arena.assertLikeOnePass()
  const dataDir = arena.directory('after')
  context.diagnostic(await arena.assertDelivered({ dataDir, databaseUrl }))
}

test('a replica is killed in a storm: the other one finishes everything, and nothing is done twice', {
  skip: noPostgres,
  timeout: 600_000,
}, async (context) => {
  await withReplicas(86_400, async (scene) => {
    const { arena, replicas, random } = scene
    const [victim, heir] = replicas
    assert.ok(victim && heir)
    const pushing = storm(arena.developers, 60, 8000, random)
    await eventually('both work', () => replicas.every(hasWorked), 60_000)
    await victim.kill('SIGKILL')
    await pushing
    const seconds = await arena.quiet(180_000)
    context.diagnostic(`seed ${SEED}: quiet ${seconds.toFixed(1)} s after the storm and the kill`)
    await end(scene, context)
    assert.equal(heir.exitCode(), 0)
  })
})

test('PostgreSQL is restarted twice in a storm: both replicas survive, and nothing is lost', {
  skip: noPostgres,
  timeout: 600_000,
}, async (context) => {
  await withReplicas(60, async (scene) => {
    const { arena, postgres, replicas, random } = scene
    for (const how of ['fast', 'immediate'] as const) {
      const pushing = storm(arena.developers, 30, 8000, random)
      await sleep(2000 + random() * 3000)
      await postgres.stop(how)
      await sleep(random() * 2000)
      await postgres.start()
      await pushing
    }
    const seconds = await arena.quiet(180_000)
    context.diagnostic(`seed ${SEED}: quiet ${seconds.toFixed(1)} s after the storm`)
    assert.deepEqual(
      replicas.map((replica) => replica.exitCode()),
      [null, null],
    )
    await end(scene, context)
    assert.deepEqual(
      replicas.map((replica) => replica.exitCode()),
      [0, 0],
    )
  })
})

/** It has written something to the forge. */
function hasWorked({ lines }: ServerProcess): boolean {
  return lines.some((line) => line.includes('"action":'))
}
