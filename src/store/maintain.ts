import { makeWorkerUtils } from 'graphile-worker'
import type { Logger } from 'pino'
import type { Database } from './database.ts'
import { WORKER_SCHEMA } from './database.ts'
import { prune } from './prune.ts'
import { describeError, type Shift } from './shift.ts'
import { scheduleSweep } from './sweep-job.ts'
import { workerLogger } from './worker-logger.ts'

/** When the store is cleaned, as a crontab says it; on one replica only. */
export const MAINTENANCE_CRON = '*/10 * * * *'

/** Keeps the database small, and sees to it that a sweep is planned. Never throws. */
export async function maintain(
  database: Database,
  sweepSeconds: number,
  shift: Shift,
  log: Logger,
): Promise<void> {
  try {
    await scheduleSweep(database, sweepSeconds)
    await prune(database, shift.stopping)
    await collectQueues(database, log)
    await database.vacuum()
  } catch (error) {
    log.warn({ error: describeError(error) }, 'The store could not be cleaned; it is tried again in a while.')
  }
}

/**
 * Removes queues without jobs, which every search for a job reads, and jobs that were replaced while a process
 * that died was running them. Alone, or a job that is added meanwhile would lose its queue; when somebody is
 * adding jobs right now, the next time will do.
 */
export async function collectQueues(database: Database, log: Logger): Promise<void> {
  const client = await database.pool.connect()
  try {
    const answer = await client.query<{ alone: boolean }>('select pg_try_advisory_lock(7332, 0) as alone')
    if (answer.rows[0]?.alone !== true) return
    try {
      const utils = await makeWorkerUtils({
        pgPool: database.pool,
        schema: WORKER_SCHEMA,
        logger: workerLogger(log),
      })
      await utils.cleanup({ tasks: ['DELETE_PERMAFAILED_JOBS', 'GC_JOB_QUEUES'] })
      await utils.release()
    } finally {
      await client.query('select pg_advisory_unlock(7332, 0)')
    }
  } finally {
    client.release()
  }
}
