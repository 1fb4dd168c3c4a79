import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Splice } from '../editor.ts'
import { contentEnd, type ParsedPair } from './content-end.ts'

/**
 * The proof: true when the documents before and after the splices are equal node by node, each node stands
 * where the splices moved it, and only scalars that a splice touches have another value. Nodes that lie wholly
 * inside of a splice came or went with it; what they say now is for the format to read again.
 */
export function unchangedOutside(
  before: readonly ParsedNode[],
  after: readonly ParsedNode[],
  splices: readonly Splice[],
): boolean {
  const moves = movesOf(splices)
  const gone = (node: ParsedNode | null) => node === null || isInside(node, moves.old)
  const came = (node: ParsedNode | null) => node === null || isInside(node, moves.now)

  const equal = (a: ParsedNode | null, b: ParsedNode | null): boolean => {
    if (a === null || b === null) return a === b
    if (a.tag !== b.tag) return false
    if (gone(a)) return came(b)
    if (moved(moves, a.range[0]) !== b.range[0]) return false
    if (isAlias(a)) return isAlias(b) && a.source === b.source
    if (isAlias(b) || a.anchor !== b.anchor) return false
    if (isScalar(a)) return isScalar(b) && (isTouched(a, moves.old) || a.value === b.value)
    if (isMap(a)) return isMap(b) && equalPairs(a as YAMLMap.Parsed, b as YAMLMap.Parsed)
    return isSeq(a) && isSeq(b) && equalItems(a as YAMLSeq.Parsed, b as YAMLSeq.Parsed)
  }
  const equalPairs = (a: YAMLMap.Parsed, b: YAMLMap.Parsed): boolean => {
    const old = a.items.filter((pair) => !(gone(pair.key) && gone(pair.value)))
    const now = b.items.filter((pair) => !(came(pair.key) && came(pair.value)))
    return old.length === now.length && old.every((pair, i) => equalPair(pair, now[i]))
  }
  const equalPair = (a: ParsedPair, b: ParsedPair | undefined): boolean =>
    b !== undefined && equal(a.key, b.key) && equal(a.value, b.value)
  const equalItems = (a: YAMLSeq.Parsed, b: YAMLSeq.Parsed): boolean => {
    const old = (a.items as ParsedNode[]).filter((item) => !gone(item))
    const now = (b.items as ParsedNode[]).filter((item) => !came(item))
    return old.length === now.length && old.every((item, i) => equal(item, now[i] ?? null))
  }
  return before.length === after.length && before.every((root, index) => equal(root, after[index] ?? null))
}

interface Range {
  start: number
  end: number
}

/** Splices, in the old text or in the new: which of them holds or touches a node, and how far offsets move. */
interface Moves {
  old: Range[]
  now: Range[]
  /** By how much an offset behind the splice of the same index moves. */
  shifts: number[]
}

function movesOf(splices: readonly Splice[]): Moves {
  const moves: Moves = { old: [], now: [], shifts: [] }
  let shift = 0
  for (const { start, end, text } of splices) {
    moves.old.push({ start, end })
    moves.now.push({ start: start + shift, end: start + shift + text.length })
    shift += text.length - (end - start)
    moves.shifts.push(shift)
  }
  return moves
}

function moved({ old, shifts }: Moves, offset: number): number {
  const index = lastIndexWhere(old, ({ start }) => start < offset)
  return offset + (shifts[index] ?? 0)
}

function isInside(node: ParsedNode, ranges: Range[]): boolean {
  const range = ranges[lastIndexWhere(ranges, ({ start }) => start <= node.range[0])]
  return range !== undefined && contentEnd(node) <= range.end
}

function isTouched(node: ParsedNode, ranges: Range[]): boolean {
  const range = ranges[lastIndexWhere(ranges, ({ start }) => start < node.range[1])]
  return range !== undefined && range.end > node.range[0]
}

/** The last index whose range passes, by bisection: all that pass stand before all that do not. -1 for none. */
function lastIndexWhere(ranges: Range[], passes: (range: Range) => boolean): number {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    const range = ranges[middle]
    if (range !== undefined && passes(range)) low = middle + 1
    else high = middle
  }
  return low - 1
}
