import { constants } from 'node:os'
import { EXIT } from './exit-codes.ts'

/** Orchestrators kill after 30 s; this leaves time for the last log lines. */
const PATIENCE = 25_000

/** A terminal and npm both pass on one Ctrl-C: what comes so soon after the first signal is the same one. */
const SAME_SIGNAL = 500

/** How often it is looked whether npm is still there. */
const LOOK = 500

interface Log {
  info(message: string): void
  error(fields: object, message: string): void
  fatal(fields: object, message: string): void
}

export interface StopOptions {
  log: Log
  /** Stops in order. */
  stop(): Promise<void>
  /**
   * The process was started by `npm start` (or `npm run`), whose shell takes a SIGTERM for itself and leaves the
   * process behind: so it stops when its parent is gone.
   */
  underNpm: boolean
}

/**
 * On SIGTERM or SIGINT runs `stop` and ends the process: 0 when it stopped in order, 1 when that failed or took
 * longer than 25 s. A second signal ends it at once.
 */
export function stopOnSignals({ log, stop, underNpm }: StopOptions): void {
  let since: number | null = null
  const begin = (why: string) => {
    since = Date.now()
    log.info(`${why}: stopping; what runs may end. Ctrl-C, or another signal, stops at once.`)
    setTimeout(() => {
      log.error({}, `What runs did not end within ${PATIENCE / 1000} s.`)
      process.exit(EXIT.failed)
    }, PATIENCE).unref()
    stop().then(
      () => {
        log.info('Stopped.')
        process.exit(EXIT.stopped)
      },
      (error: unknown) => {
        log.error({ err: error }, 'Stopping failed.')
        process.exit(EXIT.failed)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (since === null) begin(signal)
      else if (Date.now() - since > SAME_SIGNAL) process.exit(128 + constants.signals[signal])
    })
  }
  if (!underNpm) return
  const parent = process.ppid
  setInterval(() => {
    if (since === null && process.ppid !== parent) begin('npm has ended')
  }, LOOK).unref()
}

/** Ends the process on what nobody caught: its state is unknown, and whatever started it starts it again. */
export function exitOnFaults(log: Log): void {
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'Nobody caught this error: the process ends.')
    process.exit(EXIT.failed)
  })
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'Nobody caught this rejection: the process ends.')
    process.exit(EXIT.failed)
  })
}
