import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Block, readBlock, replaceBlock, writeBlock } from '../../src/plan/change-requests/block.ts'
import { withNote } from '../../src/plan/change-requests/note.ts'

const BLOCK: Block = {
  source: 'github:acme/web',
  sourceId: 'R_web',
  app: 'web',
  target: 'staging',
  version: 'abc1234',
  commit: null,
  supersedes: [],
  files: 'a --> b',
  closed: null,
}

test('a block is read back as it was written, and nothing in it ends the comment', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (version, files) => {
      const block = { ...BLOCK, version, files }
      const written = writeBlock(block)
      assert.equal(written.indexOf('-->'), written.length - 3)
      assert.deepEqual(readBlock(`text\n${written}`), block)
    }),
  )
})

test('a body without a block, or with one that was tampered with, says nothing', () => {
  for (const body of [
    '',
    'text',
    '<!-- supercargo:v1 {} -->',
    '<!-- supercargo:v1 {',
    '<!-- supercargo:v1 nonsense -->',
  ]) {
    assert.equal(readBlock(body), null, body)
  }
})

test('the last block counts, and replacing it keeps the rest', () => {
  const body = `a\n${writeBlock(BLOCK)}\nb`
  assert.equal(replaceBlock(body, { ...BLOCK, closed: 'emptied' }).replace(/<!--.*-->/, ''), 'a\n\nb')
  assert.equal(readBlock(replaceBlock('a', BLOCK))?.version, 'abc1234')
})

test('a note is put on top once, replaced and taken away', () => {
  const once = withNote('body', 'first')
  assert.equal(withNote(once, 'first'), once)
  assert.ok(!withNote(once, 'second').includes('first'))
  assert.equal(withNote(once, null), 'body')
})
