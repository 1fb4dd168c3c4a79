import type { Scalar } from 'yaml'
import type { Splice } from '../editor.ts'
import { newScalar, readsAsString } from './plain.ts'

/** How far before a comment its value may have to be written: UTF-16 code units. */
const MAX_GAP = 200

/** Why a scalar cannot be given a new value by a splice. */
export type Unspellable = 'explicit-type' | 'block-scalar'

/**
 * The splice that makes a scalar read as `value` for every YAML reader; null when it does already. Its quotes,
 * or its block style, are kept; a plain one gets quotes exactly when it would not be read as a string, and
 * always in JSON.
 */
export function respell(
  text: string,
  scalar: Scalar.Parsed,
  value: string,
  json: boolean,
): Splice | null | Unspellable {
  if (scalar.tag !== undefined && scalar.tag !== 'tag:yaml.org,2002:str' && scalar.tag !== '!') {
    return 'explicit-type'
  }
  const [start, end] = scalar.range
  const present = typeof scalar.value === 'string' ? scalar.value : ''
  switch (scalar.type) {
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE':
      return present === value ? null : { start: start + 1, end: end - 1, text: value }
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return respellBlock(text, scalar, present.trim(), value)
    default:
      if (start === end) return fill(text, start, value)
      return present === value && !json && (readsAsString(value) || scalar.tag !== undefined)
        ? null
        : { start, end, text: scalar.tag === undefined ? newScalar(value, json) : value }
  }
}

function respellBlock(
  text: string,
  scalar: Scalar.Parsed,
  present: string,
  value: string,
): Splice | null | Unspellable {
  if (present === value) return null
  const [start, end] = scalar.range
  const source = text.slice(start, end)
  const at = source.indexOf(present)
  if (present === '' || at === -1 || source.indexOf(present, at + 1) !== -1) return 'block-scalar'
  return { start: start + at, end: start + at + present.length, text: value }
}

/** A value where nothing stood after the colon; a comment may follow, at the distance that it has. */
function fill(text: string, at: number, value: string): Splice {
  const gap = /[ \t]*$/.exec(text.slice(Math.max(0, at - MAX_GAP), at))?.[0] ?? ''
  const isBeforeComment = text.charAt(at) === '#'
  if (isBeforeComment && gap.length > 1) {
    return { start: at - gap.length + 1, end: at, text: `${newScalar(value)}${gap}` }
  }
  const before = /\s/.test(text.charAt(at - 1)) ? '' : ' '
  return { start: at, end: at, text: `${before}${newScalar(value)}${isBeforeComment ? ' ' : ''}` }
}
