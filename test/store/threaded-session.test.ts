import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openThreadedSession, type ThreadedSession } from '../../src/store/embedded/threaded-session.ts'

const root = mkdtempSync(join(tmpdir(), 'sc-thread-'))
let session: ThreadedSession
before(async () => {
  session = await openThreadedSession(join(root, 'store'))
})
after(async () => {
  await session.close()
  rmSync(root, { recursive: true, force: true })
})

test('a long statement holds up nothing else in this process', async () => {
  let turns = 0
  let running = true
  const count = (): void => {
    turns++
    if (running) setImmediate(count)
  }
  setImmediate(count)
  const results = await session.query('select count(*)::int as n from generate_series(1, $1)', [2_000_000])
  running = false
  assert.deepEqual(results.rows, [{ n: 2_000_000 }])
  assert.ok(turns > 50, `the event loop turned ${turns} times meanwhile`)
})

test('an error of the database arrives with its SQLSTATE, and the session goes on', async () => {
  await assert.rejects(session.query('select * from nowhere', []), { code: '42P01' })
  await assert.rejects(session.exec('selec 1'), { code: '42601' })
  assert.deepEqual((await session.exec('select 1 as n')).at(-1)?.rows, [{ n: 1 }])
})

test('bytes arrive as a Buffer, empty ones and missing ones as well', async () => {
  const { rows } = await session.query(
    'select $1::bytea as some, $2::bytea as none, null::bytea as missing',
    [Buffer.from('web'), Buffer.alloc(0)],
  )
  assert.deepEqual(rows, [{ some: Buffer.from('web'), none: Buffer.alloc(0), missing: null }])
})

test('a notification reaches every listener', async () => {
  const heard: string[] = []
  for (const name of ['one', 'two']) {
    session.onNotification((channel, payload) => heard.push(`${name} ${channel} ${payload}`))
  }
  await session.exec("listen news; notify news, 'hello'")
  await session.exec('select 1')
  assert.deepEqual(heard, ['one news hello', 'two news hello'])
})

test('what does not open is an error, and so is every statement after the end', async () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  await assert.rejects(openThreadedSession(join(file, 'store')))
  const short = await openThreadedSession(join(root, 'short'))
  await short.close()
  await assert.rejects(short.query('select 1', []), /has ended/)
  await short.close()
})
