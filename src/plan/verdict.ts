import type { Reason } from './action.ts'
import { type About, type Answers, answerTo, type Known, type Question } from './questions.ts'

/** What a condition for a version has come to. */
export type Verdict<T> = { state: 'holds'; value: T } | Unmet

export type Unmet =
  /** Nothing can be said before these are answered. */
  | { state: 'asks'; questions: Question[] }
  /** `waits`: time may mend it, `retryAt`: not before that. `refused`: a person must. */
  | { state: 'waits' | 'refused'; reason: Reason; retryAt: Date | null }

/** What was answered to a question. */
export function answered<A extends About>(
  answers: Answers,
  question: Extract<Question, { about: A }>,
): Verdict<Known[A]> {
  const answer = answerTo<A>(answers, question)
  if (answer === null) return { state: 'asks', questions: [question] }
  if (answer.known) return holds(answer.value)
  return { state: 'waits', reason: answer.reason, retryAt: answer.retryAt }
}

/** All of them, in order; what is asked comes before what waits, so that everything is asked at once. */
export function all<T>(verdicts: readonly Verdict<T>[]): Verdict<T[]> {
  const questions = verdicts.flatMap((each) => (each.state === 'asks' ? each.questions : []))
  if (questions.length > 0) return { state: 'asks', questions }
  for (const state of ['refused', 'waits'] as const) {
    const unmet = verdicts.find((each) => each.state === state)
    if (unmet !== undefined && unmet.state !== 'holds') return unmet
  }
  return holds(verdicts.flatMap((each) => (each.state === 'holds' ? [each.value] : [])))
}

/** Goes on from what holds. */
export function then<T, U>(verdict: Verdict<T>, next: (value: T) => Verdict<U>): Verdict<U> {
  return verdict.state === 'holds' ? next(verdict.value) : verdict
}

export function holds<T>(value: T): Verdict<T> {
  return { state: 'holds', value }
}

export function waits(code: string, message: string): Unmet {
  return { state: 'waits', reason: { code, message }, retryAt: null }
}

export function refused(code: string, message: string): Unmet {
  return { state: 'refused', reason: { code, message }, retryAt: null }
}
