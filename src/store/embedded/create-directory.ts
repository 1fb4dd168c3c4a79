import { fork } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { SupercargoError } from '../../domain/errors.ts'
import { reasonOf } from '../failures.ts'

const THIS_FILE = fileURLToPath(import.meta.url)

/**
 * Creates an empty database in `directory`, in a process of its own: creation takes about 850 MB for some
 * seconds, and what it takes it never gives back. It appears whole or not at all, whenever it is interrupted.
 * @throws SupercargoError `store-not-created`
 */
export async function createDirectory(directory: string): Promise<void> {
  const draft = `${directory}.new`
  try {
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { mode: 0o700 })
    await createInChild(draft)
    await rename(draft, directory)
  } catch (error) {
    throw notCreated(error)
  }
}

function createInChild(draft: string): Promise<void> {
  const child = fork(THIS_FILE, [draft], {
    execArgv: process.execArgv.filter((argument) => !/^--(inspect|test|watch)/.test(argument)),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaint = ''
  child.stderr?.on('data', (data: Buffer) => {
    complaint = (complaint + data.toString()).slice(-2000)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(signal === null ? complaint.trim() : `its process was ended by ${signal}`))
    })
  })
}

function notCreated(cause: unknown): SupercargoError {
  return new SupercargoError(
    `The embedded database could not be created: ${reasonOf(cause) || 'no reason was given'}.`,
    {
      code: 'store-not-created',
      kind: 'permanent',
      cause,
      advice:
        'It needs a writable data directory and, the first time, about 900 MB of free memory. Otherwise use a PostgreSQL server: set DATABASE_URL.',
    },
  )
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(THIS_FILE)) {
  const { PGlite } = await import('@electric-sql/pglite')
  const db = await PGlite.create(process.argv[2] ?? '')
  await db.close()
  process.disconnect?.()
}
