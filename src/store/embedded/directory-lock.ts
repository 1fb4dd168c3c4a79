import { randomBytes } from 'node:crypto'
import { type BigIntStats, linkSync, lstatSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createConnection, createServer, type Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SupercargoError } from '../../domain/errors.ts'
import { pipeName } from './pipe-name.ts'

/** Longest path of a unix socket that every system takes, in bytes. */
const LONGEST = 100
/** Another process that found the same dead lock has long moved on after this. */
const SETTLE_MS = 200

export interface DirectoryLock {
  release(): Promise<void>
}

/**
 * Locks a data directory against other processes: a listening unix socket at `path` (a named pipe on Windows),
 * which the kernel frees however the process ends. Two processes on one PGlite directory would both succeed,
 * and silently lose data.
 * @throws SupercargoError `store-in-use`: says which process has it
 */
export async function lockDirectory(path: string): Promise<DirectoryLock> {
  if (process.platform === 'win32') return lockPipe(pipeName(path), path)
  const own = `${path}.${randomBytes(4).toString('hex')}`
  const near = nearby(dirname(path))
  const server = await listen(join(near.directory, basename(own)))
  try {
    await claim(own, path, near.directory)
  } catch (error) {
    await close(server)
    throw error
  } finally {
    rmSync(own, { force: true })
    near.remove()
  }
  return {
    async release() {
      rmSync(path, { force: true })
      await close(server)
    },
  }
}

/** Gives our socket the name of the lock. A link fails when the name is taken, so one process gets it. */
async function claim(own: string, path: string, directory: string): Promise<void> {
  const mine = lstatSync(own, { bigint: true })
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      linkSync(own, path)
      if (attempt > 0) await sleep(SETTLE_MS)
      if (sameFile(mine, statOf(path))) return
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
      const seen = statOf(path)
      const holder = await ask(join(directory, basename(path)))
      if (holder !== null) throw inUse(path, holder)
      if (seen !== null) bury(path, seen)
    }
  }
  throw inUse(path, 'another process')
}

/** Removes a dead lock; when it is no longer the one that was found dead, it is put back. */
function bury(path: string, dead: BigIntStats): void {
  const grave = `${path}.${randomBytes(4).toString('hex')}`
  try {
    renameSync(path, grave)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return
    throw error
  }
  if (!sameFile(dead, statOf(grave))) linkSync(grave, path)
  rmSync(grave, { force: true })
}

/** Who listens there; null when nobody does. */
function ask(path: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    let text = ''
    socket.setTimeout(2000, () => {
      socket.destroy()
      resolve(text || 'another process')
    })
    socket.on('data', (data) => {
      text += data.toString()
    })
    socket.on('end', () => resolve(text || 'another process'))
    socket.on('error', (error) => {
      if (isCode(error, 'ECONNREFUSED') || isCode(error, 'ENOENT')) resolve(null)
      else if (text !== '') resolve(text)
      else reject(error)
    })
  })
}

/** A short way to the directory, where its own path is too long for a socket: a link in the temporary one. */
function nearby(directory: string): { directory: string; remove(): void } {
  if (Buffer.byteLength(directory) + 30 <= LONGEST) return { directory, remove: () => undefined }
  const parent = mkdtempSync(join(tmpdir(), 'sc-'))
  const link = join(parent, 'd')
  symlinkSync(directory, link)
  return { directory: link, remove: () => rmSync(parent, { recursive: true, force: true }) }
}

async function lockPipe(pipe: string, path: string): Promise<DirectoryLock> {
  try {
    const server = await listen(pipe)
    return { release: () => close(server) }
  } catch (error) {
    if (isCode(error, 'EADDRINUSE')) throw inUse(path, (await ask(pipe)) ?? 'another process')
    throw error
  }
}

function listen(path: string): Promise<Server> {
  const since = new Date().toISOString()
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end(`process ${process.pid} on ${hostname()}, running since ${since}`)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      server.on('error', () => undefined)
      server.unref()
      resolve(server)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

function statOf(path: string): BigIntStats | null {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null
}

function sameFile(a: BigIntStats, b: BigIntStats | null): boolean {
  return b !== null && a.ino === b.ino && a.dev === b.dev
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function inUse(path: string, holder: string): SupercargoError {
  return new SupercargoError(`The data directory ${dirname(path)} is in use by ${holder}.`, {
    code: 'store-in-use',
    kind: 'permanent',
    advice:
      'Stop that process, or give this one a directory of its own. Several replicas need one PostgreSQL: set DATABASE_URL.',
  })
}
