import { SupercargoError } from '../../domain/errors.ts'

/** Counts what may be done so often in a minute only. */
export interface Limiter {
  /** @throws SupercargoError `rate-limited` (transient), with the time at which there is room again */
  take(): void
}

const MINUTE = 60_000

/** https://docs.gitlab.com/administration/settings/rate_limit_on_notes_creation/ : 60 in a minute on gitlab.com. */
export function createLimiter(perMinute: number, clock: () => Date): Limiter {
  let times: number[] = []
  return {
    take() {
      const now = clock().getTime()
      times = times.filter((time) => time > now - MINUTE)
      const [oldest] = times
      if (times.length >= perMinute && oldest !== undefined) {
        throw new SupercargoError(
          `More than ${perMinute} comments in a minute would be too many for GitLab.`,
          {
            code: 'rate-limited',
            kind: 'transient',
            retryAt: new Date(oldest + MINUTE),
          },
        )
      }
      times.push(now)
    },
  }
}
