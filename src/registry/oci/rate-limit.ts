import { SupercargoError } from '../../domain/errors.ts'

/** Keeps one registry from being asked before the time that it named. */
export interface RateLimit {
  /**
   * @param counted whether the registry counts the request as a pull
   * @throws SupercargoError `rate-limited` (transient) with `retryAt`
   */
  check(counted: boolean): void
  note(status: number, headers: Headers): void
}

const SECOND = 1000
const MINUTE = 60 * SECOND
/** No wait is longer, whatever a header says. */
const DAY = 24 * 60 * MINUTE

/**
 * After 429, and 503 with `Retry-After`, nothing is asked before the time that it names (a minute where it names
 * none): https://www.rfc-editor.org/rfc/rfc9110#field.retry-after. Docker Hub counts pulls in a window and tells what
 * is left, as in `ratelimit-remaining: 0;w=21600`, but not when there is more: no manifest is pulled for a tenth of
 * the window, or until a `HEAD`, which is free, says that some are left.
 * https://docs.docker.com/docker-hub/usage/pulls/#view-pull-rate-and-limit
 */
export function createRateLimit(host: string, clock: () => Date): RateLimit {
  let closedUntil = 0
  let noPullsUntil = 0
  return {
    check(counted) {
      const until = Math.max(closedUntil, counted ? noPullsUntil : 0)
      if (until <= clock().getTime()) return
      throw new SupercargoError(`The registry ${host} allows no more requests for now.`, {
        code: 'rate-limited',
        kind: 'transient',
        retryAt: new Date(until),
      })
    },
    note(status, headers) {
      const now = clock().getTime()
      const retryAfter = readRetryAfter(headers.get('retry-after'), now)
      if (status === 429 || (status === 503 && retryAfter !== null)) {
        const named = Math.max(retryAfter ?? now + MINUTE, now + SECOND)
        closedUntil = Math.max(closedUntil, Math.min(named, now + DAY))
      }
      const left = readRemaining(headers.get('ratelimit-remaining'))
      if (left === null) return
      noPullsUntil = left.pulls > 0 ? 0 : now + Math.min(left.window * 100, DAY)
    },
  }
}

/** Milliseconds since 1970; null where there is no such header or it cannot be read. */
function readRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null
  if (/^\d{1,9}$/.test(value.trim())) return now + Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : date
}

/** `window` in seconds. */
function readRemaining(value: string | null): { pulls: number; window: number } | null {
  const match = /^(\d{1,9})(?:\s*;\s*w=(\d{1,9}))?/.exec(value ?? '')
  return match === null ? null : { pulls: Number(match[1]), window: Number(match[2] ?? '600') }
}
