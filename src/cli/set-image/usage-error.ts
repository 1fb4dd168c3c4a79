import { SupercargoError } from '../../domain/errors.ts'

/** What is wrong with the arguments or with a file that they name, and what to write instead. Ends with 2. */
export function usageError(message: string, advice?: string): SupercargoError {
  return new SupercargoError(message, {
    code: 'usage',
    kind: 'permanent',
    ...(advice === undefined ? {} : { advice }),
  })
}
