/**
 * How an error decides what happens next:
 * - `permanent`: repeating changes nothing; a person must act (dead letter).
 * - `transient`: the outside world failed; repeat with back-off, or at `retryAt` when it said when.
 * - `conflict`: somebody else wrote first; read the world again at once.
 * - `bug`: ours; repeat a few times, then dead letter.
 */
export type ErrorKind = 'permanent' | 'transient' | 'conflict' | 'bug'

export interface ErrorDetails {
  /** Stable, kebab-case reason code, such as `manifest-repository-not-found`. */
  code: string
  kind: ErrorKind
  /** What a person can do about it: one whole sentence. */
  advice?: string
  /** Do not repeat before this time (`Retry-After`, rate limit reset). */
  retryAt?: Date
  cause?: unknown
}

/** An error whose message is one whole sentence that a person may read, and whose kind decides scheduling. */
export class SupercargoError extends Error {
  readonly code: string
  readonly kind: ErrorKind
  readonly advice: string | undefined
  readonly retryAt: Date | undefined

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'SupercargoError'
    this.code = details.code
    this.kind = details.kind
    this.advice = details.advice
    this.retryAt = details.retryAt
  }
}

/** The kind of any thrown value; what is not ours is a `bug`. */
export function errorKind(error: unknown): ErrorKind {
  return error instanceof SupercargoError ? error.kind : 'bug'
}
