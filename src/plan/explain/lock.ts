import type { Frozen } from '../../config/freeze.ts'
import { oneLine } from '../../domain/markdown.ts'
import { minute } from '../../domain/minute.ts'
import type { Lock, Said } from '../../state/state.ts'

/** Who has locked it, since when, until when and why: one whole sentence, which may hold foreign text. */
export function lockSentence(target: string, lock: Lock, is: 'is' | 'was' = 'is'): string {
  const { by, at, until, pin } = lock
  const what = pin === null ? 'locked' : `held at ${pin.tag}`
  const end = until === null ? '' : ` until ${minute(new Date(until))}`
  return `${target} ${is} ${what} by ${by} since ${minute(new Date(at))}${end}${whyOf(lock)}.`
}

/** Until when the policy lets nothing move there, and why: one whole sentence, which may hold foreign text. */
export function freezeSentence(target: string, { until, reason }: Frozen): string {
  return `${target} is frozen by the policy until ${minute(new Date(until))}${whyOf({ reason })}.`
}

/** `: the reason` as the person wrote it, on one line; '' where there is none. */
export function whyOf({ reason }: Pick<Said, 'reason'>): string {
  return reason === null ? '' : `: ${oneLine(reason, 200).replace(/[.\s]+$/, '')}`
}
