import { oneLine } from './markdown.ts'

const SKIP_CI =
  /\[\s*(?:skip[\s-]?ci|ci[\s-]?skip|no[\s-]?ci|skip[\s-]?actions|actions[\s-]?skip|skip[\s-]?azp)\s*\]|\*{3}no_ci\*{3}|\bskip-checks\s*:\s*true\b/gi
const CLOSING =
  /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?|implement(?:s|ed|ing)?)(\s*:?\s+)(?=\S*[#!]\d|https?:|GH-\d|GL-\d)/gi
const REFERENCE = /(^|[^\p{L}\p{N}_/])[@#!](?=[\p{L}\p{N}_])/gu
const QUALIFIED = /[#!](?=\d)/g

/**
 * Foreign text on its way into a commit message: one line of at most `limit` characters that skips no CI,
 * closes no issue, mentions nobody and cannot be read as a trailer of its own.
 */
export function plainLine(text: string, limit = 100): string {
  let line = oneLine(text, limit)
  for (let before = ''; before !== line; ) {
    before = line
    line = withoutOrders(line)
  }
  return line
}

/** Taking a word out may put another one together, as in `[skip [skip ci]ci]`: the caller repeats it. */
function withoutOrders(line: string): string {
  return line
    .replace(SKIP_CI, '')
    .replace(CLOSING, '')
    .replace(REFERENCE, '$1')
    .replace(QUALIFIED, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** `Key: value` lines as git-interpret-trailers(1) reads them; empty values are left out. */
export function trailers(entries: readonly [string, string][]): string {
  return entries
    .map(([key, value]) => [key, oneLine(value, 500)] as const)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n')
}

/** The values of the trailers of that name in a message's last paragraph, in their order. */
export function readTrailers(message: string, key: string): string[] {
  const paragraph =
    message
      .trimEnd()
      .split(/\n\s*\n/)
      .at(-1) ?? ''
  const prefix = `${key.toLowerCase()}:`
  return paragraph
    .split('\n')
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => line.slice(prefix.length).trim())
}
