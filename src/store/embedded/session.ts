import { setFlagsFromString } from 'node:v8'
import type { PGlite } from '@electric-sql/pglite'
import type { Pool } from 'pg'
import { SupercargoError } from '../../domain/errors.ts'
import type { Database, Query } from '../database.ts'
import { SessionPool } from './session-pool.ts'

/** PGlite has no checkpointer: without one every so much, its log grows for ever and a restart replays it all. */
const CHECKPOINT_BYTES = 32 * 1024 * 1024

/**
 * Opens the database in the directory, which the caller has locked; one that is missing is created.
 * @throws SupercargoError `store-broken`
 */
export async function openSession(directory: string): Promise<Database> {
  // Of the two compilers for WebAssembly the optimising one wins no time here, and takes 30 to 100 MB.
  setFlagsFromString('--liftoff-only')
  const { PGlite } = await import('@electric-sql/pglite')
  try {
    return databaseOf(
      await PGlite.create(directory, {
        startParams: [
          ...PGlite.defaultStartParams,
          ...['-c', 'shared_buffers=16MB', '-c', 'max_wal_size=64MB', '-c', 'jit=off'],
        ],
        // bigint as text, as pg reads it; and bytes without an array of strings, one a byte
        parsers: { 20: String, 17: (hex: string) => Buffer.from(hex.slice(2), 'hex') },
        serializers: { 17: (bytes: Buffer) => `\\x${bytes.toString('hex')}` },
      }),
    )
  } catch (cause) {
    throw new SupercargoError(`The embedded database in ${directory} does not open.`, {
      code: 'store-broken',
      kind: 'permanent',
      advice: `Remove ${directory} and start again: what is lost is found again in Git by the next sweep.`,
      cause,
    })
  }
}

function databaseOf(db: PGlite): Database {
  const pool = new SessionPool(db)
  let checkpointed = '0/0'
  let vacuumed = '0/0'

  const query: Query = async <Row extends object>(text: string, values: readonly unknown[] = []) =>
    (await pool.query(text, [...values])).rows as Row[]

  const urgent: Query = async <Row extends object>(text: string, values: readonly unknown[] = []) =>
    (await pool.query(text, [...values], true)).rows as Row[]

  const written = async (since: string): Promise<{ now: string; bytes: number }> => {
    const [row] = await query<{ now: string; bytes: number }>(
      `select pg_current_wal_lsn()::text as now,
        pg_wal_lsn_diff(pg_current_wal_lsn(), $1::pg_lsn)::float8 as bytes`,
      [since],
    )
    return row ?? { now: since, bytes: 0 }
  }

  return {
    embedded: true,
    // What graphile-worker uses of a pool, SessionPool has; the contract suite runs on both.
    pool: pool as unknown as Pool,
    query,
    urgent,
    async transaction(work) {
      const client = await pool.connect()
      try {
        await client.query('begin')
        const result = await work(
          async <Row extends object>(text: string, values: readonly unknown[] = []) => {
            return (await client.query(text, [...values])).rows as Row[]
          },
        )
        await client.query('commit')
        return result
      } finally {
        await client.release()
      }
    },
    async tend() {
      const { now, bytes } = await written(checkpointed)
      if (bytes < CHECKPOINT_BYTES) return
      await query('checkpoint')
      checkpointed = now
    },
    async vacuum() {
      if ((await written(vacuumed)).bytes < 64 * 1024) return
      const tables = await query<{ name: string }>(
        `select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables`,
      )
      // One at a time: each blocks this process while it runs.
      for (const { name } of tables) await query(`vacuum (analyze) ${name}`)
      vacuumed = (await written(vacuumed)).now
    },
    async close() {
      await pool.end()
      await db.close()
    },
  }
}
