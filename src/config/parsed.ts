import { SupercargoError } from '../domain/errors.ts'

/** What one text of a configuration says; or why it says nothing, and what to write instead. */
export type Parsed<T> = { ok: true; value: T } | Wrong

export interface Wrong {
  ok: false
  /** `not-supported`: a later version may know it. */
  code: 'invalid-value' | 'not-supported'
  /** One whole sentence. */
  message: string
  /** One whole sentence. */
  advice: string
}

export function right<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

export function wrong(message: string, advice: string): Wrong {
  return { ok: false, code: 'invalid-value', message, advice }
}

/** A parser of the domain, whose SupercargoError becomes a Wrong. */
export function attempt<T>(parse: () => T): Parsed<T> {
  try {
    return right(parse())
  } catch (error) {
    if (!(error instanceof SupercargoError)) throw error
    return wrong(error.message, error.advice ?? 'Look it up in docs/configuration.md.')
  }
}
