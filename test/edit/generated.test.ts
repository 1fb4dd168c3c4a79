import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CORE_SCHEMA, loadAll, YAML11_SCHEMA } from 'js-yaml'
import { parseAllDocuments } from 'yaml'
import { parseImageName } from '../../src/domain/image.ts'
import { findImages, setImage } from '../../src/edit/set-image.ts'
import { plainValue, print } from './generate/print.ts'
import { IMAGE, manifest } from './generate/tree.ts'

const NAME = parseImageName(IMAGE)
const wished = fc.constantFrom(
  'v2',
  '1.20',
  '0755',
  '1234567',
  '12e4567',
  'no',
  'null',
  '2024-06-30',
  'pr-7',
  '_x',
)
const sample = wished.chain((tag) =>
  fc.record({
    tag: fc.constant(tag),
    manifest: manifest(tag),
    choices: fc.array(fc.nat(59), { minLength: 40, maxLength: 80 }),
    crlf: fc.boolean(),
  }),
)

test('in any manifest of any format nothing but the versions changes, for every parser', () => {
  let edited = 0
  fc.assert(
    fc.property(sample, ({ tag, manifest: { path, tree }, choices, crlf }) => {
      let next = 0
      const choose = (n: number) => (choices[next++ % choices.length] ?? 0) % n
      const { pieces, slots } = print(tree, path.endsWith('.json'), choose)
      const lineEnds = (text: string) => (crlf ? text.replaceAll('\n', '\r\n') : text)
      const [first = '', ...rest] = pieces.map(lineEnds)
      const text = rest.reduce((sum, piece, n) => sum + (slots[n]?.text ?? '') + piece, first)

      const report = setImage([{ path, text }], NAME, { tag })
      assert.deepEqual(report.refusals, [], text)
      assert.equal(report.sightings.length, slots.length, text)
      const after = report.edits[0]?.after ?? text
      const expected = rest.reduce((sum, piece, n) => {
        const now = slots[n]?.now ?? ''
        const quotes = slots[n]?.quote === '' ? ['', '"'] : [slots[n]?.quote ?? '']
        const spelling = quotes
          .map((quote) => `${quote}${now}${quote}`)
          .find((spelled) => {
            return after.startsWith(spelled + piece.slice(0, 1), sum.length)
          })
        assert.ok(spelling !== undefined, after)
        return sum + spelling + piece
      }, first)
      assert.equal(after, expected)
      for (const read of readers(after)) assert.deepEqual(read, plainValue(tree, 'now'), after)

      assert.deepEqual(setImage([{ path, text: after }], NAME, { tag }).edits, [])
      const seen = findImages([{ path, text: after }], NAME).sightings
      assert.deepEqual(new Set(seen.map((sighting) => sighting.tag)), new Set(slots.map(() => tag)))
      if (after !== text) edited++
    }),
    { numRuns: 600 },
  )
  assert.ok(edited > 300, String(edited))
})

/** The first document for two parsers, by the rules of two versions of YAML each. */
function readers(text: string): unknown[] {
  return [
    parseAllDocuments(text, { version: '1.1' })[0]?.toJS(),
    parseAllDocuments(text, { version: '1.2' })[0]?.toJS(),
    loadAll(text, { schema: YAML11_SCHEMA })[0],
    loadAll(text, { schema: CORE_SCHEMA })[0],
  ]
}
