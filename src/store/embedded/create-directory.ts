import { fork } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { SupercargoError } from '../../domain/errors.ts'
import { reasonOf } from '../failures.ts'
import { migrate } from '../migrate.ts'
import { openSession } from './session.ts'

const THIS_FILE = fileURLToPath(import.meta.url)

/**
 * Creates a database of this version in `directory`, in a process of its own: creation takes about 850 MB for some
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
    execArgv: loadersOf(process.execArgv),
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

/** Of what node was started with only what loads modules: not a debugger's port, not a program to evaluate. */
export function loadersOf(execArgv: readonly string[]): string[] {
  const loader = /^(?:--import|--require|-r|--loader|--experimental-loader)(=.*)?$/
  return execArgv.flatMap((argument, index) => {
    const match = loader.exec(argument)
    if (match === null) return []
    const value = execArgv[index + 1]
    return match[1] === undefined && value !== undefined ? [argument, value] : [argument]
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
  const database = await openSession(process.argv[2] ?? '')
  await migrate(database, pino({ level: 'silent' }))
  await database.close()
  process.disconnect?.()
}
