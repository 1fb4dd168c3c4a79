import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeBlock, codeSpan, escapeMarkdown, link } from '../../src/domain/markdown.ts'

const HOSTILE = [
  ['@org/team', /@(?=org)/],
  ['fixes #1', /#(?=1)/],
  ['acme/web!7', /!(?=7)/],
  ['GH-12', /GH-(?=12)/],
  ['see https://evil.example/x', /https:(?=\/\/)/],
  ['www.evil.example', /www\.(?=evil)/],
  ['<img src=x onerror=alert(1)>', /<|(?<!\\)>/],
  ['<!-- supercargo:v1 {} -->', /<|(?<!\\)>/],
  ['a | b', /(?<!\\)\|/],
  ['[x](javascript:alert(1))', /(?<!\\)[[\]]/],
  ['**bold** _it_ ~~no~~', /(?<!\\)[*_~]/],
  ['```\nfence', /(?<!\\)`/],
  ['line\n/merge', /\n/],
  ['\u202eevil\u200b', /\u202e/],
  ['&lt;b&gt;', /&(?!amp;|lt;)/],
] as const

test('foreign text in Markdown mentions nobody, links nothing and ends nothing', () => {
  for (const [text, alive] of HOSTILE) assert.doesNotMatch(escapeMarkdown(text), alive, text)
})

test('a leading slash never begins a line, where forges would run it as a quick action', () => {
  assert.notEqual(escapeMarkdown('/merge')[0], '/')
})

test('plain text stays as people wrote it', () => {
  assert.equal(escapeMarkdown('Fix login: "remember me" (part 2)'), 'Fix login: "remember me" (part 2)')
})

test('a long text is cut at whole characters', () => {
  assert.equal([...escapeMarkdown('😀'.repeat(300), 10)].length, 10)
})

test('a code span holds backticks and pipes without ending itself or its table cell', () => {
  assert.equal(codeSpan('a'), '`a`')
  assert.equal(codeSpan('a`b'), '``a`b``')
  assert.equal(codeSpan('`a`'), '`` `a` ``')
  assert.ok(!codeSpan('a|b').includes('|'))
  assert.ok(!codeSpan('a\nb').includes('\n'))
})

test('only http links become links', () => {
  assert.equal(link('x', 'https://a.example/b(c)'), '[x](https://a.example/b%28c%29)')
  assert.equal(link('x', 'javascript:alert(1)'), 'x')
  assert.equal(link('x', 'https://a.example/ b'), 'x')
})

test('a code block holds fences without ending itself, and shows what cannot be seen', () => {
  assert.equal(codeBlock(['+a', '-b'], 'diff'), '```diff\n+a\n-b\n```')
  assert.equal(codeBlock(['```', ' ````'], ''), '`````\n```\n ````\n`````')
  assert.equal(codeBlock(['a\nb\u202e'], ''), '```\na\\x0ab\\u{202e}\n```')
  assert.equal(codeBlock(['x'.repeat(1000)], '').length, 300 + 8)
})
