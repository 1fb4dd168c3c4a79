import type { Previews } from '../../config/model.ts'
import type { SourcePullRequest } from '../../forge/forge.ts'
import type { PreviewState } from '../../state/state.ts'
import type { LookAgain } from '../look-again.ts'

/** When a preview goes unless something happens. */
export interface Expiry {
  at: Date
  /** People are warned from a quarter of the time to live before, a day at most. */
  warnAt: Date
  /** Who gave it this time by a command; null: nobody. */
  extendedBy: string | null
}

const DAY = 24 * 60 * 60

/**
 * Null: it stays as long as its pull request is open. Its time begins with the last push, and anew with each command that
 * says so; whatever gives it longest counts.
 */
export function expiryOf(
  { ttl }: Previews,
  pullRequest: SourcePullRequest | null,
  { wanted, pinned, extended }: PreviewState,
): Expiry | null {
  if (ttl === null || pullRequest === null || pinned !== null) return null
  const active = Math.max(Date.parse(pullRequest.activeAt), wanted?.is === 'up' ? Date.parse(wanted.at) : 0)
  const usual = active + ttl * 1000
  const given = extended === null ? 0 : Date.parse(extended.at) + (extended.seconds ?? ttl) * 1000
  const at = Math.max(usual, given)
  return {
    at: new Date(at),
    warnAt: new Date(at - Math.min(ttl / 4, DAY) * 1000),
    extendedBy: given > usual ? (extended?.by ?? null) : null,
  }
}

/** As a template's `{expires}`: whole seconds, UTC. */
export function showTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`
}

/** What people are told shortly before the end; null until then. */
export function warningOf(expires: Expiry | null, now: Date): string | null {
  return expires === null || now < expires.warnAt
    ? null
    : `It goes on ${showTime(expires.at)} unless somebody pushes or extends it.`
}

/** The next moment at which one of the previews is warned of, or goes. */
export function untilExpiry(expiries: readonly (Expiry | null)[], now: Date): LookAgain | null {
  const times = expiries
    .flatMap((each) => (each === null ? [] : [each.warnAt, each.at]))
    .filter((time) => time > now)
  if (times.length === 0) return null
  const at = new Date(Math.min(...times.map((time) => time.getTime())))
  return { seconds: null, notBefore: null, at, reason: 'A preview nears the end of its time.' }
}
