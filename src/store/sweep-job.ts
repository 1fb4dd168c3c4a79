import type { Logger } from 'pino'
import type { Database } from './database.ts'
import { describeError, type Shift } from './shift.ts'
import type { Handlers } from './store.ts'
import { persist } from './transient.ts'

/** Keys in one statement: few enough that an embedded database answers others in between. */
const TOGETHER = 100

/** Queues keys for now, behind those that have news; dead ones stay dead. */
export async function sweep(
  database: Database,
  handlers: Handlers,
  everySeconds: number,
  shift: Shift,
  log: Logger,
): Promise<void> {
  let seconds = everySeconds
  try {
    const keys = await handlers.sweep()
    for (let at = 0; at < keys.length && !shift.gone(); at += TOGETHER) {
      await persist(() => enqueueSwept(database, keys.slice(at, at + TOGETHER)), shift.gone)
    }
  } catch (error) {
    seconds = Math.min(everySeconds, 60)
    log.warn({ error: describeError(error) }, 'The sweep failed and is tried again.')
  }
  if (shift.gone()) return
  await persist(() => scheduleSweep(database, seconds), shift.gone)
}

/** The sweep runs in so many seconds, or sooner when it is already to run sooner; on one replica only. */
export async function scheduleSweep(database: Database, seconds: number): Promise<void> {
  await database.query("select supercargo.wake('sweep', now() + $1 * interval '1 second')", [seconds])
}

async function enqueueSwept(database: Database, keys: readonly string[]): Promise<void> {
  await database.query('select supercargo.enqueue($1::text[], now(), false)', [keys])
}
