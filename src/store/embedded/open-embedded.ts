import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { SupercargoError } from '../../domain/errors.ts'
import type { Database } from '../database.ts'
import { createDirectory } from './create-directory.ts'
import { lockDirectory } from './directory-lock.ts'
import { openSession } from './session.ts'

/** The PostgreSQL release that PGlite 0.5 is; it does not open the directory of another one. */
const MAJOR = '18'
/**
 * PGlite in `<dataDir>/store`, which is created when it is missing. One process at a time.
 * @throws SupercargoError `store-in-use`, `store-not-created`, `store-other-release`, `store-broken`
 */
export async function openEmbedded(dataDir: string, log: Logger): Promise<Database> {
  const directory = resolve(dataDir, 'store')
  mkdirSync(resolve(dataDir), { recursive: true, mode: 0o700 })
  const lock = await lockDirectory(`${directory}.lock`)
  try {
    if (isMissing(directory)) {
      log.info({ directory }, 'Creating the embedded database; this takes some seconds the first time.')
      await createDirectory(directory)
    }
    checkRelease(directory)
    const database = await openSession(directory)
    return {
      ...database,
      async close() {
        await database.close()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

function isMissing(directory: string): boolean {
  try {
    if (readdirSync(directory).length > 0) return false
    rmdirSync(directory)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true
    throw error
  }
}

function checkRelease(directory: string): void {
  const found = readRelease(directory)
  if (found === MAJOR) return
  const what = found === null ? 'is not a database' : `was made by PostgreSQL ${found}`
  throw new SupercargoError(`${directory} ${what}; this version embeds PostgreSQL ${MAJOR}.`, {
    code: 'store-other-release',
    kind: 'permanent',
    advice: `Remove ${directory} and start again: Git is the truth, and the next sweep finds everything. Only the journal and the list of deliveries are lost.`,
  })
}

function readRelease(directory: string): string | null {
  try {
    return readFileSync(join(directory, 'PG_VERSION'), 'utf8').trim()
  } catch {
    return null
  }
}
