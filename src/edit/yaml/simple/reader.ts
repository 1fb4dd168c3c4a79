import type { Alias, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { blockScalarAt } from './block-scalar.ts'
import {
  AMPERSAND,
  BAR,
  DASH,
  DOUBLE_QUOTE,
  GREATER,
  HASH,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  SINGLE_QUOTE,
  SPACE,
  STAR,
} from './codes.ts'
import { readFlow } from './flow.ts'
import { simpleAlias, simpleMap, simplePair, simpleSeq } from './nodes.ts'
import { quotedAt, spelled } from './scalars.ts'

/**
 * Reads documents of the plain kind, which most manifests are: block and flow mappings and lists, scalars on one
 * line, block scalars, anchors and aliases of values, comments. Null for anything else (tags, tabs, scalars that go on),
 * which the real parser then reads. What it reads is node by node what that parser reads, many times faster; a test
 * compares the two.
 */
export function readSimple(text: string): ParsedNode | null {
  if (/[\t\r\uFEFF]/.test(text)) return null
  const reader = new SimpleReader(text)
  const root = reader.next() ? reader.root() : null
  return reader.atEnd && root !== null ? (root as ParsedNode) : null
}

const KEY = /(?:<<|[A-Za-z0-9_./][\w./-]*):(?=[ \n]|$)/y
/** With what a plain scalar may start here; YAML lets it start with more. */
const PLAIN_START = /[A-Za-z0-9_./$(+~^=]|-[^ \n]/y
const COLON = /:(?=[ \n]|$)/y
const ANCHOR = /&[\w-]+(?=[ \n]|$) */y
const ALIAS = /\*[\w-]+(?=[ \n]|$)/y
const MAX_DEPTH = 100

type Value = Scalar | Alias | YAMLMap | YAMLSeq

/** Walks over the lines that are neither blank nor comments. */
class SimpleReader {
  atEnd = false
  /** Of the current line: spaces before its content, and where that starts and the line ends. */
  indent = 0
  private at = 0
  private lineEnd = -1
  private depth = 0
  /** Where the next comment behind a value may start. */
  private comment = -1
  private readonly text: string

  constructor(text: string) {
    this.text = text
    if (/^---(?:\n|$)/.test(text)) this.lineEnd = 3
  }

  /** Goes to the next line; false at the end. */
  next(): boolean {
    const { text } = this
    while (this.lineEnd < text.length) {
      const start = this.lineEnd + 1
      const end = text.indexOf('\n', start)
      this.lineEnd = end === -1 ? text.length : end
      let at = start
      while (text.charCodeAt(at) === SPACE) at++
      if (at >= this.lineEnd || text.charCodeAt(at) === HASH) continue
      this.at = at
      this.indent = at - start
      return true
    }
    this.atEnd = true
    return false
  }

  root(): YAMLMap | YAMLSeq | null {
    return this.isFlow() ? this.flow(-1) : this.block(this.indent)
  }

  /** The mapping or list that starts on this line; null for anything else. */
  block(indent: number): YAMLMap | YAMLSeq | null {
    if (this.depth++ > MAX_DEPTH) return null
    const read = this.isItem() ? this.list(indent) : this.mapping(indent)
    this.depth--
    return read
  }

  private list(indent: number): YAMLSeq | null {
    const list = simpleSeq()
    const start = this.at
    while (!this.atEnd && this.indent === indent && this.isItem()) {
      do this.at++
      while (this.text.charCodeAt(this.at) === SPACE)
      const column = indent + this.at - this.itemStart(indent)
      const item = this.startsWith(KEY) ? this.mapping(column) : this.isLineDone() ? null : this.value(indent)
      if (item === null) return null
      list.items.push(item)
    }
    if (!this.atEnd && this.indent > indent) return null
    list.range = [start, this.at, this.at]
    return list
  }

  private mapping(indent: number): YAMLMap | null {
    const map = simpleMap()
    const start = this.at
    do {
      const key = this.key()
      if (key === null) return null
      while (this.text.charCodeAt(this.at) === SPACE) this.at++
      const value = this.value(indent)
      if (value === null) return null
      map.items.push(simplePair(key, value))
    } while (!this.atEnd && this.indent === indent && !this.isItem())
    if (!this.atEnd && this.indent > indent) return null
    map.range = [start, this.at, this.at]
    return map
  }

  private key(): Scalar | null {
    const { text, at } = this
    if (this.startsWith(KEY)) {
      this.at = KEY.lastIndex
      return spelled(text.slice(at, this.at - 1), 'PLAIN', at)
    }
    const key = quotedAt(text, at)
    this.at = key?.range?.[1] ?? at
    if (key === null || !this.startsWith(COLON)) return null
    this.at++
    return key
  }

  /** The value that starts here, or stands below; goes to the line behind it. */
  private value(indent: number): Value | null {
    const anchor = this.anchor()
    const value = this.isLineDone() ? this.nested(indent) : this.content(indent)
    if (value === null || anchor === null) return value
    if ('source' in value) return null
    value.anchor = anchor
    return value
  }

  /** The name of the anchor that starts here; null where there is none. */
  private anchor(): string | null {
    if (this.text.charCodeAt(this.at) !== AMPERSAND || !this.startsWith(ANCHOR)) return null
    const name = this.text.slice(this.at + 1, ANCHOR.lastIndex).trimEnd()
    this.at = ANCHOR.lastIndex
    return name
  }

  /** What stands below a key, or nothing. A list may stand as far left as the key. */
  private nested(indent: number): Scalar | YAMLMap | YAMLSeq | null {
    const { at } = this
    const isBelow = this.next() && (this.indent > indent || (this.indent === indent && this.isItem()))
    return isBelow ? this.block(this.indent) : spelled('', 'PLAIN', at)
  }

  /** The value that starts on this line; goes to the line behind it. */
  private content(indent: number): Value | null {
    const code = this.text.charCodeAt(this.at)
    if (this.isFlow()) return this.flow(indent)
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) return this.ended(quotedAt(this.text, this.at))
    if (code === STAR) return this.ended(this.alias())
    if (code !== BAR && code !== GREATER) return this.plain()
    const scalar = blockScalarAt(this.text, this.at, indent)
    if (scalar === null) return null
    const end = scalar.range?.[1] ?? 0
    this.lineEnd = this.text.charCodeAt(end - 1) === NEWLINE ? end - 1 : end
    this.next()
    return scalar
  }

  private alias(): Alias | null {
    if (!this.startsWith(ALIAS)) return null
    const end = ALIAS.lastIndex
    return simpleAlias(this.text.slice(this.at + 1, end), [this.at, end, end])
  }

  private flow(indent: number): YAMLMap | YAMLSeq | null {
    return this.ended(readFlow({ text: this.text, at: this.at }, indent))
  }

  /** A node that only a comment follows on its last line; goes to the next line. */
  private ended<N extends Value>(node: N | null): N | null {
    if (node === null) return null
    const end = node.range?.[1] ?? 0
    if (end > this.lineEnd) {
      const newline = this.text.indexOf('\n', end)
      this.lineEnd = newline === -1 ? this.text.length : newline
    }
    if (!/^ *(?: #.*)?$/.test(this.text.slice(end, this.lineEnd))) return null
    this.next()
    return node
  }

  /** The plain scalar that is the rest of the line, but for a comment; goes to the next line. */
  private plain(): Scalar | null {
    const { text, at, lineEnd } = this
    if (!this.startsWith(PLAIN_START)) return null
    if (this.comment < at) {
      const next = text.indexOf(' #', at)
      this.comment = next === -1 ? text.length : next
    }
    let end = Math.min(this.comment, lineEnd)
    while (text.charCodeAt(end - 1) === SPACE) end--
    const value = text.slice(at, end)
    if (value.includes(': ') || value.endsWith(':')) return null
    this.next()
    return spelled(value, 'PLAIN', at, end)
  }

  /** Whether nothing but a comment is left of the line. */
  private isLineDone(): boolean {
    return this.at >= this.lineEnd || this.text.charCodeAt(this.at) === HASH
  }

  private isFlow(): boolean {
    const code = this.text.charCodeAt(this.at)
    return code === OPEN_BRACE || code === OPEN_BRACKET
  }

  private isItem(): boolean {
    return this.text.charCodeAt(this.at) === DASH && this.text.charCodeAt(this.at + 1) === SPACE
  }

  private itemStart(indent: number): number {
    return this.text.lastIndexOf('\n', this.at) + 1 + indent
  }

  private startsWith(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    return pattern.test(this.text)
  }
}
