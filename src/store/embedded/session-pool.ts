import { EventEmitter } from 'node:events'
import type { PGlite, Results } from '@electric-sql/pglite'
import { createSessionLock, type SessionLock } from './session-lock.ts'

/** A statement as `pg` takes it: its text, or an object with the text, the values and a name. */
type Statement = string | { text: string; values?: unknown[] | undefined; name?: string | undefined }

/** What `pg` answers, as far as graphile-worker and we read it. */
export interface Answer {
  rows: Record<string, unknown>[]
  rowCount: number
  command: string
  fields: { name: string; dataTypeID: number }[]
}

type Connected = (error: Error | undefined, client?: SessionClient, release?: () => void) => void

const BEGINS = /^\s*(begin|start\s+transaction)\b/i
const ENDS = /^\s*(commit|end|abort|rollback(?!\s+to))\b/i

/**
 * What graphile-worker needs of a `pg.Pool`, over the one session of PGlite. From BEGIN to COMMIT a client has
 * the session to itself; every other statement waits, first come, first served. Names of prepared statements
 * are ignored.
 */
export class SessionPool extends EventEmitter {
  /** Read by graphile-worker, which warns when there are fewer connections than jobs at a time. */
  readonly options = { max: 1000 }
  readonly #db: PGlite
  readonly #lock: SessionLock = createSessionLock()
  readonly #clients = new Set<SessionClient>()

  constructor(db: PGlite) {
    super()
    this.#db = db
    db.onNotification((channel, payload) => {
      for (const client of this.#clients) client.emit('notification', { channel, payload, processId: 0 })
    })
    // graphile-worker looks for these two listeners; a session in this process never emits them.
    this.on('error', () => undefined)
    this.on('connect', () => undefined)
  }

  /** @param urgent before all statements that wait */
  async query(statement: Statement, values?: unknown[], urgent = false): Promise<Answer> {
    const free = await this.#lock.take(urgent)
    try {
      return await run(this.#db, statement, values)
    } finally {
      free()
    }
  }

  connect(): Promise<SessionClient>
  connect(callback: Connected): void
  connect(callback?: Connected): Promise<SessionClient> | undefined {
    const client = new SessionClient(this.#db, this.#lock, () => this.#clients.delete(client))
    this.#clients.add(client)
    if (callback === undefined) return Promise.resolve(client)
    queueMicrotask(() => callback(undefined, client, () => void client.release()))
    return undefined
  }

  async end(): Promise<void> {
    this.#clients.clear()
  }
}

/** What graphile-worker needs of a `pg.PoolClient`. */
export class SessionClient extends EventEmitter {
  readonly #db: PGlite
  readonly #lock: SessionLock
  readonly #forget: () => void
  #free: (() => void) | undefined

  constructor(db: PGlite, lock: SessionLock, forget: () => void) {
    super()
    this.setMaxListeners(0)
    this.#db = db
    this.#lock = lock
    this.#forget = forget
  }

  // Not async up to the lock, whose mark of "inside of a transaction" must reach the caller.
  query(statement: Statement, values?: unknown[]): Promise<Answer> {
    const text = typeof statement === 'string' ? statement : statement.text
    if (this.#free !== undefined) return this.#inside(text, statement, values)
    const begins = BEGINS.test(text)
    const free = begins ? this.#lock.takeForTransaction() : this.#lock.take()
    return free.then((give) =>
      begins ? this.#begin(statement, give) : this.#single(statement, values, give),
    )
  }

  /** Gives the client back; a transaction that is still open is rolled back. */
  async release(): Promise<void> {
    this.#forget()
    if (this.#free !== undefined) await this.query('rollback')
  }

  async #single(statement: Statement, values: unknown[] | undefined, give: () => void): Promise<Answer> {
    try {
      return await run(this.#db, statement, values)
    } finally {
      give()
    }
  }

  async #begin(statement: Statement, give: () => void): Promise<Answer> {
    this.#free = give
    try {
      return await run(this.#db, statement, undefined)
    } catch (error) {
      this.#leave()
      throw error
    }
  }

  async #inside(text: string, statement: Statement, values: unknown[] | undefined): Promise<Answer> {
    try {
      return await run(this.#db, statement, values)
    } finally {
      if (ENDS.test(text)) this.#leave()
    }
  }

  #leave(): void {
    const give = this.#free
    this.#free = undefined
    give?.()
  }
}

/** Several statements at once only without values, as in the protocol of PostgreSQL. */
async function run(db: PGlite, statement: Statement, values: unknown[] | undefined): Promise<Answer> {
  const text = typeof statement === 'string' ? statement : statement.text
  const given = values ?? (typeof statement === 'string' ? undefined : statement.values)
  if (given !== undefined && given.length > 0) return answer(await db.query(text, given))
  return answer((await db.exec(text)).at(-1))
}

function answer(results: Results | undefined): Answer {
  const rows = (results?.rows ?? []) as Record<string, unknown>[]
  return {
    rows,
    rowCount: results?.rowCount ?? results?.affectedRows ?? rows.length,
    command: results?.command ?? '',
    fields: results?.fields ?? [],
  }
}
