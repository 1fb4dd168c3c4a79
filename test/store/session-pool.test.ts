import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PGlite } from '@electric-sql/pglite'
import { SessionPool } from '../../src/store/embedded/session-pool.ts'
import { eventually } from '../support/eventually.ts'

let db: PGlite
let pool: SessionPool
before(async () => {
  db = await PGlite.create()
  pool = new SessionPool(db)
  await pool.query('create table t (n int)')
})
after(() => db.close())

/** A session that was given back is free in the next turn of the event loop. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const numbers = async (): Promise<unknown[]> =>
  (await pool.query('select n from t order by n')).rows.map(({ n }) => n)

test('from BEGIN to COMMIT nobody else gets in between', async () => {
  const log: string[] = []
  const transact = async (name: string): Promise<void> => {
    const client = await pool.connect()
    await client.query('begin')
    for (let i = 0; i < 3; i++) {
      await client.query('select 1')
      log.push(name)
    }
    await client.query('commit')
    await client.release()
  }
  const outside = async (): Promise<void> => {
    await nextTurn()
    await pool.query('select 1')
    log.push('outside')
  }
  await Promise.all([transact('one'), transact('two'), outside()])
  assert.deepEqual(log, ['one', 'one', 'one', 'two', 'two', 'two', 'outside'])
})

test('use of the pool inside of a transaction throws instead of waiting for itself', async () => {
  const client = await pool.connect()
  const other = await pool.connect()
  await client.query('begin')
  await assert.rejects(pool.query('select 1'), /inside of a transaction/)
  await assert.rejects(other.query('select 1'), /inside of a transaction/)
  await assert.rejects(other.query('begin'), /inside of a transaction/)
  await client.query('rollback')
  await pool.query('select 1')
  await Promise.all([client.release(), other.release()])
})

test('an error leaves the transaction open until it is rolled back, as in pg', async () => {
  const client = await pool.connect()
  await client.query('begin')
  await client.query({ text: 'insert into t values ($1)', values: [1] })
  await assert.rejects(client.query('select * from nowhere'), { code: '42P01' })
  await assert.rejects(client.query('select 1'), { code: '25P02' })
  await client.query('rollback')
  await client.release()
  assert.deepEqual(await numbers(), [])
})

test('a client that is given back in a transaction is rolled back, and the session is free', async () => {
  const client = await pool.connect()
  await client.query('begin')
  await client.query('insert into t values (2)')
  await client.release()
  assert.deepEqual(await numbers(), [])
})

test('urgent statements come before those that wait', async () => {
  const log: string[] = []
  await nextTurn()
  const note = (name: string) => () => void log.push(name)
  await Promise.all([
    pool.query('select 1').then(note('running')),
    pool.query('select 1').then(note('waiting')),
    pool.query('select 1', [], true).then(note('urgent')),
  ])
  assert.deepEqual(log, ['running', 'urgent', 'waiting'])
})

test('notifications reach the client that listens', async () => {
  const heard: unknown[] = []
  const client = await pool.connect()
  client.on('notification', (message) => heard.push(message))
  await client.query('LISTEN "jobs:insert"; LISTEN "worker:migrate";')
  await pool.query("select pg_notify('jobs:insert', $1)", ['{"count":1}'])
  await eventually('it is heard', () => heard.length > 0)
  assert.deepEqual(heard, [{ channel: 'jobs:insert', payload: '{"count":1}', processId: 0 }])
  await client.query('UNLISTEN "jobs:insert"; UNLISTEN "worker:migrate";')
  await client.release()
})

test('connecting with a callback works as in pg', async () => {
  const answer = await new Promise((resolve, reject) => {
    pool.connect((error, client, release) => {
      if (error !== undefined || client === undefined) return reject(error)
      client.query({ text: 'select $1::int as n', values: [7], name: 'ignored' }).then((result) => {
        release?.()
        resolve(result.rows)
      }, reject)
    })
  })
  assert.deepEqual(answer, [{ n: 7 }])
})
