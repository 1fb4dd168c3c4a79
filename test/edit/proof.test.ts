import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applySplices, inOrder } from '../../src/edit/apply-splices.ts'
import type { Splice } from '../../src/edit/editor.ts'
import { yamlEditor } from '../../src/edit/yaml-editor.ts'

/** Replaces the one occurrence of `old`, as a faulty editor might. */
function replacing(text: string, old: string, by: string): Splice {
  const start = text.indexOf(old)
  assert.ok(start !== -1 && text.indexOf(old, start + 1) === -1, old)
  return { start, end: start + old.length, text: by }
}

function isProved(text: string, ...splices: Splice[]): boolean {
  const ordered = inOrder(splices) ?? []
  return (
    yamlEditor.locate({ path: 'values.yaml', text }).reread(applySplices(text, ordered), ordered) !== null
  )
}

const TEXT = `# head
image: &image {repository: acme/web, tag: v1} # tag
list:
- a: one
  b: two
- three
alias: *image
---
second: true
`

test('a splice inside of a scalar is proved', () => {
  assert.ok(isProved(TEXT, replacing(TEXT, 'v1', 'v2-and-longer')))
  assert.ok(isProved(TEXT, replacing(TEXT, 'v1', '"1"'), replacing(TEXT, 'three', '3')))
})

test('whole pairs and items that come or go are proved', () => {
  assert.ok(isProved(TEXT, replacing(TEXT, ', tag: v1', '')))
  assert.ok(isProved(TEXT, replacing(TEXT, '- three\n', '- three\n- four\n')))
  assert.ok(isProved(TEXT, replacing(TEXT, '  b: two\n', '  b: two\n  c: x\n')))
})

const FAULTS: [string, string, string][] = [
  ['that makes a scalar swallow the next key', 'tag: v1', "tag: 'v1"],
  ['that starts a comment', 'repository: acme', 'repository: # acme'],
  ['that adds a pair inside of a scalar', 'v1', 'v2, digest: x'],
  ['that turns a scalar into a list', 'v1', '[v2]'],
  ['that adds an anchor', 'v1', '&v v2'],
  ['that adds a type', 'v1', '!!int 2'],
  ['that renames an anchor', '&image', '&other'],
  ['that removes an anchor', '&image ', ''],
  ['that changes the indentation', '  b: two', 'b: two'],
  ['that ends the document', 'alias: *image\n', 'alias: *image\n---\n'],
  ['that joins two documents', '---\n', '#--\n'],
  ['that leaves no YAML', 'v1', '}'],
]

for (const [what, old, by] of FAULTS) {
  test(`a splice ${what} is not proved`, () => {
    assert.equal(isProved(TEXT, replacing(TEXT, old, by)), false)
  })
}

test('a change that no splice speaks of is not proved', () => {
  const splice = replacing(TEXT, 'v1', 'v2')
  const located = yamlEditor.locate({ path: 'values.yaml', text: TEXT })
  const after = applySplices(TEXT, [splice])
  assert.notEqual(located.reread(after, [splice]), null)
  for (const [old, by] of [
    ['one', 'uno'],
    ['true', 'also'],
    ['acme/web', 'acme/wee'],
    ['alias', 'alibi'],
  ] as const) {
    assert.equal(located.reread(after.replace(old, by), [splice]), null, old)
  }
})

test('splices that overlap are refused, and equal ones are done once', () => {
  const splice = { start: 2, end: 5, text: 'x' }
  assert.deepEqual(inOrder([splice, { ...splice }]), [splice])
  assert.equal(inOrder([splice, { start: 4, end: 6, text: 'y' }]), null)
})
