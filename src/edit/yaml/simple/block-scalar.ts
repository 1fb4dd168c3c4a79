import type { Scalar } from 'yaml'
import { SPACE } from './codes.ts'
import { spelled } from './scalars.ts'

const HEADER = /([|>])(-?) *(?=\n)/y

/**
 * Reads a literal block scalar, or a folded one whose lines are all alike, that starts at an offset. It ends behind
 * its last line end.
 * @param indent of the mapping or list that it is a value of
 */
export function blockScalarAt(text: string, at: number, indent: number): Scalar | null {
  HEADER.lastIndex = at
  const header = HEADER.exec(text)
  if (header === null) return null
  const isFolded = header[1] === '>'
  const lines: string[] = []
  /** Blank lines count only where another line follows. */
  let blanks = 0
  let end = -1
  let width = -1
  for (let start = HEADER.lastIndex + 1; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const lineEnd = newline === -1 ? text.length : newline
    let content = start
    while (text.charCodeAt(content) === SPACE) content++
    const isBlank = content >= lineEnd
    if (!isBlank && width === -1) {
      width = content - start
      if (width <= indent) return null
    }
    if (isBlank && (isFolded || content - start > Math.max(width, 0))) return null
    if (!isBlank && content - start < width) break
    if (isBlank) blanks++
    else {
      if (isFolded && content - start > width) return null
      for (; blanks > 0; blanks--) lines.push('')
      lines.push(text.slice(start + width, lineEnd))
      end = Math.min(lineEnd + 1, text.length)
    }
    start = lineEnd + 1
  }
  if (width === -1) return null
  const value = lines.join(isFolded ? ' ' : '\n') + (header[2] === '-' ? '' : '\n')
  return spelled(value, isFolded ? 'BLOCK_FOLDED' : 'BLOCK_LITERAL', at, end)
}
