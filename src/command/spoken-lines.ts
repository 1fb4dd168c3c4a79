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
const SHOWING = /<(\/?)(?:pre|code|blockquote|script|style|textarea)(?=[\s>/]|$)/gi
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
  return spokenBlocks(comment.split(/\r\n|\r|\n/))
    .map((each, index) => ({ line: index + 1, text: each }))
    .filter((each) => each.text.trim() !== '')
}

/** The same lines, with those that are not spoken empty. */
function spokenBlocks(lines: readonly string[]): string[] {
  let html: Html = { elements: 0, comment: false }
  let fence: Fence | null = null
  /** In HTML, a quote or a code span: they go on to the next empty line at the most. */
  let block = { html: false, quote: false, span: false }
  let commentIsBlock = false
  let ended = false
  return lines.map((line, index) => {
    if (ended) return ''
    if (fence !== null) {
      fence = stillOpen(fence, line)
      return ''
    }
    if (line.trim() === '') {
      // where it did not begin a line, nobody knows here whether the next lines can end it
      ended = html.comment && !commentIsBlock
      block = { html: false, quote: false, span: false }
      return ''
    }
    const hidden = isOpen(html)
    const opened = fenceOf(line)
    // whether this is a fence, or a text of HTML, depends on more than is known here
    if (opened !== null && (hidden || block.html)) ended = true
    if (!hidden) {
      const forwarded = FORWARDED.test(line.trim()) && !QUOTE.test(nextText(lines, index))
      ended ||= line === SIGNATURE || forwarded
      if (ended) return ''
      if (opened !== null) {
        fence = opened
        block.quote = false
        return ''
      }
    }
    if (QUOTE.test(line)) {
      block.quote = hidden || isParagraph(line)
      if (!hidden) return ''
    }
    block.html ||= /^ {0,3}<\/?[a-z]/i.test(line)
    const read = readHtml(line, html, block.html)
    commentIsBlock = html.comment ? commentIsBlock : /^ {0,3}<!--/.test(line) && !block.html && !hidden
    html = read.html
    const spoken = !hidden && html.elements === 0 && !block.quote && !block.span && !INDENTED.test(line)
    block.span ||= leavesSpanOpen(line)
    return spoken ? read.text : ''
  })
}

function nextText(lines: readonly string[], index: number): string {
  return lines.slice(index + 1, index + 4).find((line) => line.trim() !== '') ?? ''
}

/** Whether the next line belongs to the quote although it has no mark. */
function isParagraph(quote: string): boolean {
  const text = quote.replace(/^[ \t>]+/, '')
  return text.trim() !== '' && !FENCE.test(text)
}

/** A block of code that is open. */
interface Fence {
  /** Where its marks begin, also behind the marks of a list. */
  column: number
  /** How far its last line may be indented; -1 where it is not certain which line is the last. */
  deepest: number
  marks: string
}

function fenceOf(line: string): Fence | null {
  if (line.trimEnd() === '>>>') return { column: 0, deepest: 0, marks: '>>>' }
  const [, before = '', marks] = FENCE.exec(line) ?? []
  if (marks === undefined) return null
  const column = before.length
  if (before.includes('\t') || before.startsWith('    ')) return { column: 0, deepest: -1, marks }
  return { column, deepest: before.trim() === '' ? 3 : column + 3, marks }
}

/** A line that stands further left may have ended the list that the block was in, and the block with it. */
function stillOpen(fence: Fence, line: string): Fence | null {
  if (line.trim() === '') return fence
  if (line.length - line.trimStart().length < fence.column) return { ...fence, column: 0, deepest: -1 }
  const [, indent = '', marks = ''] = /^( *)(`+|~+|>>>)[ \t]*$/.exec(line) ?? []
  return indent.length <= fence.deepest && marks.startsWith(fence.marks) ? null : fence
}

/** What of HTML is open at the end of a line. */
interface Html {
  /** Elements that show their text. */
  elements: number
  comment: boolean
}

function isOpen({ elements, comment }: Html): boolean {
  return elements > 0 || comment
}

/** The line without HTML comments; '' when it begins with one. Comments that nobody closes hide the rest. */
function readHtml(line: string, before: Html, raw: boolean): { text: string; html: Html } {
  const bare = raw || isOpen(before) ? line : line.replace(/`[^`]*`/g, '')
  const elements = openElements(bare, before.elements)
  if (before.comment) {
    // what stands in a comment ends nothing, and it may be none
    return {
      text: '',
      html: { elements: Math.max(elements, before.elements), comment: !line.includes('-->') },
    }
  }
  if (!bare.includes('<!--')) return { text: line, html: { elements, comment: false } }
  const begins = line.trimStart().startsWith('<!--')
  let text = line
  for (;;) {
    const start = text.indexOf('<!--')
    const end = start === -1 ? -1 : text.indexOf('-->', start + 4)
    const before = start === -1 ? text : text.slice(0, start)
    if (end === -1) return { text: begins ? '' : before, html: { elements, comment: start !== -1 } }
    text = `${before}${text.slice(end + 3)}`
  }
}

/** How deep a line ends inside of elements that show their text, when it begins so deep. */
function openElements(line: string, before: number): number {
  let depth = before
  for (const [, end] of line.matchAll(SHOWING)) depth = Math.max(0, depth + (end === '' ? 1 : -1))
  return depth
}

/** Whether a code span may begin in this line that does not end in it, whatever a backslash before it means. */
function leavesSpanOpen(line: string): boolean {
  return hasUnpaired(line) || hasUnpaired(line.replaceAll('\\`', ''))
}

function hasUnpaired(line: string): boolean {
  const runs = [...line.matchAll(/`+/g)].map(([run]) => run.length)
  let at = 0
  while (at < runs.length) {
    const end = runs.indexOf(runs[at] ?? 0, at + 1)
    if (end === -1) return true
    at = end + 1
  }
  return false
}
