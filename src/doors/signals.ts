import { constants } from 'node:os'
import { EXIT } from './exit-codes.ts'

/** Orchestrators kill after 30 s; this leaves time for the last log lines. */
const PATIENCE = 25_000

interface Log {
  info(message: string): void
  error(fields: object, message: string): void
  fatal(fields: object, message: string): void
}

/**
 * On SIGTERM or SIGINT runs `stop` and ends the process: 0 when it stopped in order, 1 when that failed or took
 * longer than 25 s. A second signal ends it at once.
 */
export function stopOnSignals(log: Log, stop: () => Promise<void>): void {
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(128 + constants.signals[signal])
      stopping = true
      log.info(`${signal}: stopping; what runs may end. Once more stops at once.`)
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
    })
  }
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
