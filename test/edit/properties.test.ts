import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseAllDocuments } from 'yaml'
import { parseImageName } from '../../src/domain/image.ts'
import { setImage } from '../../src/edit/set-image.ts'
import { assertSound } from './generate/sound.ts'

const IMAGE = parseImageName('ghcr.io/acme/web')
const OPTIONS = { addUnder: '', app: 'web' }
const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/)
const path = fc.constantFrom(
  'kustomization.yaml',
  'values.yaml',
  'deployment.yaml',
  'chart/values-x.json',
  'a.tmpl',
)

/** A manifest with one slot for a scalar that says the version, and that scalar's present text. */
const manifest = fc.record({
  shape: fc.constantFrom(
    ['kustomization.yaml', '', 'images:\n- name: ghcr.io/acme/web\n  newTag: '],
    ['kustomization.yaml', '', 'namePrefix: x-\nimages:\n  - newTag: ', '\n    name: ghcr.io/acme/web'],
    ['values.yaml', '', 'a:\n  b:\n    - image:\n        repository: ghcr.io/acme/web\n        tag: '],
    ['values.yaml', '', 'image: {registry: ghcr.io, tag: ', ', repository: acme/web}'],
    ['pod.yaml', 'ghcr.io/acme/web:', 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: '],
    [
      'pod.yaml',
      'ghcr.io/acme/web:',
      '{apiVersion: v1, kind: Pod, spec: {containers: [{image: ',
      ', name: x}]}}',
    ],
  ),
  old: fc.oneof(tag, fc.constantFrom('1.10', '1234e56', '0755', 'on', '12_3', 'null', '2026-01-02')),
  quote: fc.constantFrom('', '"', "'"),
  before: fc.constantFrom('', '---\n', '# ünï 🚢\n\n', '\uFEFF', '\uFEFF# c\n', '%YAML 1.2\n---\n'),
  behind: fc.constantFrom('', '\n', ' # c\n', '\n\n\n', '\n...\n', '\n---\n# next\nimages: []\n', '\n# end'),
  crlf: fc.boolean(),
})

test('every byte outside of the one scalar is equal, and it reads as the wished string', () => {
  fc.assert(
    fc.property(manifest, tag, ({ shape, old, quote, before, behind, crlf }, wished) => {
      const [path = '', name = '', head = '', tail = ''] = shape
      const lineEnds = (text: string) => (crlf ? text.replaceAll('\n', '\r\n') : text)
      const left = lineEnds(before + head)
      const right = lineEnds(tail + behind)
      const text = `${left}${quote}${name}${old}${quote}${right}`
      const report = setImage([{ path, text }], IMAGE, { tag: wished })
      assert.deepEqual(report.refusals, [])
      assert.deepEqual(
        report.sightings.map((sighting) => sighting.tag ?? 'null'),
        [old],
      )
      const after = report.edits[0]?.after ?? text
      assert.ok(after.startsWith(left) && after.endsWith(right), after)
      const scalar = after.slice(left.length, after.length - right.length)
      assert.ok([`${name}${wished}`, `"${name}${wished}"`, `'${name}${wished}'`].includes(scalar), scalar)
      if (quote !== '') assert.equal(scalar, `${quote}${name}${wished}${quote}`)
      for (const version of ['1.1', '1.2'] as const) {
        assert.equal(parseAllDocuments(scalar, { version })[0]?.toJS(), `${name}${wished}`)
      }
      assert.deepEqual(setImage([{ path, text: after }], IMAGE, { tag: wished }).edits, [])
    }),
    { numRuns: 3_000 },
  )
})

const fragments = fc.constantFrom(
  ...[
    ...[
      'images:',
      '- ',
      'name: ',
      'ghcr.io/acme/web',
      'newTag: ',
      'v1',
      'digest: ',
      'image: ',
      'repository: ',
    ],
    ...[
      'tag: ',
      ':',
      '@sha256:0',
      '\n',
      '\n  ',
      '\n    ',
      '\r\n',
      '\t',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '"',
      "'",
      '#',
    ],
    ...[
      '&a ',
      '*a',
      '<<: ',
      '|\n',
      '>-\n',
      '---\n',
      '...\n',
      '%YAML 1.1\n',
      '!!str ',
      '? ',
      '~',
      '\uFEFF',
      '\0',
    ],
    ...[
      ' # supercargo: web:tag',
      ' # supercargo: ghcr.io/acme/web',
      ' // supercargo: web:version\n',
      '{{ if }}',
      '/*',
    ],
    ...['apiVersion: v1\nkind: Pod\n', 'resources: [', '../x', 'components: [', '\u2028', '\uD800'],
  ],
)
const noise = fc.oneof(
  fc
    .array(fc.oneof({ weight: 9, arbitrary: fragments }, fc.string({ maxLength: 4 })), { maxLength: 40 })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
)

test('no text makes it throw, and what it changes it changes once', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ path, text: noise }), { maxLength: 3 }), tag, (files, wished) => {
      assertSound(files, IMAGE, { tag: `v9.9.9-${wished}` }, OPTIONS)
    }),
    { numRuns: 5_000, includeErrorInReport: true },
  )
})
