/**
 * Why the forge refuses, independent of the API that was used:
 * - `not-found`: it does not exist, or the actor may not see it. `forbidden`: seen, but not allowed.
 * - `invalid`: the request makes no sense (`field` says where). `exists`: there is one already.
 * - `stale`: somebody was faster: the expected object is not there any more. `not-fast-forward`.
 * - `protected`: a rule of a protected branch. `not-mergeable`: conflict, draft, or closed.
 * - `empty`: the repository has no commit yet.
 */
export type RefusalCode =
  | 'not-found'
  | 'forbidden'
  | 'invalid'
  | 'exists'
  | 'stale'
  | 'not-fast-forward'
  | 'protected'
  | 'not-mergeable'
  | 'empty'

/** Thrown by the model when it refuses; the message is the one that GitHub gives. */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly resource: string | null
  readonly field: string | null

  constructor(
    code: RefusalCode,
    message: string,
    where: { resource?: string | undefined; field?: string | undefined } = {},
  ) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.resource = where.resource ?? null
    this.field = where.field ?? null
  }
}
