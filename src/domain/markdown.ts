import { printable } from './printable.ts'

/**
 * Foreign text on its way into Markdown of GitHub and GitLab. Everything that a person outside could have
 * written goes through one of these two: afterwards it mentions nobody, links nothing, closes nothing and
 * ends no structure around it.
 */

const ZERO_WIDTH_SPACE = '\u200b'
/** Control characters, and the bidirectional and zero-width ones that make text look like another. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu
/** `@user`, `#1`, `!1`, `$1`, `%1`, `~label`, `&1`, `^alert`: references of both forges. */
const REFERENCE = /([@#!$%~&^])(?=[\p{L}\p{N}_"])/gu
const SHORTHAND = /\b(GH-|GL-|https?:|ftp:|mailto:|www\.)/gi
/** What could begin or end a structure inside a line. */
const PUNCTUATION = /[\\`*_{}[\]|~>$]/g

/** One line of inert text, at most `limit` characters, for use inside a paragraph, list item or table cell. */
export function escapeMarkdown(text: string, limit = 200): string {
  const line = oneLine(text, limit)
  const inert = line
    .replace(REFERENCE, `$1${ZERO_WIDTH_SPACE}`)
    .replace(SHORTHAND, `$1${ZERO_WIDTH_SPACE}`)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
  const escaped = inert.replace(PUNCTUATION, '\\$&')
  return escaped.startsWith('/') ? `${ZERO_WIDTH_SPACE}${escaped}` : escaped
}

/** A code span that holds exactly this text on one line, also inside a table cell. */
export function codeSpan(text: string, limit = 200): string {
  const line = oneLine(text, limit).replaceAll('|', '\u2502')
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length))
  const fence = '`'.repeat(longest + 1)
  const pad = line.startsWith('`') || line.endsWith('`') || line === '' ? ' ' : ''
  return `${fence}${pad}${line}${pad}${fence}`
}

/** A fenced block of these lines, each at most 300 characters; what cannot be seen becomes visible. */
export function codeBlock(lines: readonly string[], language: string): string {
  const shown = lines.map((line) => printable(line.slice(0, 300)))
  const longest = Math.max(2, ...[...shown.join('\n').matchAll(/`+/g)].map((run) => run[0].length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${shown.join('\n')}\n${fence}`
}

/** A link whose text is already Markdown; a URL that is not http(s) leaves the text alone. */
export function link(markdown: string, url: string): string {
  if (!/^https?:\/\/[^\s<>"\\^`{|}]+$/.test(url)) return markdown
  return `[${markdown}](${url.replace(/[()]/g, (parenthesis) => (parenthesis === '(' ? '%28' : '%29'))})`
}

/** Markdown of at most so many UTF-16 code units: whole lines, and a last one that says that more was left out. */
export function fitting(markdown: string, limit: number): string {
  if (markdown.length <= limit) return markdown
  const rest = '\n\n… The rest is left out.'
  const end = markdown.lastIndexOf('\n', limit - rest.length)
  return `${markdown.slice(0, Math.max(0, end)).trimEnd()}${rest}`
}

/** Foreign text without line breaks and invisible characters, cut to `limit` characters. */
export function oneLine(text: string, limit: number): string {
  const line = text.replace(/\s+/g, ' ').replace(INVISIBLE, '').trim()
  const characters = [...line]
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : line
}
