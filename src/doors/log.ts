import { type Logger, pino } from 'pino'
import { redact } from '../domain/redact.ts'
import type { LogLevel } from './settings.ts'

export interface LogOptions {
  level: LogLevel
  /** Lines for people, with colours; else one JSON object per line. */
  pretty: boolean
  /** Texts that must never be seen, besides everything that `redact` knows (requirement 19). */
  secrets: readonly string[]
  /** Default: standard output. */
  write?: (text: string) => void
}

/** The log of a process. Every line goes through the redaction as a whole, whatever wrote it. */
export function createLog({ level, pretty, secrets, write }: LogOptions): Logger {
  const out = write ?? ((text: string) => void process.stdout.write(text))
  const hidden = secrets
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .filter((secret) => secret.length >= 8)
  const clean = (line: string) =>
    redact(hidden.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line))
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorRecord },
    },
    { write: (line: string) => out(pretty ? prettyLine(clean(line)) : clean(line)) },
  )
}

/** As pino writes an error, but with its own message only: those of its causes stand in the stack. */
function errorRecord(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return { ...pino.stdSerializers.err(error), message: error.message }
}

const COLOURS: Record<string, string> = { warn: '33', error: '31', fatal: '31;1', debug: '2', trace: '2' }

/** `10:31:07 Looks at acme/web. key=github:acme/web`: one line per event, the stack of an error below it. */
function prettyLine(line: string): string {
  let record: Record<string, unknown>
  try {
    record = JSON.parse(line) as Record<string, unknown>
  } catch {
    return line
  }
  const { level, time, msg, err, ...fields } = record
  const colour = COLOURS[String(level)]
  const label = colour === undefined ? '' : `\u001b[${colour}m${level}\u001b[0m `
  const news = Object.entries(fields).filter(
    ([, value]) => typeof value !== 'string' || value.length < 8 || !String(msg).includes(value),
  )
  const rest = news.map(([key, value]) => `${key}=${oneLine(value)}`)
  const quiet = rest.length === 0 ? '' : ` \u001b[2m${rest.join(' ')}\u001b[0m`
  return `\u001b[2m${clockOf(time)}\u001b[0m ${label}${oneLine(msg ?? '')}${quiet}\n${errorLines(err)}`
}

function clockOf(time: unknown): string {
  const date = new Date(String(time))
  return Number.isNaN(date.getTime()) ? '' : date.toTimeString().slice(0, 8)
}

/** An error of ours is its message and advice; any other one has a stack. */
function errorLines(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { message, stack, code, advice } = error as Record<string, unknown>
  const text =
    advice === undefined && stack !== undefined
      ? String(stack)
      : [message, code && `(${code})`, advice].filter(Boolean).join(' ')
  return text
    .split('\n')
    .map((line) => `         ${oneLine(line)}\n`)
    .join('')
}

function oneLine(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: foreign text must not steer a terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
}
