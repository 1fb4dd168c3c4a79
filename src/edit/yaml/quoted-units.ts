import type { Scalar } from 'yaml'
import type { ValueUnits } from './scalar-source.ts'

const FOLD = /[ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*/y
const BLANKS = /[ \t]*/y
const ESCAPED_BREAK = /\\\r?\n[ \t]*/y
const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^\r\n])/y
const NAMED: Record<string, string> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
}

/**
 * Where the value of a quoted scalar stands (https://yaml.org/spec/1.2.2/#73-flow-scalar-styles); null where
 * the source does not add up to the value.
 */
export function quotedUnits(text: string, scalar: Scalar.Parsed, value: string): ValueUnits | null {
  const to = scalar.range[1] - 1
  const isDouble = scalar.type === 'QUOTE_DOUBLE'
  const units: ValueUnits = { starts: [], ends: [], indent: '' }
  let read = ''
  const add = (unit: string, start: number, end: number): void => {
    read += unit
    for (let index = 0; index < unit.length; index++) {
      units.starts.push(index === 0 ? start : -1)
      units.ends.push(index === unit.length - 1 ? end : -1)
    }
  }
  let solid = 0
  for (let at = scalar.range[0] + 1; at < to; ) {
    const fold = at < solid ? null : match(FOLD, text, at)
    if (fold === null && at >= solid) solid = at + (match(BLANKS, text, at)?.length ?? 0)
    const broken = isDouble ? match(ESCAPED_BREAK, text, at) : null
    const escaped = isDouble ? match(ESCAPE, text, at) : text.startsWith("''", at) ? "''" : null
    const whole = fold ?? broken ?? escaped ?? text.charAt(at)
    if (fold !== null) add('\n'.repeat((fold.match(/\n/g) ?? []).length - 1) || ' ', at, at + fold.length)
    else if (broken === null) add(escaped === null ? whole : charactersOf(escaped), at, at + whole.length)
    at += whole.length
  }
  units.starts.push(to)
  return read === value ? units : null
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

function charactersOf(escaped: string): string {
  if (escaped === "''") return "'"
  const code = escaped.charAt(1)
  if ('xuU'.includes(code) && escaped.length > 2) {
    const point = Number.parseInt(escaped.slice(2), 16)
    return point > 0x10ffff ? '' : String.fromCodePoint(point)
  }
  return NAMED[code] ?? code
}
