import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { isMap, isScalar, isSeq, parseAllDocuments } from 'yaml'
import { parseImageName } from '../../src/domain/image.ts'
import type { TextFile } from '../../src/edit/editor.ts'
import { findImages, setImage } from '../../src/edit/set-image.ts'

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
      isSound(files, wished)
    }),
    { numRuns: 5_000 },
  )
})

const golden = join(import.meta.dirname, 'golden')
const samples = readdirSync(golden, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /[\\/]before(?:$|[\\/])/.test(entry.parentPath))
  .map((entry) => ({ path: entry.name, text: readFileSync(join(entry.parentPath, entry.name), 'utf8') }))

test('manifests with random damage are edited soundly or refused', () => {
  const damage = fc.record({
    file: fc.constantFrom(...samples),
    cuts: fc.array(
      fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), drop: fc.nat(3), add: fragments }),
      {
        maxLength: 3,
      },
    ),
  })
  fc.assert(
    fc.property(damage, tag, ({ file, cuts }, wished) => {
      const text = cuts.reduce((whole, { at, drop, add }) => {
        const cut = Math.floor(at * whole.length)
        return whole.slice(0, cut) + add + whole.slice(cut + drop)
      }, file.text)
      isSound([{ path: file.path, text }], wished)
    }),
    { numRuns: 5_000 },
  )
})

/** Whatever the files are: no throw, twice is once, and readers see nothing changed but versions. */
function isSound(files: TextFile[], wished: string): void {
  const distinct = [...new Map(files.map((file) => [file.path, file])).values()]
  findImages(distinct, IMAGE)
  const report = setImage(distinct, IMAGE, { tag: wished }, OPTIONS)
  if (report.refusals.length > 0) assert.deepEqual(report.edits, [])
  for (const { path, before, after } of report.edits) {
    assert.notEqual(before, after)
    assert.ok(distinct.some((file) => file.path === path && file.text === before))
    const changed = leaves(after)
    // What is no YAML to begin with has no values that a YAML reader would see.
    for (const [at, value] of /\.(?:ya?ml|json)$/.test(path) ? leaves(before) : []) {
      const now = changed.get(at)
      const isList = at.endsWith('/images') && value === ''
      if (now === value || at.endsWith('/digest') || (value.startsWith('sha256:') && now === '') || isList)
        continue
      const isVersion = now === wished || now?.endsWith(`:${wished}`)
      // Where a marker says so, also a part of a longer string, a name, or a version without its `v`.
      const isMarked = now?.includes(wished) || now === IMAGE.written || `v${now}` === wished
      assert.ok(isVersion || (before.includes('supercargo:') && isMarked), `${at}: ${now}`)
    }
  }
  const again = distinct.map(
    (file) => report.edits.find(({ path }) => path === file.path)?.after ?? file.text,
  )
  const second = setImage(
    distinct.map(({ path }, index) => ({ path, text: again[index] ?? '' })),
    IMAGE,
    { tag: wished },
    OPTIONS,
  )
  assert.deepEqual(second.edits, [])
}

/** Every scalar by its path through keys and indices, aliases not followed, also inside of texts named `values`. */
function leaves(text: string): Map<string, string> {
  const found = new Map<string, string>()
  const walk = (node: unknown, at: string): void => {
    if (isMap(node)) for (const { key, value } of node.items) walk(value, `${at}/${key}`)
    else if (isSeq(node)) node.items.forEach((item, index) => void walk(item, `${at}/${index}`))
    else if (isScalar(node)) {
      const inner = at.endsWith('/values') ? leaves(String(node.value)) : new Map<string, string>()
      if (inner.size < 2) found.set(at, String(node.value).trim())
      for (const [path, value] of inner) found.set(`${at}|${path}`, value)
    }
  }
  parseAllDocuments(text, { ...LENIENT, schema: 'failsafe' }).forEach((document, index) => {
    if (document.errors.length === 0) walk(document.contents, `${index}`)
  })
  return found
}

const LENIENT = { uniqueKeys: false, strict: false, logLevel: 'silent' } as const
