import { SupercargoError } from '../../domain/errors.ts'
import { redact } from '../../domain/redact.ts'

/** What a forge answered, without the request, its credentials and its URL: the cause of our errors. */
export class ForgeAnswer extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'ForgeAnswer'
    this.status = status
  }
}

/** The HTTP status behind an error; null when it did not come from an answer. */
export function statusOf(error: unknown): number | null {
  return error instanceof SupercargoError && error.cause instanceof ForgeAnswer ? error.cause.status : null
}

/** The forge's own words behind an error, made safe to show. */
export function answerOf(error: unknown): string {
  return error instanceof SupercargoError && error.cause instanceof ForgeAnswer ? error.cause.message : ''
}

/** As the end of a sentence of ours, which advice may follow. */
export function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** One line of at most 300 characters without secrets. */
export function oneSafeLine(text: string): string {
  return redact(text.slice(0, 4000)).replace(/\s+/g, ' ').trim().slice(0, 300)
}

/** An error of ours that a client wrapped on its way. */
export function findOurs(error: unknown): SupercargoError | null {
  let current = error
  for (let depth = 0; depth < 4 && current instanceof Error; depth++) {
    if (current instanceof SupercargoError) return current
    current = current.cause
  }
  return null
}
