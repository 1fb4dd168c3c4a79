import type { TaskList } from 'graphile-worker'
import type { Logger } from 'pino'
import type { Database } from './database.ts'
import { workInbox } from './inbox-job.ts'
import { workKey } from './key-job.ts'
import { maintain } from './maintain.ts'
import type { Shift } from './shift.ts'
import type { Handlers } from './store.ts'
import { sweep } from './sweep-job.ts'

/** The kinds of jobs, by the names that the SQL functions add them under. */
export function createTasks(
  database: Database,
  handlers: Handlers,
  sweepSeconds: number,
  shift: Shift,
  log: Logger,
  guarded: (id: string, work: () => Promise<void>) => Promise<void>,
): TaskList {
  return {
    inbox: (_, { job }) => guarded(job.id, () => workInbox(database, handlers, job.attempts > 1, shift, log)),
    reconcile: (payload, { job }) =>
      guarded(job.id, () => workKey(database, handlers, keyOf(payload), job.attempts, shift, log)),
    sweep: (_, { job }) => guarded(job.id, () => sweep(database, handlers, sweepSeconds, shift, log)),
    maintain: (_, { job }) => guarded(job.id, () => maintain(database, sweepSeconds, shift, log)),
  }
}

function keyOf(payload: unknown): string {
  if (
    typeof payload === 'object' &&
    payload !== null &&
    'key' in payload &&
    typeof payload.key === 'string'
  ) {
    return payload.key
  }
  throw new Error('A job of the queue names no key.')
}
