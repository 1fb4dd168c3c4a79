import { parseDuration } from '../domain/duration.ts'
import { SupercargoError } from '../domain/errors.ts'
import { NAME_PATTERN } from '../domain/names.ts'
import { nearest } from '../domain/nearest.ts'
import { readLocalTime } from '../domain/zoned-time.ts'
import type { Argument, Command, CommandEntry, CommandProblem, Kind } from './command.ts'
import { isList, usage } from './usage.ts'
import type { Word, Words } from './words.ts'

const VERSION = /^\w[\w.+/-]{0,127}$/
const COMMIT = /^[0-9a-f]{7,40}$/i

type Place = Pick<Command, 'line' | 'written'>

/** Reads what stands behind a verb as its entry says; a problem tells how it would be right. */
export function readArguments(
  entry: CommandEntry,
  { words, reason }: Words,
  place: Place,
): Command | CommandProblem {
  const refuse = (code: string, message: string): CommandProblem => ({
    ...place,
    code,
    message: `${message} It is written ${usage(entry)}.`,
  })
  if (reason !== null && entry.reason !== true) {
    return refuse('reason-not-taken', `"${entry.verb}" takes no reason.`)
  }
  const { plain: written, options, period, problem } = sort(entry, words)
  if (problem !== null) return refuse(problem.code, problem.message)
  const wanted = (entry.arguments ?? []).flatMap((each, index) => withNext(each, written[index]))
  const plain = written.map((text, index) => (hasCase(wanted[index]?.is) ? text : text.toLowerCase()))
  const surplus = plain[wanted.length]
  if (surplus !== undefined) {
    return refuse('argument-unexpected', `"${entry.verb}" does not take "${surplus}".`)
  }
  const missing = wanted[plain.length]
  if (missing !== undefined && missing.optional !== true) {
    return refuse('argument-missing', `"${entry.verb}" needs to know the ${missing.name}.`)
  }
  const given = [
    ...plain.map((text, index) => ({ ...(wanted[index] ?? { name: '', is: 'name' as const }), text })),
    ...Object.entries(options).map(([name, text]) => ({
      name,
      is: entry.options?.[name] ?? ('name' as const),
      text,
    })),
    ...(period === null ? [] : [{ name: 'for', is: 'duration' as const, text: period }]),
  ]
  for (const { name, is, text } of given) {
    const wrong = problemOf(name, is, text)
    if (wrong !== null) return refuse('argument-invalid', wrong)
  }
  return {
    ...place,
    verb: entry.verb,
    arguments: Object.fromEntries(plain.map((text, index) => [wanted[index]?.name ?? '', text])),
    options,
    lasting: period === null ? null : parseDuration(period),
    reason,
  }
}

function hasCase(kind: Kind | undefined): boolean {
  return kind !== 'commit' && typeof kind !== 'object'
}

/** A word that was chosen may take another one behind it. */
function withNext({ name, is, ...rest }: Argument, word = ''): (Argument & { is: Kind })[] {
  if (typeof is === 'string' || isList(is)) return [{ name, is, ...rest }]
  const next = Object.hasOwn(is, word.toLowerCase()) ? (is[word.toLowerCase()] ?? null) : null
  const chosen = { name, is: Object.keys(is), ...rest }
  return next === null ? [chosen] : [chosen, { name: next, is: next, optional: true }]
}

interface Sorted {
  plain: string[]
  options: Record<string, string>
  period: string | null
  problem: Pick<CommandProblem, 'code' | 'message'> | null
}

function sort({ verb, lasting, options: known = {} }: CommandEntry, words: readonly Word[]): Sorted {
  const sorted: Sorted = { plain: [], options: {}, period: null, problem: null }
  const fail = (code: string, message: string): Sorted => ({ ...sorted, problem: { code, message } })
  for (let at = 0; at < words.length; at++) {
    const { key, text, quoted } = words[at] ?? { key: null, text: '', quoted: false }
    if (key !== null) {
      if (!Object.hasOwn(known, key)) {
        const meant = nearest(key, Object.keys(known))
        return fail(
          'option-unknown',
          `"${verb}" does not know "${key}=".${meant === null ? '' : ` Did you mean "${meant}="?`}`,
        )
      }
      if (Object.hasOwn(sorted.options, key)) return fail('option-repeated', `"${key}=" is there twice.`)
      sorted.options[key] = text
    } else if (text.toLowerCase() === 'for' && !quoted && lasting === true) {
      if (sorted.period !== null) return fail('option-repeated', '"for" is there twice.')
      sorted.period = words[++at]?.text ?? ''
    } else sorted.plain.push(text)
  }
  return sorted
}

function problemOf(name: string, kind: Kind, text: string): string | null {
  if (typeof kind !== 'string') {
    if (kind.includes(text)) return null
    const meant = nearest(text, kind)
    const hint = meant === null ? '' : ` Did you mean "${meant}"?`
    return `"${text}" is none of ${kind.join(', ')}.${hint}`
  }
  if (kind === 'name') return NAME_PATTERN.test(text) ? null : `"${text}" is not the name of an ${name}.`
  if (kind === 'version') return VERSION.test(text) ? null : `"${text}" is not a version.`
  if (kind === 'time') {
    return readLocalTime(text) !== null
      ? null
      : `"${text}" is not a time; write a day or a minute in UTC, such as 2026-12-01 or 2026-12-01T18:00.`
  }
  if (kind === 'commit') {
    return COMMIT.test(text) ? null : `"${text}" is not a commit, in 7 to 40 hexadecimal digits.`
  }
  try {
    parseDuration(text)
    return null
  } catch (error) {
    if (error instanceof SupercargoError) return `${error.message} ${error.advice}`
    throw error
  }
}
