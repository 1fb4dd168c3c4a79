import type { Logger } from 'pino'
import type { Database, Query } from './database.ts'
import { unreachable } from './failures.ts'
import { persist } from './transient.ts'

/** Connections of one replica at most: they are opened on demand and closed when idle. */
const MAX_CONNECTIONS = 20
/** A database that starts at the same time as this process is waited for. */
const START_MS = 15_000

/**
 * A pool on a PostgreSQL server (12 or newer).
 * @throws SupercargoError `store-unreachable`
 */
export async function openPostgres(databaseUrl: string, log: Logger): Promise<Database> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'supercargo',
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    statement_timeout: 30_000,
    query_timeout: 35_000,
    idle_in_transaction_session_timeout: 30_000,
  })
  // Without these two, a server that goes away ends the process.
  pool.on('error', (error) => log.warn({ error: error.message }, 'An idle connection to the database ended.'))
  pool.on('connect', (client) => client.on('error', () => undefined))

  const query: Query = async <Row extends object>(text: string, values: readonly unknown[] = []) =>
    (await pool.query<Row>(text, [...values])).rows

  const transaction = async <T>(work: (query: Query) => Promise<T>): Promise<T> => {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      const result = await work(async <Row extends object>(text: string, values: readonly unknown[] = []) => {
        return (await client.query<Row>(text, [...values])).rows
      })
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  const started = Date.now()
  await persist(
    () => query('select 1'),
    () => Date.now() - started > START_MS,
  ).catch(async (error: unknown) => {
    await pool.end()
    throw unreachable(error)
  })
  return {
    embedded: false,
    pool,
    query,
    urgent: query,
    transaction,
    tend: async () => undefined,
    vacuum: async () => undefined,
    close: () => pool.end(),
  }
}
