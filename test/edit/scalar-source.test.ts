import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Document, isMap, parseDocument, Scalar } from 'yaml'
import { applySplices } from '../../src/edit/apply-splices.ts'
import { type ScalarSource, sourceOf } from '../../src/edit/yaml/scalar-source.ts'

const line = fc.oneof(
  fc.constantFrom('', 'image:', "  tag: 'v1' # c", '    deeper "x"', 'ü 🚢', '- a', '\\n', "it's", '#'),
  fc.string({ maxLength: 12 }),
)
const sample = fc.record({
  before: fc.array(line, { maxLength: 5 }),
  after: fc.array(line, { maxLength: 5 }),
  lead: fc.constantFrom('', '  ', '  tag: ', 'a "'),
  style: fc.constantFrom('BLOCK_LITERAL', 'BLOCK_FOLDED', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'),
  crlf: fc.boolean(),
  width: fc.constantFrom(0, 20),
  added: fc.constantFrom('v2', '"1.10"', "it's", 'a: b', '\\', 'ü'),
})

test('a word inside of a value is replaced in the source, in every style', () => {
  fc.assert(
    fc.property(sample, ({ before, after, lead, style, crlf, width, added }) => {
      const value = [...before, `${lead}WORD`, ...after].join('\n')
      const text = written(value, style, crlf, width)
      const read = readValue(text)
      fc.pre(read?.value.includes('WORD') === true && text.includes('WORD'))
      const start = read.value.indexOf('WORD')
      const splice = { start, end: start + 4, text: added }
      const made = read.source?.toSource(splice)
      assert.ok(made, JSON.stringify({ text, value: read.value }))
      assert.deepEqual(read.source?.toValue(made), splice)
      assert.equal(readValue(applySplices(text, [made]))?.value, applySplices(read.value, [splice]), text)
    }),
    { numRuns: 5_000 },
  )
})

test('a line is added below another one in a literal block and in double quotes', () => {
  for (const crlf of [false, true]) {
    for (const style of ['BLOCK_LITERAL', 'QUOTE_DOUBLE'] as const) {
      const text = written('image:\n  name: web\nreplicas: 2\n', style, crlf, 0)
      const read = readValue(text)
      const splice = { start: 18, end: 18, text: '\n  tag: v2' }
      const made = read?.source?.toSource(splice)
      assert.ok(made)
      assert.deepEqual(read?.source?.toValue(made), splice)
      const after = readValue(applySplices(text, [made]))
      assert.equal(after?.value, 'image:\n  name: web\n  tag: v2\nreplicas: 2\n')
    }
  }
})

test('what a style cannot hold in place is refused', () => {
  const folded = readValue('values: >\n  a\n  b\n')
  assert.equal(folded?.source?.toSource({ start: 1, end: 1, text: '\nc' }), null)
  const single = readValue("values: 'a\n  b'\n")
  assert.equal(single?.source?.toSource({ start: 1, end: 1, text: '\nc' }), null)
  const blank = readValue('values: |\n  a\n\n  b\n')
  assert.equal(blank?.source?.toSource({ start: 2, end: 2, text: 'c' }), null)
  const escaped = readValue('values: "a\\\n  b"\n')
  assert.equal(escaped?.source?.toSource({ start: 0, end: 2, text: 'c' }), null)
  assert.equal(readValue('values: plain text\n')?.source, null)
})

/** A document whose one value is written in a style, or in another where the style cannot hold it. */
function written(value: string, style: Scalar.Type, crlf: boolean, lineWidth: number): string {
  const scalar = new Scalar(value)
  scalar.type = style
  const text = new Document({ before: 1, values: scalar }).toString({ lineWidth })
  return crlf ? text.replaceAll('\n', '\r\n') : text
}

function readValue(text: string): { value: string; source: ScalarSource | null } | null {
  const { contents, errors } = parseDocument(text, { schema: 'failsafe' })
  const node = isMap(contents) && errors.length === 0 ? contents.get('values', true) : null
  if (!(node instanceof Scalar) || node.range == null) return null
  return { value: String(node.value), source: sourceOf(text, node as Scalar.Parsed) }
}
