import type { Logger } from 'pino'
import type { Database } from './database.ts'
import { type Failures, judge } from './retry.ts'
import { describeError, type Shift } from './shift.ts'
import type { Handlers, Outcome } from './store.ts'
import { persist } from './transient.ts'

type Ended = { outcome: Outcome } | { error: unknown }

/** A key whose pass has ended the process so often waits for a person. */
const MOST_CRASHES = 25

/**
 * One pass over one key, and what follows from it, in one transaction. It does not throw for a pass that fails:
 * the back-off is ours, not graphile-worker's.
 * @param starts how often this very job was begun; more than 1 when the process ended during it
 */
export async function workKey(
  database: Database,
  handlers: Handlers,
  key: string,
  starts: number,
  shift: Shift,
  log: Logger,
): Promise<void> {
  const durably = <T>(work: () => Promise<T>): Promise<T> => persist(work, shift.gone)
  const before = await durably(() => readFailures(database, key))
  const ended = await pass(handlers, key, before.attempts + starts, starts, shift.signal)
  if (shift.gone()) return
  await durably(() => settle(database, key, before, ended, shift, log))
}

async function pass(
  handlers: Handlers,
  key: string,
  attempt: number,
  starts: number,
  signal: AbortSignal,
): Promise<Ended> {
  if (starts > MOST_CRASHES) return { error: new CrashLoop(starts - 1) }
  try {
    return { outcome: await handlers.reconcile(key, { attempt, signal }) }
  } catch (error) {
    return { error }
  }
}

async function settle(
  database: Database,
  key: string,
  before: Failures,
  ended: Ended,
  shift: Shift,
  log: Logger,
): Promise<void> {
  if ('outcome' in ended) {
    const until = ended.outcome.kind === 'wait' ? ended.outcome.until : null
    if (until === null && before.attempts === 0) return
    await database.query('select supercargo.settle_key($1, $2)', [key, until])
    return
  }
  if (shift.signal.aborted) {
    await database.query('select supercargo.enqueue($1::text[], now(), true)', [[key]])
    return
  }
  const crashed = ended.error instanceof CrashLoop
  const verdict = judge(ended.error, before, new Date())
  const reason = describeError(ended.error)
  const [row] = await database.query<{ dead: boolean }>(
    'select supercargo.fail_key($1, $2, $3, $4, $5, $6) as dead',
    [key, verdict.attempts, verdict.bugs, reason, crashed ? null : verdict.at, verdict.notBefore],
  )
  const news = { key, attempts: verdict.attempts, error: reason, again: verdict.at?.toISOString() }
  if (row?.dead === true) log.error(news, 'A key waits for a person.')
  else log.warn(news, 'A pass failed and is tried again.')
}

async function readFailures(database: Database, key: string): Promise<Failures> {
  const [row] = await database.query<Failures & { dead: boolean }>(
    'select attempts, bugs from supercargo.key_states where key = $1',
    [key],
  )
  return row ?? { attempts: 0, bugs: 0 }
}

class CrashLoop extends Error {
  constructor(times: number) {
    super(`The process ended ${times} times during a pass over this key.`)
    this.name = 'CrashLoop'
  }
}
