import type { Reason } from '../action.ts'
import type { Question } from '../questions.ts'

/** What a version still lacks before it may be a candidate. */
export interface Wait {
  /** Whole sentences that name the version, and say what is missing. */
  reason: Reason
  /** Where people can read more of it, such as the page of a check. */
  url: string | null
  /**
   * `lacks`: it is known not to be there. `unknown`: nobody could say, so that the version may be ready, and older ones
   * must not pass it by.
   */
  kind: 'lacks' | 'unknown'
  /** It may come by itself: look again, though not before `retryAt`. False: an event or a person brings it. */
  again: boolean
  retryAt: Date | null
}

/** What one condition comes to: it holds where nothing is asked and nothing is waited for. */
export interface Verdict {
  asks: Question[]
  waits: Wait[]
}

export const HOLDS: Verdict = { asks: [], waits: [] }

export function asks(question: Question): Verdict {
  return { asks: [question], waits: [] }
}

/** @param again false: only an event or a person can bring it */
export function lacks(reason: Reason, again: boolean, url: string | null = null): Verdict {
  return { asks: [], waits: [{ reason, url, kind: 'lacks', again, retryAt: null }] }
}

/** @param about begins a sentence: `Whether 1a2b3c4 has an image` */
export function unanswered(
  about: string,
  { reason, again, retryAt }: { reason: Reason; again: boolean; retryAt: Date | null },
): Verdict {
  const message = `${about} cannot be told: ${reason.message}`
  const wait: Wait = { reason: { code: reason.code, message }, url: null, kind: 'unknown', again, retryAt }
  return { asks: [], waits: [wait] }
}

export function holds({ asks: asked, waits }: Verdict): boolean {
  return asked.length === 0 && waits.length === 0
}

/** All of them must hold. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  return {
    asks: verdicts.flatMap((verdict) => verdict.asks),
    waits: verdicts.flatMap(({ waits }) => waits),
  }
}
