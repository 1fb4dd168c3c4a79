/** A line of a comment that its author speaks, and does not only show or quote. */
export interface SpokenLine {
  /** From 1. */
  line: number
  text: string
}

const LIST = String.raw`(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*`
const FENCE = new RegExp(`^([ \\t]*${LIST})(\`{3,}(?!.*\`)|~{3,})`)
const QUOTE = new RegExp(`^[ \\t]*${LIST}>`)
const INDENTED = /^(?: {4}| {0,3}\t)/
/** Elements whose text is shown as code or as a quote. */
const SHOWING = /<(pre|code|blockquote|script|style|textarea)(?=[\s>/])/gi
const FORWARDED = /^(?:-{2,} ?Original Message ?-{2,}|_{20,}|On .{1,300} wrote:)$/i
/** RFC 3676, section 4.3. */
const SIGNATURE = '-- '

/**
 * The lines that stand outside of code blocks, code spans, quotes and HTML comments, and above the signature and the
 * quoted original of an e-mail. Where Markdown leaves room, a line is not spoken: a command that is not carried out is
 * written again, one that nobody gave is not taken back.
 * https://spec.commonmark.org/0.31.2/ and, for `>>>`, https://docs.gitlab.com/user/markdown/#blockquotes
 *
 * Takes time in proportion to the comment's length.
 */
export function spokenLines(comment: string): SpokenLine[] {
  const text = spokenBlocks(comment.split(/\r\n|\r|\n/)).join('\n')
  return withoutCodeSpans(text)
    .split('\n')
    .map((each, index) => ({ line: index + 1, text: each }))
    .filter((each) => each.text.trim() !== '')
}

/** The same lines, with those that are not spoken empty. */
function spokenBlocks(lines: readonly string[]): string[] {
  const lastCommentEnd = lines.findLastIndex((line) => line.includes('-->'))
  let hiddenUntil: ((line: string) => boolean) | null = null
  let quoted = false
  let ended = false
  return lines.map((line, index) => {
    if (hiddenUntil !== null) {
      if (hiddenUntil(line)) hiddenUntil = null
      return ''
    }
    ended ||= line === SIGNATURE || (FORWARDED.test(line.trim()) && !isQuote(nextText(lines, index)))
    if (ended) return ''
    if (line.trim() === '') {
      quoted = false
      return ''
    }
    const fence = FENCE.exec(line)
    if (fence !== null) {
      quoted = false
      hiddenUntil = fenceEnd(fence[1] ?? '', fence[2] ?? '')
      return ''
    }
    if (line.trimEnd() === '>>>') {
      hiddenUntil = (later) => later.trimEnd() === '>>>'
      return ''
    }
    if (isQuote(line)) {
      quoted = isParagraph(line)
      return ''
    }
    const { text, until } = withoutHtml(line, index < lastCommentEnd)
    hiddenUntil = until
    return quoted || INDENTED.test(line) ? '' : text
  })
}

function nextText(lines: readonly string[], index: number): string {
  return lines.slice(index + 1, index + 4).find((line) => line.trim() !== '') ?? ''
}

function isQuote(line: string): boolean {
  return QUOTE.test(line)
}

/** Whether the next line belongs to the quote although it has no mark. */
function isParagraph(quote: string): boolean {
  const text = quote.replace(/^[ \t>]+/, '')
  return text.trim() !== '' && !FENCE.test(text)
}

function fenceEnd(before: string, fence: string): (line: string) => boolean {
  const deepest = before.length + 3
  return (line) => {
    const [, indent = '', run = ''] = /^([ \t]*)(`+|~+)[ \t]*$/.exec(line) ?? []
    return run.startsWith(fence) && indent.length <= deepest
  }
}

interface WithoutHtml {
  text: string
  until: ((line: string) => boolean) | null
}

function withoutHtml(line: string, commentEnds: boolean): WithoutHtml {
  const bare = line.replace(/`[^`]*`/g, '')
  for (const [, tag = ''] of bare.matchAll(SHOWING)) {
    const end = `</${tag.toLowerCase()}`
    const lower = bare.toLowerCase()
    if (lower.lastIndexOf(end) > lower.lastIndexOf(`<${tag.toLowerCase()}`)) continue
    return { text: '', until: (later) => later.toLowerCase().includes(end) }
  }
  if (!bare.includes('<!--')) return { text: line, until: null }
  const begins = line.trimStart().startsWith('<!--')
  let text = line
  for (;;) {
    const start = text.indexOf('<!--')
    if (start === -1) return { text: begins ? '' : text, until: null }
    const end = text.indexOf('-->', start + 4)
    if (end === -1) {
      const opens = begins || commentEnds
      const before = opens ? text.slice(0, start) : text
      return { text: begins ? '' : before, until: opens ? (later) => later.includes('-->') : null }
    }
    text = `${text.slice(0, start)}${text.slice(end + 3)}`
  }
}

/** Lines that begin inside of a code span begin with its mark afterwards. */
function withoutCodeSpans(text: string): string {
  return text.replace(/(?<![\\`])(`+)(?!`)(?:(?!\n\n)[\s\S])*?(?<!`)\1(?!`)/g, (span) =>
    span.replaceAll('\n', '\n`'),
  )
}
