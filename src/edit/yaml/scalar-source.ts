import type { Scalar } from 'yaml'
import type { Range, Splice } from '../editor.ts'
import { blockUnits } from './block-units.ts'
import { lineEndAt } from './lines.ts'
import { quotedUnits } from './quoted-units.ts'

/** Where each UTF-16 code unit of a scalar's value stands in the source text. */
export interface ValueUnits {
  /** By offset in the value, and one more for its end; -1 where the unit has no place of its own. */
  starts: number[]
  ends: number[]
  /** What stands before every line of a block scalar. */
  indent: string
}

/** A scalar whose value can be changed in part: splices of the value become splices of the source, and back. */
export interface ScalarSource {
  /** Offset in the source of an offset in the value, or the nearest one before it. */
  offset(at: number): number
  /** Null where the source of the range is not clear, or the style cannot hold the text. */
  toSource(splice: Splice): Splice | null
  toValue(splice: Splice): Splice | null
}

/** Null for a plain scalar, and where the source does not add up to the value. */
export function sourceOf(text: string, scalar: Scalar.Parsed): ScalarSource | null {
  const units = unitsOf(text, scalar)
  if (units === null) return null
  const value = String(scalar.value)
  const { starts, ends, indent } = units
  const lineEnd = lineEndAt(text, scalar.range[0])
  const isFirst = (at: number) => at === 0 || value.charAt(at - 1) === '\n'
  const isLast = (at: number) => at === value.length || value.charAt(at) === '\n'

  const rangeOf = ({ start, end }: Range): Range | null => {
    const from = starts[start] ?? -1
    const to = end > start ? (ends[end - 1] ?? -1) : from
    const isWhole = starts.slice(start + 1, end).every((next, index) => next === ends[start + index])
    return from === -1 || to === -1 || !isWhole ? null : { start: from, end: to }
  }
  const encoded = (added: string): string | null => {
    switch (scalar.type) {
      case 'QUOTE_DOUBLE':
        return JSON.stringify(added).slice(1, -1)
      case 'QUOTE_SINGLE':
        return added.includes('\n') ? null : added.replaceAll("'", "''")
      case 'BLOCK_LITERAL':
        return added.replaceAll('\n', lineEnd + indent)
      default:
        return added.includes('\n') ? null : added
    }
  }
  const decoded = (added: string): string => {
    switch (scalar.type) {
      case 'QUOTE_DOUBLE':
        return JSON.parse(`"${added}"`)
      case 'QUOTE_SINGLE':
        return added.replaceAll("''", "'")
      default:
        return added.replaceAll(lineEnd + indent, '\n')
    }
  }
  return {
    offset: (at) => starts.slice(0, at + 1).findLast((start) => start !== -1) ?? scalar.range[0],
    toSource: (splice) => {
      const range = rangeOf(splice)
      const added = encoded(splice.text)
      const onEmptyLine = indent !== '' && isFirst(splice.start) && isLast(splice.start)
      return range === null || added === null || (onEmptyLine && splice.text !== '')
        ? null
        : { ...range, text: added }
    },
    toValue: ({ start, end, text: added }) => {
      const from = starts.indexOf(start)
      const to = end === start ? from : ends.indexOf(end) + 1
      return from === -1 || to < from ? null : { start: from, end: to, text: decoded(added) }
    },
  }
}

function unitsOf(text: string, scalar: Scalar.Parsed): ValueUnits | null {
  if (typeof scalar.value !== 'string') return null
  switch (scalar.type) {
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE':
      return quotedUnits(text, scalar, scalar.value)
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return blockUnits(text, scalar, scalar.value)
    default:
      return null
  }
}
