import { accessSync, constants, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { SupercargoError } from '../domain/errors.ts'

/** Why the data directory is of no use to this user; null where it can be written, and is made if it is missing. */
export function dataDirectoryProblem(directory: string): SupercargoError | null {
  const path = resolve(directory)
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    accessSync(path, constants.W_OK | constants.X_OK)
    return null
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : ''
    return new SupercargoError(`The data directory ${path} cannot be made or written${code}.`, {
      code: 'data-directory-unusable',
      kind: 'permanent',
      advice: 'Let the user that runs Supercargo own it, or name another one with SUPERCARGO_DATA.',
      cause,
    })
  }
}
