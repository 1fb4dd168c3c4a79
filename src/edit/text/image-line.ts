import { type ImageName, readReference } from '../../domain/image.ts'
import type { Range } from '../editor.ts'
import { commentStart, MAX_LINE } from './comments.ts'

/** A literal `image: name:tag` on one line. Offsets count from the start of the line. */
export interface ImageOnLine extends Range {
  text: string
  isQuoted: boolean
  /** False where a template, a variable or an expression has a part in the version. */
  isLiteral: boolean
}

const KEY = {
  ':': /(?<![\w.$/-])(["']?)image\1[ \t]{0,20}\+?:{1,3}(?=[ \t"'])[ \t]{0,20}/g,
  '=': /(?<![\w.$/-])(["']?)image\1[ \t]{0,20}=(?!=)[ \t]{0,20}/g,
}
const PLAIN = /[A-Za-z0-9[][^\s,;"'`{}<>$%()]*/y
const BEHIND = /^(?:$|[\s]*(?:$|[,;})\]]|#|\/\/|\/\*|\{\{-?\s*\/\*))/

/** Every `image` of a line that has a value, outside of comments. */
export function imagesOnLine(line: string, style: ':' | '=', mustQuote: boolean): ImageOnLine[] {
  const found: ImageOnLine[] = []
  if (line.length > MAX_LINE) return found
  const comment = commentStart(line)
  for (const { 0: key, index } of line.matchAll(KEY[style])) {
    const at = index + key.length
    const quote = line.charAt(at)
    const isQuoted = quote === '"' || quote === "'"
    if (index >= comment || (mustQuote && !isQuoted)) continue
    const start = isQuoted ? at + 1 : at
    const end = isQuoted ? line.indexOf(quote, start) : endOfPlain(line, start)
    if (end <= start) continue
    const text = line.slice(start, end)
    const isLiteral = BEHIND.test(line.slice(isQuoted ? end + 1 : end)) && !/[{}$%\\]/.test(text)
    found.push({ start, end, text, isQuoted, isLiteral })
  }
  return found
}

/** The name in a value whose version may be filled in later; null where it names no image. */
export function nameIn(text: string): ImageName | null {
  const exact = readReference(text)
  if (exact !== null) return exact.name
  const slash = text.lastIndexOf('/')
  const mark = text.slice(slash + 1).search(/[:@]/)
  return mark === -1 ? null : (readReference(text.slice(0, slash + 1 + mark))?.name ?? null)
}

function endOfPlain(line: string, start: number): number {
  PLAIN.lastIndex = start
  return PLAIN.exec(line) === null ? -1 : PLAIN.lastIndex
}
