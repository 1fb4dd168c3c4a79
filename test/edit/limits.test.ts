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

test('a key named __proto__ is only a key', () => {
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
