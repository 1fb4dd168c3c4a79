import { accessSync, constants } from 'node:fs'

const SHARED_MEMORY = '/dev/shm'

/** A directory on a file system in memory, where there is one: what is measured then is no disk. */
export function memoryDirectory(): string | null {
  try {
    accessSync(SHARED_MEMORY, constants.W_OK)
    return SHARED_MEMORY
  } catch {
    return null
  }
}
