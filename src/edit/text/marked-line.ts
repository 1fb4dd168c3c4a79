import type { Range } from '../editor.ts'
import { commentStart, MAX_LINE, quotedIn } from './comments.ts'

/** The value that a marker on a line of text stands behind. Offsets count from the start of the line. */
export interface MarkedValue extends Range {
  text: string
  isQuoted: boolean
}

const KEY =
  /^\s*(?:(?:-|export|set|local|ENV|ARG)\s+){0,3}["']?[\w.\-/[\]]{1,200}["']?\s*(?::=|\?=|\+=|=|:(?=\s))\s*/
/** What may stand between a value and the comment behind it. */
const CLOSERS = /(?:<\/[\w.:-]{1,200}>|\/?>|\{\{-?|[\s,;)\]}])$/

/**
 * Finds the value on a line of which the comment at `comment` speaks; null where that is no comment but inside of a
 * string. `mustQuote`: only what stands in quotes is a string.
 */
export function markedValue(
  line: string,
  comment: number,
  mustQuote: boolean,
): MarkedValue | 'marker-alone' | 'marker-unclear' | null {
  if (line.length > MAX_LINE) return 'marker-unclear'
  const strings = quotedIn(line)
  if (strings.some(({ start, end }) => start < comment && comment < end)) return null
  if (comment > 0 && !/[\s,;)\]}"'`>{-]/.test(line.charAt(comment - 1))) return null
  const head = line.slice(0, comment)
  const trimmed = head.trimEnd()
  const opening = trimmed.endsWith('{{') ? 2 : trimmed.endsWith('{{-') ? 3 : 0
  const before = trimmed.slice(0, trimmed.length - opening)
  if (before.trim() === '' || commentStart(before) < before.length) return 'marker-alone'
  const [end, isElement] = valueEnd(head)
  const values = strings.filter((each) => each.end <= end && !/^\s*(?:[:=]|=>)/.test(line.slice(each.end)))
  const last = values.at(-1)
  if (last !== undefined && last.end === end) {
    if (values.length > 1) return 'marker-unclear'
    return { start: last.start + 1, end: end - 1, text: line.slice(last.start + 1, end - 1), isQuoted: true }
  }
  if (mustQuote) return 'marker-unclear'
  const key = isElement ? head.lastIndexOf('>', end - 1) + 1 : (KEY.exec(head)?.[0].length ?? indentOf(head))
  const start = Math.min(key, end)
  return { start, end, text: head.slice(start, end), isQuoted: false }
}

/** Where the value ends, and whether the end tag of an element stands behind it. */
function valueEnd(head: string): [number, boolean] {
  let end = head.length
  let isElement = false
  while (!isElement) {
    const tail = head.slice(Math.max(0, end - 250), end)
    const cut = CLOSERS.exec(tail)
    if (cut === null || (cut[0] === '}' && /\$\{[^{}]*$|\{\{[^{}]*\}?$/.test(tail.slice(0, -1)))) break
    isElement = cut[0].startsWith('</')
    end -= cut[0].length
  }
  return [end, isElement]
}

function indentOf(head: string): number {
  return /^\s*/.exec(head)?.[0].length ?? 0
}
