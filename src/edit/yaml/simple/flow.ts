import type { Scalar, YAMLMap, YAMLSeq } from 'yaml'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DOUBLE_QUOTE,
  HASH,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  SINGLE_QUOTE,
  SPACE,
} from './codes.ts'
import { simpleMap, simplePair, simpleSeq } from './nodes.ts'
import { quotedAt, spelled } from './scalars.ts'

/** Where reading has come to in a text. */
export interface Cursor {
  text: string
  at: number
}

const PLAIN_START = /[A-Za-z0-9_./$(+~^=]|-[^ \n,[\]{}]/y
const DOCUMENT_MARKER = /(?:---|\.\.\.)(?=[ \n]|$)/y
const MAX_DEPTH = 50

/**
 * Reads a flow mapping or sequence, with a value for every key and without comments, and puts the cursor behind it.
 * @param indent of the block around it: lines of the collection are indented further; -1 where there is none
 */
export function readFlow(cursor: Cursor, indent: number, depth = 0): YAMLMap | YAMLSeq | null {
  const start = cursor.at
  const isMap = cursor.text.charCodeAt(start) === OPEN_BRACE
  if (depth > MAX_DEPTH) return null
  const items: unknown[] = []
  do {
    cursor.at++
    if (!skip(cursor, indent)) return null
    if (items.length === 0 && codeAt(cursor) === (isMap ? CLOSE_BRACE : CLOSE_BRACKET)) break
    const item = isMap ? pair(cursor, indent, depth) : value(cursor, indent, depth)
    if (item === null || !skip(cursor, indent)) return null
    items.push(item)
  } while (codeAt(cursor) === COMMA)
  if (codeAt(cursor) !== (isMap ? CLOSE_BRACE : CLOSE_BRACKET)) return null
  const end = ++cursor.at
  const node = isMap ? simpleMap() : simpleSeq()
  node.items = items as never[]
  node.range = [start, end, end]
  node.flow = true
  return node
}

function pair(cursor: Cursor, indent: number, depth: number) {
  const code = codeAt(cursor)
  const isQuoted = code === DOUBLE_QUOTE || code === SINGLE_QUOTE
  const key = isQuoted ? quoted(cursor) : plain(cursor)
  if (key === null || codeAt(cursor) !== COLON) return null
  cursor.at++
  if (!isQuoted && codeAt(cursor) !== SPACE && codeAt(cursor) !== NEWLINE) return null
  if (!skip(cursor, indent)) return null
  const read = value(cursor, indent, depth)
  return read === null ? null : simplePair(key, read)
}

function value(cursor: Cursor, indent: number, depth: number): Scalar | YAMLMap | YAMLSeq | null {
  const code = codeAt(cursor)
  if (code === OPEN_BRACE || code === OPEN_BRACKET) return readFlow(cursor, indent, depth + 1)
  return code === DOUBLE_QUOTE || code === SINGLE_QUOTE ? quoted(cursor) : plain(cursor)
}

function quoted(cursor: Cursor): Scalar | null {
  const scalar = quotedAt(cursor.text, cursor.at)
  cursor.at = scalar?.range?.[1] ?? cursor.at
  return scalar
}

/** Puts the cursor behind the spaces behind it. */
function plain(cursor: Cursor): Scalar | null {
  const { text, at } = cursor
  PLAIN_START.lastIndex = at
  if (!PLAIN_START.test(text)) return null
  while (!isEnd(cursor)) cursor.at++
  let end = cursor.at
  while (text.charCodeAt(end - 1) === SPACE) end--
  const written = text.slice(at, end)
  return written.includes(' #') ? null : spelled(written, 'PLAIN', at, end)
}

/** Whether a plain scalar ends here. */
function isEnd({ text, at }: Cursor): boolean {
  const code = text.charCodeAt(at)
  if (code !== COLON) return Number.isNaN(code) || code === NEWLINE || isIndicator(code)
  const next = text.charCodeAt(at + 1)
  return Number.isNaN(next) || next === SPACE || next === NEWLINE || isIndicator(next)
}

/** Skips spaces and line ends; false where a comment or the end of the document follows, or too small an indent. */
function skip(cursor: Cursor, indent: number): boolean {
  const { text } = cursor
  let lineStart = -1
  for (let code = codeAt(cursor); code === SPACE || code === NEWLINE; code = codeAt(cursor)) {
    cursor.at++
    if (code === NEWLINE) lineStart = cursor.at
  }
  if (codeAt(cursor) === HASH) return false
  if (lineStart === -1) return true
  DOCUMENT_MARKER.lastIndex = cursor.at
  return cursor.at - lineStart > indent && !DOCUMENT_MARKER.test(text)
}

function codeAt({ text, at }: Cursor): number {
  return text.charCodeAt(at)
}

function isIndicator(code: number): boolean {
  return (
    code === COMMA ||
    code === OPEN_BRACE ||
    code === CLOSE_BRACE ||
    code === OPEN_BRACKET ||
    code === CLOSE_BRACKET
  )
}
