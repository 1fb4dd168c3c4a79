import type { ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { simpleMap, simplePair, simpleScalar, simpleSeq } from './simple-nodes.ts'

/**
 * Reads documents of the plainest kind, which most manifests are: block mappings and lists, keys of letters,
 * scalars on one line, comments. Null for anything else, which the real parser then reads. What it reads is
 * node by node what that parser reads, many times faster; a test compares the two.
 */
export function readSimple(text: string): ParsedNode | null {
  if (/[\t\r\uFEFF]/.test(text)) return null
  const reader = new SimpleReader(text)
  const root = reader.next() ? reader.block(reader.indent) : null
  return reader.atEnd && root !== null ? (root as ParsedNode) : null
}

const KEY = /[A-Za-z0-9_./][\w./-]*:(?=[ \n]|$)/y
const QUOTED = /"[^"\\\n]*"|'[^'\n]*'/y
/** With what a plain scalar may start here; YAML lets it start with more. */
const PLAIN_START = /[A-Za-z0-9_./$(+~^=]|-[^ \n]/y
const MAX_DEPTH = 100

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
      const item = this.startsWith(KEY) ? this.mapping(column) : this.scalar()
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
      if (!this.startsWith(KEY)) return null
      const key = scalarOf(this.text.slice(this.at, KEY.lastIndex - 1), 'PLAIN', this.at)
      this.at = KEY.lastIndex
      while (this.text.charCodeAt(this.at) === SPACE) this.at++
      const isNested = this.at >= this.lineEnd || this.text.charCodeAt(this.at) === HASH
      const value = isNested ? this.nested(indent) : this.scalar()
      if (value === null) return null
      map.items.push(simplePair(key, value))
    } while (!this.atEnd && this.indent === indent && !this.isItem())
    if (!this.atEnd && this.indent > indent) return null
    map.range = [start, this.at, this.at]
    return map
  }

  /** What stands below a key. A list may stand as far left as the key. */
  private nested(indent: number): YAMLMap | YAMLSeq | null {
    if (!this.next()) return null
    return this.indent > indent || (this.indent === indent && this.isItem()) ? this.block(this.indent) : null
  }

  /** The scalar that is the rest of the line, but for a comment; goes to the next line. */
  private scalar(): Scalar | null {
    const { text, at, lineEnd } = this
    if (this.startsWith(QUOTED)) {
      const end = QUOTED.lastIndex
      if (!/^ *(?: #.*)?$/.test(text.slice(end, lineEnd))) return null
      this.next()
      const type = text.charCodeAt(at) === DOUBLE_QUOTE ? 'QUOTE_DOUBLE' : 'QUOTE_SINGLE'
      return scalarOf(text.slice(at + 1, end - 1), type, at, end)
    }
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
    return scalarOf(value, 'PLAIN', at, end)
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

const SPACE = 0x20
const HASH = 0x23
const DASH = 0x2d
const DOUBLE_QUOTE = 0x22

function scalarOf(value: string, type: Scalar.Type, start: number, end = start + value.length): Scalar {
  return simpleScalar(value, type, [start, end, end])
}
