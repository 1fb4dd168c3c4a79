import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseImageName } from '../../src/domain/image.ts'
import type { EditReport } from '../../src/edit/editor.ts'
import { findImages, setImage } from '../../src/edit/set-image.ts'

const IMAGE = parseImageName('ghcr.io/acme/web')
const LINE = 'image: ghcr.io/acme/web:v1\n'

function edit(text: string, path = 'values.yaml'): EditReport {
  return setImage([{ path, text }], IMAGE, { tag: 'v2' })
}

function codes({ refusals }: EditReport): string[] {
  return refusals.map(({ code }) => code)
}

function item(name: string, index: number): string {
  return `- apiVersion: v1\n  kind: Pod\n  metadata: {name: ${name}-${index}}\n  spec:\n    containers:\n    - name: c\n      image: ghcr.io/acme/${name}:v1\n`
}

test('aliases that would grow beyond every measure are refused before they are followed', () => {
  const levels = Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]\n`)
  assert.deepEqual(codes(edit(`${LINE}a0: &a0 [x]\n${levels.join('')}`)), ['too-many-aliases'])
})

test('an alias inside of its own anchor is refused', () => {
  assert.deepEqual(codes(edit(`${LINE}a: &a [*a]\n`)), ['too-many-aliases'])
})

test('a document that is nested too deeply is refused, with and without the help of aliases', () => {
  for (const depth of [300, 5_000, 50_000]) {
    assert.deepEqual(codes(edit(`${LINE}a: ${'['.repeat(depth)}${']'.repeat(depth)}\n`)), ['too-deep'])
  }
  const chain = Array.from({ length: 300 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}]\n`)
  assert.deepEqual(codes(edit(`${LINE}a0: &a0 [x]\n${chain.join('')}`)), ['too-deep'])
})

test('nesting of any kind is seen before anything is built of it, for building it could end the process', () => {
  const nested = Array.from({ length: 2000 }, (_, n) => `${' '.repeat(n)}a:\n`).join('')
  for (const start of ['? '.repeat(20_000), '- '.repeat(100_000), '{a: '.repeat(20_000), nested]) {
    assert.deepEqual(codes(edit(`${start}${LINE}`)), ['too-deep'])
  }
})

test('a text of nothing but errors is left at the first one', () => {
  const { refusals } = edit(`image: {repository: ghcr.io/acme/web, tag: v1}${'}'.repeat(1_000_000)}`)
  assert.deepEqual(
    refusals.map(({ code, line, column }) => [code, line, column]),
    [['not-yaml', 1, 47]],
  )
})

test('a document over 32 MiB is refused', () => {
  assert.deepEqual(codes(edit(`${LINE}# ${'x'.repeat(33 * 1024 * 1024)}\n`)), ['too-large'])
})

test('of a file of 10 MB only the documents are parsed that could name the image', () => {
  const others = Array.from({ length: 70_000 }, (_, n) => `---\n${item('api', n).replaceAll(/^..?/gm, '')}`)
  const text = `${others.join('')}---\n${LINE}`
  assert.ok(text.length > 8_000_000)
  const { edits } = edit(text)
  assert.equal(edits[0]?.after, text.replace('web:v1', 'web:v2'))
})

test('a file of more than 100,000 lines in one document is edited', () => {
  const text = `apiVersion: v1\nkind: List\nitems:\n${Array.from({ length: 15_000 }, (_, n) => item('api', n)).join('')}${item('web', 0)}`
  assert.ok(text.split('\n').length > 100_000)
  const { edits } = edit(text, 'list.yaml')
  assert.equal(edits[0]?.after, text.replace('web:v1', 'web:v2'))
})

/** Texts that make careless patterns and loops take quadratic time or worse. */
const ADVERSARIAL: [what: string, unit: string, before: string, behind: string][] = [
  ['names in comments', '# ghcr.io/acme/web:v1\n', '', ''],
  ['names in one comment', 'ghcr.io/acme/web:v1 ', '# ', ''],
  ['names in prose', 'ghcr.io/acme/web:v1 ', '', ''],
  ['spaces behind a key', ' ', 'image:', 'ghcr.io/acme/web:v1'],
  ['spaces before a marker', ' ', 'tag: v1', '# supercargo: web:tag'],
  ['keys', 'image: ', '', 'ghcr.io/acme/web:v1'],
  ['images on one line', '{image: ghcr.io/acme/web:v1}, ', '', ''],
  ['quotes', '"', 'web: ', ' # supercargo: web:tag'],
  ['starts of comments', '{{/*', '', '\nimage: ghcr.io/acme/web:v1'],
  ['markers on one line', '# supercargo: web:tag ', '', ''],
  ['policies on one line', '# {"$imagepolicy": "flux:web"} ', '', ''],
  ['dashes', '1-', 'web: ', ' # supercargo: web:version'],
  ['words', 'a:b@c/', 'web: ', ' # supercargo: web'],
  ['line ends', '\n', '', 'image: ghcr.io/acme/web:v1'],
]

for (const [what, unit, before, behind] of ADVERSARIAL) {
  test(`10 MB of ${what} are read in linear time`, () => {
    const text = before + unit.repeat(Math.ceil(10_000_000 / unit.length)) + behind
    for (const path of ['a.tmpl', 'a.txt', 'main.tf']) {
      const started = performance.now()
      setImage([{ path, text }], IMAGE, { tag: 'v2' }, { app: 'web', policies: ['flux:web'] })
      assert.ok(performance.now() - started < 20_000, path)
    }
  })
}

test('more than 100,000 files are refused', () => {
  const files = Array.from({ length: 100_001 }, (_, n) => ({ path: `${n}.yaml`, text: '' }))
  assert.deepEqual(codes(setImage(files, IMAGE, { tag: 'v2' })), ['too-many-files'])
})

test('of 10,000 files only those are read that could name the image, and markers for others cost nothing', () => {
  const unreadable = 'tag: v1 # supercargo: api:tag\nbroken: ['
  const files = Array.from({ length: 10_000 }, (_, n) => ({ path: `${n}.yaml`, text: unreadable }))
  files.push({ path: 'web.yaml', text: 'tag: v1 # supercargo: shop:tag\n' })
  const { edits, notes } = setImage(files, IMAGE, { tag: 'v2' }, { app: 'shop' })
  assert.deepEqual(
    edits.map(({ after }) => after),
    ['tag: v2 # supercargo: shop:tag\n'],
  )
  assert.deepEqual(notes, [])
})

test('a wish that nobody could mean is refused before anything is read', () => {
  for (const [wish, code] of [
    [{ name: 'ghcr.io/acme/web:v2' }, 'invalid-name'],
    [{ sha: 'abc1234' }, 'invalid-sha'],
    [{ version: 'v1.2.3' }, 'invalid-version'],
  ] as const) {
    const report = setImage([{ path: 'a.yaml', text: LINE }], IMAGE, { tag: 'v2', ...wish })
    assert.deepEqual(codes(report), [code])
  }
})

test('a file that could be changed says so when another one is refused', () => {
  const bad = { path: 'b.yaml', text: 'image: &x !!int 1\ntag: v1 # supercargo: ghcr.io/acme/web:digest\n' }
  const { files } = setImage([{ path: 'a.yaml', text: LINE }, bad], IMAGE, { tag: 'v2' })
  assert.deepEqual(
    files.map(({ path, outcome, remarks }) => [path, outcome, remarks.map(({ code }) => code)]),
    [
      ['a.yaml', 'refused', ['held-back']],
      ['b.yaml', 'refused', ['digest-unknown']],
    ],
  )
})

test('a chain of ten thousand kustomizations is followed as far as anybody makes one', () => {
  const files = Array.from({ length: 10_000 }, (_, n) => ({
    path: `k${n}/kustomization.yaml`,
    text: n === 0 ? 'images:\n- {name: ghcr.io/acme/web, newTag: v1}\n' : `resources: [../k${n - 1}]\n`,
  }))
  assert.equal(setImage(files, IMAGE, { tag: 'v2' }).edits.length, 1)
})

test('a version that ten thousand references share, and a text of ten thousand lines inside of a value, are edited', () => {
  const shared = `image: &i ghcr.io/acme/web:v1\nlist:\n${'- image: *i\n'.repeat(10_000)}`
  assert.equal(edit(shared).edits[0]?.after, shared.replace('web:v1', 'web:v2'))
  const lines = Array.from({ length: 10_000 }, (_, n) => `        a${n}: {image: ghcr.io/acme/web:v1}\n`)
  const nested = `apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      values: |\n${lines.join('')}`
  assert.equal(edit(nested, 'app.yaml').edits[0]?.after, nested.replaceAll('web:v1', 'web:v2'))
})

test('a list of ten megabytes on one line of JSON is edited', () => {
  const pods = Array.from({ length: 6_000 }, (_, n) => ({
    kind: 'Pod',
    image: `ghcr.io/acme/api:v${n}`,
    pad: 'x'.repeat(1_600),
  }))
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [...pods, { image: 'ghcr.io/acme/web:v1' }],
  })
  assert.ok(text.length > 9_000_000)
  assert.equal(edit(text, 'list.json').edits[0]?.after, text.replace('web:v1', 'web:v2'))
})

test('a hundred thousand other versions, on one line, on as many lines or in as many comments, are counted in no time', () => {
  const other = 'ghcr.io/acme/web:v0'
  const others = (text: string) => text.repeat(100_000)
  const texts: [path: string, text: string, notes: string[]][] = [
    ['a.yaml', `${LINE}a: "${others(`${other} `)}"\n`, ['unknown-place']],
    ['a.yaml', `${LINE}a: |\n${others(`  ${other}\n`)}`, ['unknown-place']],
    ['a.tmpl', `${LINE}${others(`{{/* ${other} */}}\n`)}`, ['line-mode']],
    ['a.tmpl', `${LINE}${others(`/* ${other} */ `)}`, ['line-mode']],
  ]
  for (const [path, text, notes] of texts) {
    const before = performance.now()
    assert.deepEqual(
      edit(text, path).notes.map(({ code }) => code),
      notes,
    )
    assert.ok(performance.now() - before < 20_000)
  }
})

test('requirement 16: a key named __proto__ is only a key', () => {
  const { edits } = edit(`__proto__:\n  image: ghcr.io/acme/web:v1\n  polluted: true\n`)
  assert.equal(edits[0]?.after, `__proto__:\n  image: ghcr.io/acme/web:v2\n  polluted: true\n`)
  assert.equal('polluted' in {}, false)
})

test('files that cannot name the image are not read at all', () => {
  const unreadable = { path: 'broken.yaml', text: 'a: [' }
  assert.deepEqual(setImage([unreadable, { path: 'a.yaml', text: LINE }], IMAGE, { tag: 'v2' }).notes, [])
})

test('looking changes nothing and says where and at which version the image stands', () => {
  const files = [
    { path: 'b.yaml', text: `\n${LINE}sub:\n  image: {repository: ghcr.io/acme/web, tag: 1.10}\n` },
    { path: 'a.yaml', text: 'apiVersion: v1\nkind: Pod\nimage: ghcr.io/acme/web\n' },
  ]
  const report = findImages(files, IMAGE)
  assert.deepEqual(report.edits, [])
  assert.deepEqual(report.sightings, [
    { path: 'a.yaml', line: 3, column: 8, format: 'kubernetes', tag: null, digest: null },
    { path: 'b.yaml', line: 2, column: 8, format: 'helm-values', tag: 'v1', digest: null },
    { path: 'b.yaml', line: 4, column: 46, format: 'helm-values', tag: '1.10', digest: null },
  ])
})

test('one reference that cannot be changed forbids the whole edit', () => {
  const bad = {
    path: 'kustomization.yaml',
    text: 'images:\n- {name: ghcr.io/acme/web, newTag: !!float 1.0}\n',
  }
  const report = setImage([{ path: 'a.yaml', text: LINE }, bad], IMAGE, { tag: 'v2' })
  assert.deepEqual(report.edits, [])
  assert.deepEqual(codes(report), ['explicit-type'])
  assert.deepEqual([report.refusals[0]?.line, report.refusals[0]?.column], [2, 44])
})

test('at most five other names are given, nearest first', () => {
  const images = ['web-ui', 'wep', 'redis', 'postgres', 'webs', 'worker', 'api'].map(
    (name) => `ghcr.io/acme/${name}`,
  )
  const text = images.map((image, n) => `k${n}: {image: "${image}:v1"}\n`).join('')
  assert.deepEqual(
    edit(text).seen,
    ['webs', 'wep', 'api', 'web-ui', 'redis'].map((name) => ({ name: `ghcr.io/acme/${name}`, files: 1 })),
  )
})
