import { SupercargoError } from '../domain/errors.ts'

/** The server of DATABASE_URL does not answer. The URL, which may hold a password, is never in the text. */
export function unreachable(cause: unknown): SupercargoError {
  return new SupercargoError(`The database cannot be reached: ${reasonOf(cause)}.`, {
    code: 'store-unreachable',
    kind: 'transient',
    advice: 'Check DATABASE_URL, and that the server accepts connections from here.',
    cause,
  })
}

/** A newer release of this software has written to the database. */
export function tooNew(found: number, known: number): SupercargoError {
  return new SupercargoError(
    `The database was written by a newer version: it has migration ${found}, and this version knows ${known}.`,
    {
      code: 'store-too-new',
      kind: 'permanent',
      advice:
        'Run the newer version, or give this one a database of its own: nothing in it is lost that Git does not have.',
    },
  )
}

/** The message of anything thrown, for people. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return reasonOf(error.errors[0])
  const text = error instanceof Error ? error.message || error.name : String(error)
  return text.replace(/\.$/, '')
}
