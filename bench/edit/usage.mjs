// What the programs of this benchmark say of themselves on the third file descriptor.
import { writeSync } from 'node:fs'

/** Runs a function; what it returns, and the seconds of CPU and of the clock that it took. */
export function measure(run) {
  const before = process.cpuUsage()
  const started = performance.now()
  const result = run()
  const { user, system } = process.cpuUsage(before)
  return [result, { cpu: (user + system) / 1e6, wall: (performance.now() - started) / 1000 }]
}

export function print(value) {
  writeSync(1, `${JSON.stringify(value)}\n`)
}
