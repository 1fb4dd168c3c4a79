import type { Scalar } from 'yaml'
import type { ValueUnits } from './scalar-source.ts'

interface Line {
  /** Offsets in the source, without indentation and line end. */
  start: number
  end: number
}

/**
 * Where the value of a literal or folded block scalar stands (https://yaml.org/spec/1.2.2/#81-block-scalar-styles);
 * null where the source does not add up to the value. The line ends between two lines of a folded scalar have
 * a place only as a whole.
 */
export function blockUnits(text: string, scalar: Scalar.Parsed, value: string): ValueUnits | null {
  const [start, end] = scalar.range
  const header = /^[|>][-+0-9]*[ \t]*(?:#.*)?\r?\n/.exec(text.slice(start, Math.min(end, start + 1000)))
  const indent = header === null ? null : indentOf(text, start + header[0].length, end, value)
  if (header === null || indent === null) return null
  const lines = linesOf(text, start + header[0].length, end, indent)
  const units: ValueUnits = { starts: [], ends: [], indent: ' '.repeat(indent) }
  let at = 0
  let breaks: Line[] = []
  for (const [index, line] of lines.entries()) {
    const content = text.slice(line.start, line.end)
    if (content !== '') {
      const gap = gapLength(value, at, content, scalar.type === 'BLOCK_FOLDED' && index > 0)
      if (gap === null) break
      addGap(units, breaks, gap, line.start)
      for (let offset = 0; offset < content.length; offset++) {
        units.starts.push(line.start + offset)
        units.ends.push(line.start + offset + 1)
      }
      at += gap + content.length
      breaks = []
    }
    breaks.push(line)
  }
  if (/[^\n]/.test(value.slice(at))) return null
  addGap(units, breaks, value.length - at, end)
  units.starts.push(value.length > at ? end : (breaks[0]?.end ?? end))
  return units.starts.length === value.length + 1 ? units : null
}

/** How many spaces stand before each line, by the first one that says something; null for none. */
function indentOf(text: string, from: number, to: number, value: string): number | null {
  const written = /^(?: *\r?\n)*?( *)[^ \r\n]/.exec(text.slice(from, to))
  const read = /^(?: *\n)*?( *)[^ \n]/.exec(value)
  const indent = (written?.[1]?.length ?? 0) - (read?.[1]?.length ?? 0)
  return written === null || read === null || indent < 0 ? null : indent
}

function linesOf(text: string, from: number, to: number, indent: number): Line[] {
  const lines: Line[] = []
  for (let start = from; start < to; ) {
    const newline = text.indexOf('\n', start)
    const next = newline === -1 || newline >= to ? to : newline + 1
    const isBroken = newline !== -1 && newline < to
    const end = isBroken ? (text.charAt(newline - 1) === '\r' ? newline - 1 : newline) : to
    const spaces = /^ */.exec(text.slice(start, Math.min(end, start + indent)))?.[0].length ?? 0
    lines.push({ start: start + spaces, end: Math.max(start + spaces, end) })
    start = next
  }
  return lines
}

/** How many line ends, or the one space of a fold, the value has before the content; null when it is not there. */
function gapLength(value: string, at: number, content: string, folded: boolean): number | null {
  let gap = 0
  while (value.charAt(at + gap) === '\n') gap++
  if (value.startsWith(content, at + gap)) {
    if (gap > 0 || at === 0) return gap
  }
  return folded && gap === 0 && value.charAt(at) === ' ' && value.startsWith(content, at + 1) ? 1 : null
}

/** The units between two lines: one for each broken line where the numbers agree. */
function addGap(units: ValueUnits, breaks: readonly Line[], count: number, next: number): void {
  for (let index = 0; index < count; index++) {
    const own = breaks[index]
    const following = index + 1 < count ? breaks[index + 1] : undefined
    const isExact = breaks.length === count || (index === 0 && count === 1)
    units.starts.push(own === undefined || !isExact ? -1 : own.end)
    units.ends.push(!isExact ? -1 : (following?.end ?? next))
  }
}
