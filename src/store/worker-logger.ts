import { Logger as WorkerLogger } from 'graphile-worker'
import type { Logger } from 'pino'

/**
 * graphile-worker's log on ours: its texts only, for its details hold whole jobs; its everyday news are
 * `trace`, and its errors warnings, because it recovers from them or we do.
 */
export function workerLogger(log: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') log.warn({ component: 'graphile-worker' }, message)
    else log.trace({ component: 'graphile-worker' }, message)
  })
}
