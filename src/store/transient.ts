import { setTimeout as sleep } from 'node:timers/promises'

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
])

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: what passes when it is tried again. */
const PASSING = /^(08|53|57P0|40001|40P01|25006|55P03|57014)/

/** What `pg` says without a code when a connection ends or does not come. */
const SAYS =
  /connection terminated|connection ended|timeout expired|timeout exceeded|read timeout|not queryable/i

/** True when the database was away, or busy, and the same statement may pass later. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (error instanceof AggregateError && error.errors.some(isPassing)) return true
  return NETWORK.has(code) || PASSING.test(code) || SAYS.test(error.message)
}

/**
 * Repeats the work while it fails for a passing reason: after 100 ms, then longer, at most 2 s. The work must
 * be one that may be done twice, for the answer to a COMMIT can be lost.
 * @param until when to give up and throw the last error
 */
export async function persist<T>(work: () => Promise<T>, until: () => boolean): Promise<T> {
  for (let delay = 100; ; delay = Math.min(delay * 2, 2000)) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error) || until()) throw error
      await sleep(delay * (0.5 + Math.random() / 2))
    }
  }
}
