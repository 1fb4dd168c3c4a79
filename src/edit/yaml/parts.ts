/** A part of a file that is one or more whole YAML documents. Offsets: UTF-16 code units. */
export interface Part {
  text: string
  /** Where `text` starts in the file. */
  offset: number
  /** Line and column in the file, from 1, of an offset in `text`. */
  position(at: number): { line: number; column: number }
}

/**
 * Cuts a stream before each `---` that starts a line, which is a document marker wherever it stands
 * (https://yaml.org/spec/1.2.2/#914-explicit-documents), so that only the documents in question are parsed.
 * Directives belong to the document behind them: a stream that may have some is not cut.
 */
export function splitDocuments(text: string): Part[] {
  if (/(?:^|\n)\uFEFF?%/.test(text)) return [makePart(text, 0, 0)]
  const parts: Part[] = []
  let start = 0
  let line = 0
  for (let at = text.indexOf('\n---'); at !== -1; at = text.indexOf('\n---', at + 1)) {
    if (!/^\s?$/.test(text.charAt(at + 4))) continue
    const part = text.slice(start, at + 1)
    parts.push(makePart(part, start, line))
    line += countLines(part)
    start = at + 1
  }
  parts.push(makePart(text.slice(start), start, line))
  return parts
}

/** A whole text as one part. */
export function wholePart(text: string): Part {
  return makePart(text, 0, 0)
}

function makePart(text: string, offset: number, firstLine: number): Part {
  let starts: number[] | null = null
  return {
    text,
    offset,
    position: (at) => {
      starts ??= lineStarts(text)
      const index = lastAtMost(starts, at)
      const start = index === 0 && text.startsWith('\uFEFF') ? 1 : (starts[index] ?? 0)
      return { line: firstLine + index + 1, column: Math.max(1, at - start + 1) }
    },
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** The index of the last number that is not above the limit, by bisection; 0 when there is none. */
function lastAtMost(sorted: readonly number[], limit: number): number {
  let low = 0
  let high = sorted.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) <= limit) low = middle
    else high = middle
  }
  return low
}
