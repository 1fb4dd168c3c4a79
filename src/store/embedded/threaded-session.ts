import { Worker } from 'node:worker_threads'
import type { Results } from '@electric-sql/pglite'
import type { Session } from './session-pool.ts'

/** To the thread. `text` null closes the database; without `values` there may be several statements. */
export interface Request {
  id: number
  text: string | null
  values: unknown[] | null
}

/** An error of the database, with its SQLSTATE as `code` among its details. */
export interface Failure {
  message: string
  details: Record<string, string>
}

/** From the thread. */
export type Reply =
  | { kind: 'open' }
  | { kind: 'results'; id: number; results: Results[] }
  | { kind: 'failure'; id: number; failure: Failure }
  | { kind: 'notification'; channel: string; payload: string }

export interface ThreadedSession extends Session {
  close(): Promise<void>
}

const BYTEA = 17

interface Waiting {
  resolve(results: Results[]): void
  reject(error: Error): void
}

/**
 * Opens PGlite in a thread of its own, so that its statements hold up no request of this one. A thread that
 * ends fails everything that waits for it, and everything after.
 * @throws Error when the directory does not open
 */
export async function openThreadedSession(directory: string): Promise<ThreadedSession> {
  const thread = new Worker(new URL('session-thread.mjs', import.meta.url), {
    workerData: directory,
    execArgv: [],
  })
  const waiting = new Map<number, Waiting>()
  const listeners: ((channel: string, payload: string) => void)[] = []
  let last = 0
  let ended: Error | null = null

  const ask = (text: string | null, values: unknown[] | null): Promise<Results[]> => {
    if (ended !== null) return Promise.reject(ended)
    const id = ++last
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      // A database without work does not keep the process alive; one that is asked does.
      thread.ref()
      thread.postMessage({ id, text, values } satisfies Request)
    })
  }
  const take = (id: number): Waiting | undefined => {
    const found = waiting.get(id)
    waiting.delete(id)
    if (waiting.size === 0) thread.unref()
    return found
  }
  const end = (error: Error): void => {
    ended ??= error
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }

  await new Promise<void>((resolve, reject) => {
    thread.on('error', (error) => {
      reject(error)
      end(error)
    })
    thread.on('exit', () => {
      const error = new Error('The embedded database has ended.')
      reject(error)
      end(error)
    })
    thread.on('message', (reply: Reply) => {
      if (reply.kind === 'open') resolve()
      else if (reply.kind === 'results') take(reply.id)?.resolve(reply.results.map(withBuffers))
      else if (reply.kind === 'failure') take(reply.id)?.reject(errorOf(reply.failure))
      else for (const listener of listeners) listener(reply.channel, reply.payload)
    })
  })
  thread.unref()
  return {
    async query(text, values) {
      const [results] = await ask(text, values)
      return results ?? { rows: [], fields: [] }
    },
    exec: (text) => ask(text, null),
    onNotification: (listener) => void listeners.push(listener),
    async close() {
      if (ended === null) await ask(null, null)
      await thread.terminate()
    },
  }
}

/** Bytes cross as Uint8Array; `pg` gives a Buffer. */
function withBuffers(results: Results): Results {
  for (const { name } of results.fields.filter(({ dataTypeID }) => dataTypeID === BYTEA)) {
    for (const row of results.rows) {
      const bytes: unknown = row[name]
      if (bytes instanceof Uint8Array) row[name] = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    }
  }
  return results
}

function errorOf({ message, details }: Failure): Error {
  return Object.assign(new Error(message), details)
}
