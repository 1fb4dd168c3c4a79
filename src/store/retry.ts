import { errorKind, SupercargoError } from '../domain/errors.ts'

/** Failures in a row: of every kind, and of our own. */
export interface Failures {
  attempts: number
  bugs: number
}

/** What a failure leads to. */
export interface Verdict extends Failures {
  /** When it is tried again; null when it waits for a person. */
  at: Date | null
  /** Nothing tries it before this time, whatever happens: the forge said so. */
  notBefore: Date | null
}

const SECOND = 1000
const MINUTE = 60 * SECOND
/** Longest pause between two attempts. */
const LONGEST = 10 * MINUTE
/** A forge that names a later time is not believed. */
const LONGEST_WISH = 6 * 60 * MINUTE
/** A bug of ours is tried this often: at once, and after about 2, 8, 32 and 128 s. */
const MOST_BUGS = 5
/** An outage is waited for: 300 attempts are about a day and a half. */
const MOST_ATTEMPTS = 300
/** A lost race is read again at once, but not for ever. */
const SWIFT_CONFLICTS = 5

/**
 * Decides by the error's kind what happens after one more failure. Every pause is random between half and all
 * of what it could be, so that what failed together does not come back together.
 * @param before the failures in a row until now
 * @param random from 0 to 1
 */
export function judge(error: unknown, before: Failures, now: Date, random = Math.random): Verdict {
  const kind = errorKind(error)
  const attempts = before.attempts + 1
  const bugs = before.bugs + (kind === 'bug' ? 1 : 0)
  if (kind === 'permanent' || bugs >= MOST_BUGS || attempts >= MOST_ATTEMPTS) {
    return { attempts, bugs, at: null, notBefore: null }
  }
  const pause = pauseOf(kind, attempts, bugs) * (0.5 + random() / 2)
  const wish = error instanceof SupercargoError ? error.retryAt?.getTime() : undefined
  if (wish === undefined || !(wish > now.getTime())) {
    return { attempts, bugs, at: new Date(now.getTime() + pause), notBefore: null }
  }
  const notBefore = Math.min(wish, now.getTime() + LONGEST_WISH)
  const at = Math.max(now.getTime() + pause, notBefore + random() * 2 * SECOND)
  return { attempts, bugs, at: new Date(at), notBefore: new Date(notBefore) }
}

function pauseOf(kind: 'transient' | 'conflict' | 'bug', attempts: number, bugs: number): number {
  if (kind === 'bug') return 2 * SECOND * 4 ** (bugs - 1)
  if (kind === 'conflict' && attempts <= SWIFT_CONFLICTS) return 0.1 * SECOND * attempts
  return Math.min(LONGEST, 5 * SECOND * 2 ** Math.min(attempts - 1, 10))
}
