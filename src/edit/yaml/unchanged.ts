import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Splice } from '../editor.ts'
import { contentEnd, type ParsedPair } from './content-end.ts'

/**
 * The proof: true when the documents before and after the splices are equal node by node, each node stands
 * where the splices moved it, and only scalars that a splice lies in have another value. A splice that lies in
 * no scalar may add or remove whole pairs and items; what these say is for the format to read again.
 */
export function unchangedOutside(
  before: readonly ParsedNode[],
  after: readonly ParsedNode[],
  splices: readonly Splice[],
): boolean {
  const moves = movesOf(splices)
  for (const root of before) markScalars(root, moves)
  // Splices that lie in scalars add and remove no nodes, which spares looking for them.
  const mayMove = moves.inScalar.includes(false)
  const gone = (node: ParsedNode | null) => node === null || isInside(node, moves.old, moves)
  const came = (node: ParsedNode | null) => node === null || isInside(node, moves.now, moves)

  const equal = (a: ParsedNode | null, b: ParsedNode | null): boolean => {
    if (a === null || b === null) return a === b
    if (a.tag !== b.tag) return false
    if (isAlias(a)) return isAlias(b) && a.source === b.source && isMoved(a, b)
    if (isAlias(b) || a.anchor !== b.anchor) return false
    if (mayMove && gone(a)) return came(b) && (isMap(a) || !isMap(b))
    if (isScalar(a)) return isScalar(b) && isMoved(a, b) && (a.value === b.value || isChanged(a, moves))
    if (moved(moves, a.range[0]) !== b.range[0]) return false
    if (isMap(a)) return isMap(b) && equalPairs(a as YAMLMap.Parsed, b as YAMLMap.Parsed)
    return isSeq(a) && isSeq(b) && equalItems(a as YAMLSeq.Parsed, b as YAMLSeq.Parsed)
  }
  const isMoved = (a: ParsedNode, b: ParsedNode): boolean =>
    moved(moves, a.range[0]) === b.range[0] && moved(moves, a.range[1]) === b.range[1]
  const equalPairs = ({ items: a }: YAMLMap.Parsed, { items: b }: YAMLMap.Parsed): boolean => {
    const old = mayMove ? a.filter((pair) => !(gone(pair.key) && gone(pair.value))) : a
    const now = mayMove ? b.filter((pair) => !(came(pair.key) && came(pair.value))) : b
    return old.length === now.length && old.every((pair, i) => equalPair(pair, now[i]))
  }
  const equalPair = (a: ParsedPair, b: ParsedPair | undefined): boolean =>
    b !== undefined && equal(a.key, b.key) && equal(a.value, b.value)
  const equalItems = (a: YAMLSeq.Parsed, b: YAMLSeq.Parsed): boolean => {
    const old = (mayMove ? a.items.filter((item) => !gone(item as ParsedNode)) : a.items) as ParsedNode[]
    const now = (mayMove ? b.items.filter((item) => !came(item as ParsedNode)) : b.items) as ParsedNode[]
    return old.length === now.length && old.every((item, i) => equal(item, now[i] ?? null))
  }
  return before.length === after.length && before.every((root, index) => equal(root, after[index] ?? null))
}

interface Range {
  start: number
  end: number
}

/** Splices in the old text and in the new, by index. */
interface Moves {
  old: Range[]
  now: Range[]
  /** By how much an offset behind the splice moves. */
  shifts: number[]
  /** Whether the splice lies in a scalar of the old text, which then remains. */
  inScalar: boolean[]
  /** In the old text: where the first splice starts, and where the last one does. */
  first: number
  last: number
}

function movesOf(splices: readonly Splice[]): Moves {
  const first = splices[0]?.start ?? 0
  const last = splices.at(-1)?.start ?? 0
  const moves: Moves = { old: [], now: [], shifts: [], inScalar: [], first, last }
  let shift = 0
  for (const { start, end, text } of splices) {
    moves.old.push({ start, end })
    moves.now.push({ start: start + shift, end: start + shift + text.length })
    shift += text.length - (end - start)
    moves.shifts.push(shift)
    moves.inScalar.push(false)
  }
  return moves
}

function markScalars(node: ParsedNode | null, moves: Moves): void {
  if (isMap(node)) {
    for (const { key, value } of (node as YAMLMap.Parsed).items) {
      markScalars(key, moves)
      markScalars(value, moves)
    }
  } else if (isSeq(node)) {
    for (const item of node.items) markScalars(item as ParsedNode, moves)
  } else if (isScalar(node)) {
    const index = changeIn(node, moves)
    if (index !== -1) moves.inScalar[index] = true
  }
}

function isChanged(scalar: ParsedNode, moves: Moves): boolean {
  return changeIn(scalar, moves) !== -1
}

/** The splice that lies in a scalar, not only beside it; -1 for none. */
function changeIn({ range }: ParsedNode, { old, first, last }: Moves): number {
  const start = range[0]
  const end = range[1]
  if (end <= first || start > last) return -1
  const index = lastIndexWhere(old, (splice) => splice.start < end)
  const splice = old[index]
  return splice !== undefined && splice.start >= start && splice.end <= end && splice.end > start ? index : -1
}

function moved({ old, shifts, first }: Moves, offset: number): number {
  if (offset <= first) return offset
  return offset + (shifts[lastIndexWhere(old, ({ start }) => start < offset)] ?? 0)
}

function isInside(node: ParsedNode, ranges: Range[], { inScalar }: Moves): boolean {
  const index = lastIndexWhere(ranges, ({ start }) => start <= node.range[0])
  const range = ranges[index]
  return range !== undefined && inScalar[index] === false && contentEnd(node) <= range.end
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
