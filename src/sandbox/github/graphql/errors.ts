import type { GraphQLError } from 'graphql'
import { Refusal, type RefusalCode } from '../../model/refusal.ts'

/** One entry of `errors`, as GitHub writes it: https://docs.github.com/graphql. */
export interface ErrorEntry {
  type?: string
  path?: readonly (string | number)[]
  locations?: readonly { line: number; column: number }[]
  message: string
}

/** A refusal of one field, with GitHub's error type: `NOT_FOUND`, `FORBIDDEN`, `UNPROCESSABLE`, … */
export class FieldError extends Error {
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.name = 'FieldError'
    this.type = type
  }
}

/** Something of GitHub's schema that the sandbox cannot answer; it says so rather than make something up. */
export function notImplemented(what: string): FieldError {
  return new FieldError('NOT_IMPLEMENTED', `The sandbox does not implement ${what}.`)
}

const TYPES: Record<RefusalCode, string> = {
  'not-found': 'NOT_FOUND',
  forbidden: 'FORBIDDEN',
  invalid: 'UNPROCESSABLE',
  exists: 'UNPROCESSABLE',
  stale: 'STALE_DATA',
  'not-fast-forward': 'UNPROCESSABLE',
  protected: 'UNPROCESSABLE',
  'not-mergeable': 'UNPROCESSABLE',
  empty: 'UNPROCESSABLE',
}

/** Writes an error of an execution. What is neither ours nor graphql's is hidden, and given to `report`. */
export function errorEntry(error: GraphQLError, report: (error: unknown) => void): ErrorEntry {
  const { originalError: cause, path, locations } = error
  const where = {
    ...(path === undefined ? {} : { path }),
    ...(locations === undefined
      ? {}
      : { locations: locations.map(({ line, column }) => ({ line, column })) }),
  }
  if (cause instanceof FieldError) return { type: cause.type, ...where, message: cause.message }
  if (cause instanceof Refusal) return { type: TYPES[cause.code], ...where, message: cause.message }
  if (cause === undefined || cause.name === 'GraphQLError') return { ...where, message: error.message }
  report(cause)
  return { ...where, message: 'Something went wrong while executing your query on the sandbox.' }
}
