import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SupercargoError } from '../../src/domain/errors.ts'
import { openStore, type StoreOptions } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { eventually } from '../support/eventually.ts'
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts'
import { startProgram } from '../support/processes.ts'
import { gate, scripted } from './scripted.ts'
import { silent } from './worlds.ts'

const REPLICA = new URL('./replica.ts', import.meta.url)
const WORK = { concurrency: 4, sweepSeconds: 3600 }
const QUICK = { beat: 100, fence: 1000, silent: 1500, poll: 100 }

describe('several replicas on one PostgreSQL', { skip: noPostgres }, () => {
  let server: PostgresServer
  before(async () => {
    server = await startPostgres({ durable: true })
  })
  after(() => server.remove())

  const open = (databaseUrl: string, options: Partial<StoreOptions> = {}): Promise<Store> =>
    openStore({ databaseUrl, dataDir: '/nowhere', log: silent, ...options })

  test('the work of a replica that is killed is taken over within 30 seconds', {
    timeout: 120_000,
  }, async () => {
    const databaseUrl = await server.createDatabase()
    const argument = { name: 'dead', dataDir: '/nowhere', databaseUrl, passMs: 3600_000, perSecond: 0 }
    const dead = startProgram(REPLICA, argument)
    await dead.line('ready', 60_000)
    const store = await open(databaseUrl)
    await store.enqueue(['a', 'b'])
    await dead.line('start a')
    await dead.line('start b')
    const heir = startProgram(REPLICA, { ...argument, name: 'heir', passMs: 1 })
    await heir.line('ready', 60_000)
    await dead.kill('SIGKILL')
    const killed = Date.now()
    await heir.line('end a', 30_000)
    await heir.line('end b', 30_000 - (Date.now() - killed))
    assert.equal(heir.lines.filter((line) => line === 'start a').length, 1)
    await heir.kill('SIGTERM')
    assert.equal(heir.exitCode(), 0)
    await store.close()
  })

  test('a replica that is stopped gives its work back at once', { timeout: 60_000 }, async () => {
    const databaseUrl = await server.createDatabase()
    const first = await open(databaseUrl)
    const stubborn = scripted({ reconcile: () => new Promise(() => undefined) })
    const worker = await first.work(stubborn, WORK)
    await first.enqueue(['a'])
    await eventually('it runs', () => stubborn.running.has('a'))
    const second = await open(databaseUrl)
    const heir = scripted()
    await second.work(heir, WORK)
    await worker.stop(100)
    await eventually('it runs elsewhere', () => heir.passesOf('a').length === 1, 5000)
    await Promise.all([first.close(), second.close()])
  })

  test('replicas that start together sweep once, and never share a key', { timeout: 90_000 }, async () => {
    const databaseUrl = await server.createDatabase()
    const stores = await Promise.all(Array.from({ length: 3 }, () => open(databaseUrl)))
    const running = new Set<string>()
    const overlaps: string[] = []
    let sweeps = 0
    let passes = 0
    const handlers = scripted({
      async sweep() {
        sweeps++
        await sleep(500)
        return []
      },
    })
    const reconcile = async (key: string): Promise<{ kind: 'done' }> => {
      if (running.has(key)) overlaps.push(key)
      running.add(key)
      await sleep(Math.random() * 20)
      running.delete(key)
      passes++
      return { kind: 'done' }
    }
    await Promise.all(stores.map((store) => store.work({ ...handlers, reconcile }, WORK)))
    const keys = Array.from({ length: 8 }, (_, i) => `key-${i}`)
    for (let round = 0; round < 40; round++) {
      await Promise.all(stores.map((store) => store.enqueue(keys.filter(() => Math.random() < 0.5))))
    }
    await eventually('it is quiet', async () => {
      const seen = passes
      await sleep(1500)
      return passes === seen && running.size === 0
    })
    assert.deepEqual(overlaps, [])
    assert.ok(sweeps >= 1 && sweeps <= 2, `${sweeps} sweeps by three replicas`)
    await Promise.all(stores.map((store) => store.close()))
  })

  test('the database is restarted under load: the process survives and nothing is lost', {
    timeout: 120_000,
  }, async () => {
    const databaseUrl = await server.createDatabase()
    const program = startProgram(REPLICA, {
      name: 'load',
      dataDir: '/nowhere',
      databaseUrl,
      passMs: 50,
      perSecond: 50,
    })
    const accepted = () => program.lines.filter((line) => line.startsWith('accepted '))
    await eventually('it is under load', () => accepted().length > 50, 60_000)
    for (const how of ['fast', 'immediate'] as const) {
      await server.stop(how)
      await sleep(1000)
      await server.start()
      const before = accepted().length
      await eventually('it goes on', () => accepted().length > before + 50, 30_000)
    }
    assert.equal(program.exitCode(), null)
    await program.kill('SIGTERM')
    const store = await open(databaseUrl)
    const handlers = scripted({ delivery: ({ id }) => ({ keys: [], outcome: `Read ${id}.` }) })
    await store.work(handlers, WORK)
    const rows = await eventually('every delivery has its outcome', async () => {
      const found = await store.listDeliveries(100_000)
      return found.every(({ outcome }) => outcome !== null) && found
    })
    const ids = new Set(rows.map(({ id }) => id))
    for (const line of accepted()) assert.ok(ids.has(line.slice('accepted '.length)), line)
    await store.close()
  })

  test('a worker that can give no sign of life while it works is fenced; an idle one is not', {
    timeout: 60_000,
  }, async () => {
    const databaseUrl = await server.createDatabase()
    const reasons: string[] = []
    const busy = await open(databaseUrl, {
      timings: QUICK,
      onFenced: (reason) => reasons.push(`busy: ${reason}`),
    })
    const idle = await open(databaseUrl, {
      timings: QUICK,
      onFenced: (reason) => reasons.push(`idle: ${reason}`),
    })
    const handlers = scripted({ reconcile: () => new Promise(() => undefined) })
    const worker = await busy.work(handlers, WORK)
    await busy.enqueue(['a'])
    await eventually('it works', () => handlers.running.has('a'))
    const idler = await idle.work(scripted(), WORK)
    await sleep(500)
    await server.stop('immediate')
    await eventually('it is fenced', () => reasons.length > 0)
    assert.equal(worker.running(), false)
    await sleep(1500)
    await server.start()
    assert.equal(reasons.length, 1)
    assert.match(reasons[0] ?? '', /^busy: It could give no sign of life for \d+ s\.$/)
    await eventually('the idle one works again', () => idler.running())
    await Promise.all([busy.close(), idle.close()])
  })

  test('a worker whose work was taken over is fenced, and its end changes nothing any more', {
    timeout: 60_000,
  }, async () => {
    const databaseUrl = await server.createDatabase()
    const reasons: string[] = []
    const hold = gate()
    const first = await open(databaseUrl, { timings: QUICK, onFenced: (reason) => reasons.push(reason) })
    const handlers = scripted({
      async reconcile() {
        await hold.opened
        return { kind: 'done' }
      },
    })
    await first.work(handlers, WORK)
    await first.enqueue(['a'])
    await eventually('it works', () => handlers.running.has('a'))
    await sleep(300)
    await server.query(
      databaseUrl,
      'select supercargo.release_workers(array(select distinct locked_by from supercargo_worker.jobs where locked_by is not null))',
    )
    await eventually('it is fenced', () => reasons.length === 1)
    // Either of the two is noticed first: that the locks are gone, or that the same job comes again.
    assert.match(reasons[0] ?? '', /^(Another process has taken its work over|It was given a job that it is)/)
    hold.open()
    await sleep(500)
    const [job] = await server.query<{ count: string }>(
      databaseUrl,
      "select count(*) from supercargo_worker.jobs where key = 'reconcile:a'",
    )
    assert.equal(job?.count, '1')
    const second = await open(databaseUrl, { timings: QUICK })
    const heir = scripted()
    await second.work(heir, WORK)
    await eventually('another one works on it', () => heir.passesOf('a').length === 1)
    await Promise.all([first.close(), second.close()])
  })

  test('a job that is locked for a worker that does not know of it is found and done', {
    timeout: 60_000,
  }, async () => {
    const databaseUrl = await server.createDatabase()
    const store = await open(databaseUrl, { timings: QUICK })
    const handlers = scripted()
    await store.work(handlers, WORK)
    await sleep(500)
    // As when the connection ends between the lock and its answer.
    await store.enqueue(['a'], { at: new Date(Date.now() + 3600_000) })
    await server.query(
      databaseUrl,
      `with me as (select id from supercargo.workers),
        job as (update supercargo_worker._private_jobs set locked_by = (select id from me), locked_at = now(),
          run_at = now() where key = 'reconcile:a' returning job_queue_id)
      update supercargo_worker._private_job_queues set locked_by = (select id from me), locked_at = now()
        where id = (select job_queue_id from job)`,
    )
    await eventually('it is done', () => handlers.passesOf('a').length === 1)
    await store.close()
  })

  test('a database that a newer version has written is refused with what to do', async () => {
    const databaseUrl = await server.createDatabase()
    await (await open(databaseUrl)).close()
    await server.query(
      databaseUrl,
      "insert into supercargo.migrations (number, name) values (9999, '9999-future.sql')",
    )
    await assert.rejects(open(databaseUrl), (error: unknown) => {
      assert.ok(error instanceof SupercargoError)
      assert.equal(error.code, 'store-too-new')
      assert.match(error.message, /has migration 9999, and this version knows \d+\.$/)
      return true
    })
  })

  test('a server that does not answer is said so, without the password', { timeout: 60_000 }, async () => {
    const store = await open(await server.createDatabase())
    await server.stop('immediate')
    await assert.rejects(store.ping(), /The database cannot be reached/)
    await server.start()
    await store.ping()
    await store.close()
    await assert.rejects(open('postgres://someone:secret@127.0.0.1:1/nothing'), (error: unknown) => {
      assert.ok(error instanceof SupercargoError)
      assert.equal(error.code, 'store-unreachable')
      assert.doesNotMatch(error.message + error.advice, /secret/)
      return true
    })
  })
})
