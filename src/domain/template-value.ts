import { SupercargoError } from './errors.ts'
import { DIGEST_PATTERN, readReference, TAG_PATTERN } from './image.ts'
import { NAME_PATTERN } from './names.ts'

const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?$/

/** The grammar of each value that machines make; what does not follow it is never written. */
const GRAMMARS: Record<string, (value: string) => boolean> = {
  number: (value) => /^[1-9][0-9]{0,9}$/.test(value),
  slug: (value) => NAME_PATTERN.test(value),
  sha: (value) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value),
  tag: (value) => TAG_PATTERN.test(value),
  version: (value) => /^[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?$/.test(value) && TAG_PATTERN.test(value),
  image: isImageName,
  digest: (value) => DIGEST_PATTERN.test(value),
  host: (value) => HOST.test(value),
  replicas: (value) => /^[01]$/.test(value),
  expires: (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value),
  url: (value) =>
    /^https?:\/\/[A-Za-z0-9][A-Za-z0-9._~:/?#@!$&()*+;=%-]*$/.test(value) && !value.endsWith(':'),
  branch: (value) => /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._/+@=#-]{0,243}$/u.test(value),
}

/**
 * A value that can stand in any YAML scalar (plain, quoted, block) or comment, and in JSON, without ending it:
 * it holds no quotes, brackets, commas, colons before a space, comment signs after a space, or line breaks.
 * A title and an owner lose what is not allowed, for they are only read by people. All others name something,
 * so they stay exactly as they are or are refused.
 * @throws SupercargoError `template-value-unsafe`
 */
export function safeValue(name: string, value: string): string {
  if (name === 'title') return legible(value.replaceAll("'", '’'), ' ', 200) || 'untitled'
  if (name === 'owner') return legible(value, '-', 63) || 'unknown'
  const grammar = Object.hasOwn(GRAMMARS, name) ? GRAMMARS[name] : undefined
  if (grammar?.(value)) return value
  throw new SupercargoError(`The value ${JSON.stringify(value.slice(0, 100))} cannot stand for {${name}}.`, {
    code: 'template-value-unsafe',
    kind: 'permanent',
    advice:
      name === 'branch'
        ? 'Write {slug} in the template, or give the branch a name of letters, digits and . _ / + @ = # -.'
        : `Check what the configuration says about {${name}}.`,
  })
}

/**
 * Puts quotes around a value that is the whole of a YAML value, as in `newTag: {sha:7}`, when YAML 1.1 or 1.2
 * would not read it as text (`1234567`, `1234e56`, `on`, a time). `{number}` and `{replicas}` stay numbers.
 */
export function readableValue(name: string, value: string, text: string, start: number, end: number): string {
  if (name === 'number' || name === 'replicas' || !READ_AS_OTHER.test(value)) return value
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const newline = text.indexOf('\n', end)
  const after = text.slice(end, newline === -1 ? text.length : newline)
  const whole = /(?:^\s*-|:)[ \t]+$/.test(before) && /^\s*(?:\s#.*)?$/.test(after)
  return whole ? `"${value}"` : value
}

const READ_AS_OTHER =
  /^(?:[-+.]?[0-9][0-9a-fxobe_.:+-]*|\d{4}-\d\d-\d\dT[\d:]+Z|true|false|yes|no|on|off|y|n|null|nan|inf|infinity)$/i

/** Letters, digits and a few signs; the first is a letter or digit. */
function legible(value: string, filler: string, length: number): string {
  const kept = value
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._/+@=’-]+/gu, filler)
    .replace(/^[^\p{L}\p{N}]+/u, '')
  return [...kept]
    .slice(0, length)
    .join('')
    .replace(/[^\p{L}\p{M}\p{N}]+$/u, '')
}

function isImageName(value: string): boolean {
  const reference = readReference(value)
  return reference !== null && reference.tag === null && reference.digest === null && !value.startsWith('[')
}
