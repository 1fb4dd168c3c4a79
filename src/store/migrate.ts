import { readdirSync, readFileSync } from 'node:fs'
import { runMigrations } from 'graphile-worker'
import type { Logger } from 'pino'
import type { Database, Query } from './database.ts'
import { WORKER_SCHEMA } from './database.ts'
import { tooNew } from './failures.ts'
import { workerLogger } from './worker-logger.ts'

interface Migration {
  number: number
  name: string
  text: string
}

const FOLDER = new URL('./sql/', import.meta.url)

/**
 * Brings the database to this version: graphile-worker's own schema, then ours, each numbered file once and in
 * one transaction. Replicas that start together wait for each other.
 * @throws SupercargoError `store-too-new`
 */
export async function migrate(database: Database, log: Logger): Promise<void> {
  await database.transaction(async (query) => {
    await query('select pg_advisory_xact_lock(7331, 0)')
    const [found] = await query<{ exists: boolean }>(
      "select to_regclass('supercargo.migrations') is not null as exists",
    )
    if (found?.exists === true) await refuseNewer(query)
  })
  await runMigrations({ pgPool: database.pool, schema: WORKER_SCHEMA, logger: workerLogger(log) })
  for (let attempt = 1; ; attempt++) {
    try {
      await database.transaction((query) => apply(query, log))
      return
    } catch (error) {
      if (attempt === 3 || !isClash(error)) throw error
    }
  }
}

/** Another replica created it: what a session has cached does not change while it waits for the lock. */
function isClash(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === '23505' || code === '42P06' || code === '42P07'
}

async function apply(query: Query, log: Logger): Promise<void> {
  await query('select pg_advisory_xact_lock(7331, 0)')
  await query('create schema if not exists supercargo')
  await query(`create table if not exists supercargo.migrations (
    number integer primary key, name text not null, applied_at timestamptz not null default now())`)
  await refuseNewer(query)
  const done = await query<{ number: number }>('select number from supercargo.migrations')
  const numbers = new Set(done.map((row) => row.number))
  for (const migration of readMigrations()) {
    if (numbers.has(migration.number)) continue
    await query(migration.text)
    await query('insert into supercargo.migrations (number, name) values ($1, $2)', [
      migration.number,
      migration.name,
    ])
    log.debug({ migration: migration.name }, 'Migrated the database.')
  }
}

async function refuseNewer(query: Query): Promise<void> {
  const [newest] = await query<{ number: number | null }>(
    'select max(number) as number from supercargo.migrations',
  )
  const known = Math.max(...readMigrations().map(({ number }) => number))
  if (newest?.number != null && newest.number > known) throw tooNew(newest.number, known)
}

function readMigrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({
      number: Number(name.slice(0, 4)),
      name,
      text: readFileSync(new URL(name, FOLDER), 'utf8'),
    }))
}
