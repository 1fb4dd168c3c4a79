import type { Pool } from 'pg'

/** Runs one statement. Throws the database's error, with its SQLSTATE as `code`. */
export type Query = <Row extends object = Record<string, unknown>>(
  text: string,
  values?: readonly unknown[],
) => Promise<Row[]>

/** What both modes of the store are to everything above them: the same SQL runs on either. */
export interface Database {
  /** True for PGlite in this process, false for a PostgreSQL server. */
  embedded: boolean
  /** A pool for graphile-worker; everything else goes through `query` and `transaction`. */
  pool: Pool
  query: Query
  /** The same for what somebody waits for: before everything that waits for the one embedded session. */
  urgent: Query
  /** BEGIN, the work, COMMIT; ROLLBACK and the work's error when it throws. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>
  /** What a server does by itself in the background: checkpoints. Called every few seconds. */
  tend(): Promise<void>
  /** What autovacuum does on a server. Called every few minutes. */
  vacuum(): Promise<void>
  close(): Promise<void>
}

/** The schema of graphile-worker: one of our own, so that another application's jobs are never touched. */
export const WORKER_SCHEMA = 'supercargo_worker'
