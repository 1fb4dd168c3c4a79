import { painter } from '../doors/banner.ts'

/** Where a command writes, so that it can be tried without a process. */
export interface Terminal {
  /** Columns; infinite where nobody looks (a pipe, a file). */
  width: number
  paint: ReturnType<typeof painter>
  out(text: string): void
  err(text: string): void
  /** To the standard output as it is, without a line break behind it. */
  write(text: string): void
  /** What is going on, on one line of the standard error that the next one replaces; only where somebody looks. */
  progress(text: string): void
}

/** How the process ends: all well, something is wrong in what was looked at, or it could not be looked at. */
export const EXIT_CODES = { ok: 0, problems: 1, unusable: 2 } as const

/** The terminal of this process. No colour where NO_COLOR is set (https://no-color.org) or nobody looks. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process
  const colours = stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
  // A reader that has seen enough, such as head, is no fault, and changes nothing about how the command ends.
  stdout.on('error', (error: NodeJS.ErrnoException) => error.code !== 'EPIPE' && process.exit(1))
  return {
    width: stdout.isTTY === true ? stdout.columns : Number.POSITIVE_INFINITY,
    paint: painter(colours),
    out: (text) => stdout.write(`${text}\n`),
    err: (text) => stderr.write(`${text}\n`),
    write: (text) => stdout.write(text),
    progress: (text) => stderr.isTTY === true && stderr.write(`\r\u001b[K${text}`),
  }
}

/** A value for another program: two spaces, and a line break at the end. */
export function json(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

/** `10,000`. Intl would have to load its data first. */
export function thousands(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
}
