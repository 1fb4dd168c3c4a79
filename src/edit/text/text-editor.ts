import { behindName } from '../behind-name.ts'
import type { Place, Range, Refusal, Splice, Subject, TextFile } from '../editor.ts'
import { findMarkers, type Marker } from '../markers/marker.ts'
import { MARKER_MESSAGES, type MarkerCode } from '../markers/messages.ts'
import { presentVersion, rewrite } from '../markers/rewrite.ts'
import { isProse, needlesOf } from '../search/mention.ts'
import { wholePart } from '../yaml/parts.ts'
import { isTyped, readsAsString } from '../yaml/plain.ts'
import { blockComments } from './comments.ts'
import { type ImageOnLine, imagesOnLine, nameIn } from './image-line.ts'
import { lineStyleOf, needsQuotes } from './kinds.ts'
import { type MarkedValue, markedValue } from './marked-line.ts'

/** The format of a place that was found by reading lines, without knowing what they are part of. */
export const LINE_FORMAT = 'line'

export interface TextPlace extends Place {
  /** Offset in the file. */
  at: number
}

export interface TextPlaces {
  places: TextPlace[]
  /** Values that a marker gives to another app or image. */
  foreign: Range[]
}

/**
 * Reads ranges of a file line by line: values that a marker stands behind, and, in what is YAML or JSON only
 * when it is rendered, each literal `image: name:tag`. Never throws. `isYaml`: the ranges are of a file that
 * should be YAML.
 */
export function readText(
  file: TextFile,
  ranges: readonly Range[],
  isYaml: boolean,
  subject: Subject | undefined,
): TextPlaces {
  const { path, text } = file
  const found: TextPlaces = { places: [], foreign: [] }
  if (ranges.length === 0) return found
  const style = isYaml ? ':' : lineStyleOf(path)
  const position = wholePart(text).position
  const isIn = (at: number) => ranges.some(({ start, end }) => at >= start && at < end)
  const context: Context = {
    path,
    text,
    position,
    mustQuote: needsQuotes(path),
    isYaml: isYaml || style === ':',
  }

  for (const marker of subject === undefined ? [] : findMarkers(text, subject)) {
    if (subject !== undefined && isIn(marker.start)) readMarker(context, marker, subject, found)
  }
  if (style === null) return found
  const words = subject === undefined ? ['image'] : needlesOf(subject)
  let comments: Range[] | null = null
  for (const line of linesWith(text, words)) {
    if (!isIn(line.start)) continue
    for (const image of imagesOnLine(text.slice(line.start, line.end), style, context.mustQuote)) {
      comments ??= blockComments(text, !context.mustQuote)
      const at = line.start + image.start
      if (comments.some(({ start, end }) => at >= start && at < end)) continue
      const place = linePlace(context, at, image)
      if (place !== null) found.places.push(place)
    }
  }
  return found
}

interface Context {
  path: string
  text: string
  position(at: number): { line: number; column: number }
  /** Only what stands in quotes is a string. */
  mustQuote: boolean
  /** A value without quotes is read as YAML reads it. */
  isYaml: boolean
}

function readMarker(context: Context, marker: Marker, subject: Subject, found: TextPlaces): void {
  const { path, text, mustQuote } = context
  if (isProse(path) && !text.startsWith('<!--', marker.start)) return
  const lineStart = text.lastIndexOf('\n', marker.start - 1) + 1
  const line = lineAt(text, marker.start)
  const value = markedValue(text.slice(line.start, line.end), marker.start - lineStart, mustQuote)
  if (value === null) return
  if (!marker.isOurs) {
    if (typeof value !== 'string') found.foreign.push(shifted(value, lineStart))
    return
  }
  found.places.push(
    typeof value === 'string'
      ? markedPlace(context, marker, { start: marker.start, end: marker.start }, () => value)
      : valuePlace(context, marker, value, lineStart, subject),
  )
}

function valuePlace(
  context: Context,
  marker: Marker,
  value: MarkedValue,
  lineStart: number,
  { image }: Subject,
): TextPlace {
  const { part } = marker
  const range = shifted(value, lineStart)
  if (part === null) return markedPlace(context, marker, range, () => 'unknown-part')
  const place = markedPlace(context, marker, range, (wish) => {
    const change = rewrite(value.text, part, image, wish)
    if (change === null || typeof change === 'string') return change ?? []
    const now = value.text.slice(0, change.start) + change.text + value.text.slice(change.end)
    const quotes = context.isYaml && !value.isQuoted && isTyped(now)
    return quotes
      ? [{ ...range, text: JSON.stringify(now) }]
      : [{ ...shifted(change, range.start), text: change.text }]
  })
  return { ...place, ...presentVersion(value.text, part, image) }
}

function linePlace(context: Context, at: number, image: ImageOnLine): TextPlace | null {
  const name = nameIn(image.text)
  if (name === null) return null
  const version = image.text.slice(name.written.length)
  const [, tag = null, digest = null] = /^(?::([\w.-]+))?(?:@(.+))?$/.exec(version) ?? []
  const isLiteral = image.isLiteral && (version === '' || tag !== null || digest !== null)
  const details = { format: LINE_FORMAT, at, names: [name.written], tag, digest }
  const place = makePlace(context, details, (wish) => {
    if (!isLiteral) return 'not-literal'
    const now = `${wish.name ?? name.written}${behindName({ tag, digest }, wish)}`
    if (now === image.text && (image.isQuoted || readsAsString(now))) return []
    const text = image.isQuoted || readsAsString(now) ? now : JSON.stringify(now)
    return [{ start: at, end: at + image.text.length, text }]
  })
  return { ...place, takesDigest: true }
}

type Splices = (wish: Parameters<Place['splices']>[0]) => Splice[] | MarkerCode

function markedPlace(context: Context, { format }: Marker, marked: Range, splices: Splices): TextPlace {
  const place = makePlace(context, { format, at: marked.start, names: [], tag: null, digest: null }, splices)
  return { ...place, marked }
}

function makePlace(
  { path, position }: Context,
  { at, ...rest }: Pick<TextPlace, 'format' | 'names' | 'tag' | 'digest' | 'at'>,
  splices: Splices,
): TextPlace {
  const place = { ...rest, at, ...position(at), adds: false, isShared: () => false }
  const refuse = (code: MarkerCode): Refusal => ({
    code,
    message: MARKER_MESSAGES[code],
    path,
    line: place.line,
    column: place.column,
  })
  return {
    ...place,
    splices: (wish) => {
      const made = splices(wish)
      return typeof made === 'string' ? refuse(made) : made
    },
  }
}

/** The lines that hold one of the words, each once; without their ends. */
function linesWith(text: string, words: readonly string[]): Range[] {
  const lines = new Map<number, Range>()
  for (const word of words) {
    for (let at = text.indexOf(word); at !== -1; ) {
      const line = lineAt(text, at)
      lines.set(line.start, line)
      at = text.indexOf(word, Math.max(line.end, at + 1))
    }
  }
  return [...lines.values()]
}

function lineAt(text: string, at: number): Range {
  const start = text.lastIndexOf('\n', at - 1) + 1
  const newline = text.indexOf('\n', at)
  const end = newline === -1 ? text.length : newline
  return { start, end: end > at && text.charAt(end - 1) === '\r' ? end - 1 : end }
}

function shifted(range: Range, by: number): Range {
  return { start: range.start + by, end: range.end + by }
}
