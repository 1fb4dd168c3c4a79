import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseCronItems, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { Logger } from 'pino'
import type { Database } from './database.ts'
import { WORKER_SCHEMA } from './database.ts'
import { startHeartbeat } from './heartbeat.ts'
import { lastingPool } from './lasting-pool.ts'
import { MAINTENANCE_CRON } from './maintain.ts'
import { describeError } from './shift.ts'
import type { Handlers, Worker, WorkOptions } from './store.ts'
import { scheduleSweep } from './sweep-job.ts'
import { createTasks } from './tasks.ts'
import type { Timings } from './timings.ts'
import { workerLogger } from './worker-logger.ts'

/** A pass that was told to end is waited for this long before its lock is taken from it. */
const LAST_WORDS_MS = 1000
/** From the end of a job to when graphile-worker has written it. */
const UNLOCKED_MS = 25

export interface WorkerOptions extends WorkOptions {
  timings: Timings
  log: Logger
  /** Others may be doing what this process still does: it must end. */
  onFenced(reason: string): void
}

/** Starts graphile-worker on the database, and again whenever it gives up. Resolves when it looks for work. */
export async function startWorker(
  database: Database,
  handlers: Handlers,
  options: WorkerOptions,
): Promise<Worker> {
  const { log, timings } = options
  const abort = new AbortController()
  const active = new Map<string, Promise<unknown>>()
  let poolId: string | null = null
  let runner: Runner | null = null
  let ending = false
  let stopping = false
  let gone = false

  const heartbeat = startHeartbeat({
    database,
    log,
    timings,
    id: () => poolId,
    active: () => new Set(active.keys()),
    astray: () => {
      log.warn('Some jobs are locked for this worker that it does not know of; it starts anew.')
      void runner?.stop().catch(() => undefined)
    },
    fenced: (reason) => {
      gone = true
      stopping = true
      void runner?.stop().catch(() => undefined)
      options.onFenced(reason)
    },
  })

  /** What has lost its lock never settles: graphile-worker would remove the job that another one works on. */
  const guarded = async (id: string, work: () => Promise<void>): Promise<void> => {
    if (active.has(id)) heartbeat.fence('It was given a job that it is still working on.')
    if (gone) await new Promise(() => undefined)
    const working = work()
    active.set(id, working)
    try {
      await working
    } catch (error) {
      if (!gone) log.error({ error: describeError(error) }, 'A job ended without its result being written.')
      throw error
    } finally {
      active.delete(id)
      if (heartbeat.check() || gone) await new Promise(() => undefined)
    }
  }
  const shift = { signal: abort.signal, stopping: () => stopping, gone: () => gone }
  const pgPool = lastingPool(database.pool, () => gone)
  const tasks: TaskList = createTasks(database, handlers, options.sweepSeconds, shift, log, guarded)

  /** A worker that takes no jobs any more must end soon after its last one, or nothing would ever be done again. */
  const seeToItsEnd = async (ended: Promise<unknown>): Promise<void> => {
    do await Promise.allSettled(active.values())
    while (active.size > 0)
    if (!(await within(ended, timings.end)) && !stopping) heartbeat.fence('Its worker does not end.')
  }

  const runOnce = async (): Promise<Runner> => {
    const events: WorkerEvents = new EventEmitter()
    ending = false
    events.on('pool:create', ({ workerPool }) => {
      poolId = workerPool.id
      const wake = (): void => {
        try {
          if (!stopping) workerPool.nudge(1)
        } catch {
          // A pool that is ending refuses, and needs no waking.
        }
      }
      // Workers that look for a job at the same time hide the queues from each other; so one wakes the next.
      events.on('job:start', wake)
      events.on('pool:gracefulShutdown', () => {
        ending = true
        void seeToItsEnd(workerPool.promise.then(noop, noop))
      })
      // The queue of a job that ended is free only a moment later.
      events.on('job:complete', () => setTimeout(wake, UNLOCKED_MS).unref())
    })
    return run({
      pgPool,
      schema: WORKER_SCHEMA,
      concurrency: options.concurrency,
      pollInterval: timings.poll,
      noHandleSignals: true,
      taskList: tasks,
      parsedCronItems: parseCronItems([
        { task: 'maintain', match: MAINTENANCE_CRON, options: { maxAttempts: 1, jobKey: 'maintain' } },
      ]),
      logger: workerLogger(log),
      events,
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    })
  }

  const release = async (): Promise<void> => {
    if (poolId === null) return
    await database.query('select supercargo.release_workers($1::text[])', [[poolId]])
    poolId = null
  }

  /** Until it is told to stop: run, wait until it ends for whatever reason, let what runs end, free its locks. */
  const supervise = async (first: Runner): Promise<void> => {
    let next: Runner | null = first
    while (next !== null) {
      runner = next
      if (stopping) void next.stop().catch(() => undefined)
      await next.promise.catch((error: unknown) => {
        if (!stopping) log.warn({ error: describeError(error) }, 'The worker ended and is started again.')
      })
      runner = null
      await Promise.allSettled(active.values())
      next = null
      while (!stopping && next === null) {
        try {
          await release()
          next = await runOnce()
        } catch (error) {
          log.warn({ error: describeError(error) }, 'The worker does not start yet.')
          await sleep(1000)
        }
      }
    }
  }

  await scheduleSweep(database, 0)
  const supervised = supervise(await runOnce())
  let stopped: Promise<void> | undefined

  const stop = async (milliseconds: number): Promise<void> => {
    stopping = true
    const quiet = (async () => {
      await runner?.stop().catch(() => undefined)
      await supervised
    })()
    const ended = await within(quiet, milliseconds)
    if (!ended) {
      abort.abort()
      await within(quiet, LAST_WORDS_MS)
    }
    gone = true
    await within(heartbeat.stop(), LAST_WORDS_MS)
    await within(release(), LAST_WORDS_MS * 2).catch((error: unknown) => {
      log.warn(
        { error: describeError(error) },
        'Jobs could not be given back; they are taken over in a while.',
      )
    })
  }
  return {
    running: () => runner !== null && !ending && !stopping,
    stop: (milliseconds) => {
      stopped ??= stop(milliseconds)
      return stopped
    },
  }
}

function noop(): void {}

/** True when the work ended in time. */
async function within(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController()
  try {
    return await Promise.race([work.then(() => true), sleep(milliseconds, false, { signal: timer.signal })])
  } finally {
    timer.abort()
  }
}
