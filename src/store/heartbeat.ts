import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Database } from './database.ts'
import { describeError } from './shift.ts'
import type { Timings } from './timings.ts'

export interface HeartbeatOptions {
  database: Database
  log: Logger
  timings: Timings
  /** The id under which graphile-worker holds locks; null while it holds none. */
  id(): string | null
  /** The jobs that are being worked on, by id. */
  active(): ReadonlySet<string>
  /** Called once, when others may already be doing what this process still does. */
  fenced(reason: string): void
  /** Locks are held for which no work is done: the answer of the database was lost. */
  astray(): void
}

export interface Heartbeat {
  /** Fences when the last sign of life is too old. True when it is fenced. */
  check(): boolean
  fence(reason: string): void
  stop(): Promise<void>
}

interface Beat {
  known: boolean
  freed: string[] | null
  held: string[]
}

/** Gives a sign of life every few seconds, and frees what workers hold that gave none for too long. */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { database, timings, log } = options
  let lastId: string | null = null
  let lastBeat = Date.now()
  let working = false
  let failures = 0
  let before: ReadonlySet<string> = new Set()
  let current: Promise<void> = Promise.resolve()
  let ended = false
  let fenced = false

  const fence = (reason: string): true => {
    if (!fenced) options.fenced(reason)
    fenced = true
    return true
  }
  const check = (): boolean => {
    working ||= options.active().size > 0
    const silentFor = database.embedded ? failures * timings.beat : Date.now() - lastBeat
    if (fenced || !working || options.id() === null || silentFor < timings.fence) return fenced
    return fence(`It could give no sign of life for ${Math.round(silentFor / 1000)} s.`)
  }
  const beat = async (): Promise<void> => {
    const id = options.id()
    if (id === null || fenced) return
    const started = Date.now()
    const [answer] = await database.query<Beat>(
      "select known, freed, held from supercargo.beat($1, $2, $3, $4 * interval '1 millisecond')",
      [id, hostname(), process.pid, timings.silent],
    )
    const lost = answer?.known === false && lastId === id
    lastId = id
    if (lost && options.active().size > 0) fence('Another process has taken its work over.')
    lastBeat = started
    failures = 0
    const active = options.active()
    working = active.size > 0 || (answer?.held.length ?? 0) > 0
    if (answer?.freed != null)
      log.warn({ workers: answer.freed }, 'Freed the jobs of workers that went silent.')
    const idle = new Set(answer?.held.filter((job) => !active.has(job)))
    if ([...idle].some((job) => before.has(job))) options.astray()
    before = idle
    await database.tend()
  }
  const tick = (): void => {
    current = current.then(beat).catch((error: unknown) => {
      failures++
      log.warn({ error: describeError(error) }, 'The worker could give no sign of life.')
    })
  }

  let pending = false
  const beating = setInterval(() => {
    if (pending || ended) return
    pending = true
    tick()
    void current.then(() => {
      pending = false
    })
  }, timings.beat)
  const checking = setInterval(check, Math.min(250, timings.fence / 4))
  tick()
  return {
    check,
    fence,
    async stop() {
      ended = true
      clearInterval(beating)
      clearInterval(checking)
      await current
    },
  }
}
