import type { Splice } from './editor.ts'

/** Sorted by start, equal ones once; null when two of them overlap. */
export function inOrder(splices: readonly Splice[]): Splice[] | null {
  const ordered = [...splices].sort((a, b) => a.start - b.start || a.end - b.end)
  const distinct = ordered.filter((splice, index) => !isSame(splice, ordered[index - 1]))
  const overlaps = distinct.some((splice, index) => splice.start < (distinct[index - 1]?.end ?? 0))
  return overlaps ? null : distinct
}

/** The text after splices that are in order. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let at = 0
  const parts: string[] = []
  for (const splice of splices) {
    parts.push(text.slice(at, splice.start), splice.text)
    at = splice.end
  }
  return parts.join('') + text.slice(at)
}

function isSame(a: Splice, b: Splice | undefined): boolean {
  return b !== undefined && a.start === b.start && a.end === b.end && a.text === b.text
}
