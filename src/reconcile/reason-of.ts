import { SupercargoError } from '../domain/errors.ts'
import type { Reason } from '../plan/action.ts'

/** What may be told of an error: the text of our own, never that of a foreign one. */
export function reasonOf(error: unknown): Reason {
  if (!(error instanceof SupercargoError))
    return { code: 'internal-error', message: 'An internal error occurred.' }
  return { code: error.code, message: [error.message, error.advice].filter(Boolean).join(' ') }
}
