import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { marked } from 'marked'
import { spokenLines } from '../../src/command/spoken-lines.ts'

const FENCE = '```'

/** What comments are made of, in every order; `@` becomes a command of its own. */
const PIECES = [
  ...Array<string>(6).fill('@'),
  ...['', '', 'text', '# Heading', '---', '***', '- item', '1. item', '> quote', '>', '> > deep', '- > both'],
  ...['- @', '> @', '  @', '    @', '\t@', '`@`', '<!-- x -->', '<!--', '-->', 'a <!-- b', '<!-- x --> y'],
  ...[FENCE, '~~~', '````', `${FENCE}sh`, `> ${FENCE}`, `- ${FENCE}`, `  ${FENCE}`, `    ${FENCE}`, '~~~~'],
  ...['<pre>', '</pre>', '<pre>x</pre>', '<code>', '</code>', '<blockquote>', '</blockquote>', '<details>'],
  ...['a ` b', 'a `` b', '`', 'c ` d ` e', '\\`', '| a |', '| - |', '[x]: y', '  continued', '   deeper'],
]

/** Markdown's own view, by a parser that is not ours: what is shown outside of code, quotes and comments. */
function shown(comment: string): string {
  const html = marked.parse(comment, { async: false, gfm: true, breaks: true })
  let depth = 0
  return html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .split(/(<\/?(?:pre|blockquote|code)\b[^>]*>)/i)
    .filter((part) => {
      const [, end] = /^<(\/?)(?:pre|blockquote|code)\b/i.exec(part) ?? []
      if (end !== undefined) depth = Math.max(0, depth + (end === '' ? 1 : -1))
      return end === undefined && depth === 0
    })
    .join('')
}

test('whatever is spoken is shown outside of code, quotes and comments', () => {
  let spoken = 0
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }), (pieces) => {
      const comment = pieces.map((piece, index) => piece.replaceAll('@', `/cargo s${index}x`)).join('\n')
      const said = spokenLines(comment).filter(({ text }) => /^ {0,3}\/cargo/.test(text))
      spoken += said.length
      const visible = shown(comment)
      for (const { text } of said) assert.ok(visible.includes(text.trim()), `${text} in\n${comment}`)
    }),
    { numRuns: 6000 },
  )
  assert.ok(spoken > 300, String(spoken))
})
