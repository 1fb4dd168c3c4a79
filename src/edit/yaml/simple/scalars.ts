import type { Scalar } from 'yaml'
import { DOUBLE_QUOTE, SINGLE_QUOTE } from './codes.ts'
import { simpleScalar } from './nodes.ts'

const QUOTED = /"[^"\\\n]*"|'[^'\n]*'/y
/** Escapes that mean the same in JSON. */
const ESCAPED = /"(?:[^"\\\n]|\\["\\/bfnrtu]){0,2000}"/y

/** The scalar in quotes that starts at an offset and ends on its line; null where there is none. */
export function quotedAt(text: string, at: number): Scalar | null {
  QUOTED.lastIndex = at
  if (QUOTED.test(text)) {
    const end = QUOTED.lastIndex
    if (text.charCodeAt(at) === DOUBLE_QUOTE)
      return spelled(text.slice(at + 1, end - 1), 'QUOTE_DOUBLE', at, end)
    // Two single quotes are one.
    return text.charCodeAt(end) === SINGLE_QUOTE
      ? null
      : spelled(text.slice(at + 1, end - 1), 'QUOTE_SINGLE', at, end)
  }
  ESCAPED.lastIndex = at
  if (!ESCAPED.test(text)) return null
  const end = ESCAPED.lastIndex
  try {
    return spelled(JSON.parse(text.slice(at, end)), 'QUOTE_DOUBLE', at, end)
  } catch {
    return null
  }
}

export function spelled(value: string, type: Scalar.Type, start: number, end = start + value.length): Scalar {
  return simpleScalar(value, type, [start, end, end])
}
