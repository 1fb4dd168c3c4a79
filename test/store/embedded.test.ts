import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { SupercargoError } from '../../src/domain/errors.ts'
import { createDirectory, loadersOf } from '../../src/store/embedded/create-directory.ts'
import { openEmbedded } from '../../src/store/embedded/open-embedded.ts'
import { openStore } from '../../src/store/open.ts'
import { copyStore } from '../support/embedded-store.ts'
import { startProgram } from '../support/processes.ts'
import { silent } from './worlds.ts'

const root = mkdtempSync(join(tmpdir(), 'sc-embedded-'))
const dataDir = join(root, 'data')
before(async () => {
  mkdirSync(dataDir)
  await createDirectory(join(dataDir, 'store'))
})
after(() => rmSync(root, { recursive: true, force: true }))

test('the database is created in a process of its own, which keeps the memory of this one small', async () => {
  assert.equal(readFileSync(join(dataDir, 'store', 'PG_VERSION'), 'utf8').trim(), '18')
  const peak = process.resourceUsage().maxRSS / 1024
  assert.ok(peak < 500, `creating it took ${Math.round(peak)} MB of this process`)
})

test('the process that creates it is started as this one loads modules, and with nothing else', () => {
  assert.deepEqual(
    loadersOf([
      '--inspect=0',
      '--import',
      'tsx',
      '-e',
      'start()',
      '--require=./hook.cjs',
      '--max-old-space-size=64',
    ]),
    ['--import', 'tsx', '--require=./hook.cjs'],
  )
})

test('a creation that was interrupted is begun anew', async () => {
  const interrupted = join(root, 'interrupted')
  mkdirSync(join(interrupted, 'store.new', 'base'), { recursive: true })
  mkdirSync(join(interrupted, 'store'))
  const database = await openEmbedded(interrupted, silent)
  assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }])
  await database.close()
  assert.deepEqual(readdirSync(interrupted), ['store'])
})

test('a creation that fails says why and what it needs', async () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  await assert.rejects(createDirectory(join(file, 'store')), (error: unknown) => {
    assert.ok(error instanceof SupercargoError)
    assert.equal(error.code, 'store-not-created')
    assert.match(error.advice ?? '', /900 MB/)
    return true
  })
})

test('the directory of another PostgreSQL is refused with what to do, and left as it is', async () => {
  for (const [content, says] of [
    ['17\n', /was made by PostgreSQL 17; this version embeds PostgreSQL 18\.$/],
    [null, /is not a database; this version embeds PostgreSQL 18\.$/],
  ] as const) {
    const old = join(root, content === null ? 'foreign' : 'old')
    mkdirSync(join(old, 'store'), { recursive: true })
    writeFileSync(join(old, 'store', 'precious'), '')
    if (content !== null) writeFileSync(join(old, 'store', 'PG_VERSION'), content)
    await assert.rejects(openStore({ dataDir: old, log: silent }), (error: unknown) => {
      assert.ok(error instanceof SupercargoError)
      assert.equal(error.code, 'store-other-release')
      assert.match(error.message, says)
      assert.match(error.advice ?? '', /^Remove .*: Git is the truth/)
      return true
    })
    assert.ok(existsSync(join(old, 'store', 'precious')))
    assert.ok(!existsSync(join(old, 'store.lock')), 'and the directory is not locked')
  }
})

test('int8 and bytes are read as pg reads them', async () => {
  const database = await openEmbedded(dataDir, silent)
  const [row] = await database.query<{ n: unknown; b: unknown; d: unknown }>(
    "select 5::int8 as n, $1::bytea as b, '2026-01-01T00:00:00Z'::timestamptz as d",
    [Buffer.from([0, 255])],
  )
  assert.equal(row?.n, '5')
  assert.deepEqual(row?.b, Buffer.from([0, 255]))
  assert.deepEqual(row?.d, new Date('2026-01-01T00:00:00Z'))
  const [setting] = await database.query("select current_setting('shared_buffers') as value")
  assert.deepEqual(setting, { value: '16MB' })
  await database.close()
})

test('its log does not grow for ever, and dead rows are collected', async () => {
  const database = await openEmbedded(dataDir, silent)
  await database.query('create table filler (n int, t text)')
  for (let round = 0; round < 5; round++) {
    await database.query("insert into filler select n, repeat('x', 500) from generate_series(1, 60000) n")
    await database.query('delete from filler')
    await database.tend()
  }
  const log = readdirSync(join(dataDir, 'store', 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name))
  const written = await database.query<{ bytes: number }>(
    "select pg_current_wal_lsn() - '0/0'::pg_lsn as bytes",
  )
  assert.ok(Number(written[0]?.bytes) > 150 * 1024 * 1024, 'more was written than is kept')
  assert.ok(log.length <= 6, `${log.length} files of 16 MB`)
  await database.vacuum()
  const [{ size } = { size: 0 }] = await database.query<{ size: number }>(
    "select pg_relation_size('filler')::int as size",
  )
  assert.equal(size, 0)
  await database.close()
})

test('everything that a process that died had locked is free at the next start', async () => {
  const locked = join(root, 'locked')
  await copyStore(locked)
  const argument = { name: 'dead', dataDir: locked, passMs: 3600_000, perSecond: 20 }
  const dead = startProgram(new URL('./replica.ts', import.meta.url), argument)
  await dead.line('start', 60_000)
  await dead.kill('SIGKILL')
  const next = startProgram(new URL('./replica.ts', import.meta.url), {
    ...argument,
    passMs: 1,
    perSecond: 0,
  })
  await next.line('ready', 60_000)
  await next.line('end', 5000)
  await next.kill('SIGTERM')
  assert.equal(statSync(locked).isDirectory(), true)
})
