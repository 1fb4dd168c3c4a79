import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NAME_PATTERN } from '../../src/domain/names.ts'
import { SLUG_LENGTH, slugOf } from '../../src/domain/slug.ts'

test('a branch that is a label already keeps its name', () => {
  for (const branch of ['main', 'feat-login', 'a', '1', 'a'.repeat(40)]) assert.equal(slugOf(branch), branch)
})

test('any other branch gets a hash, so that no two branches meet', () => {
  assert.match(slugOf('feat/a-b'), /^feat-a-b-[0-9a-f]{10}$/)
  assert.match(slugOf('日本語'), /^branch-[0-9a-f]{10}$/)
  assert.match(slugOf('a'.repeat(41)), /^a{29}-[0-9a-f]{10}$/)
  const branches = [
    'feat/a-b',
    'feat-a/b',
    'feata-b',
    'feat-a-b',
    'Feat-a-b',
    'feat_a-b',
    'feat--a-b',
    '',
    '/',
  ]
  assert.equal(new Set(branches.map(slugOf)).size, branches.length)
})

test('a branch cannot be named like the slug of another', () => {
  assert.notEqual(slugOf(slugOf('feat/a')), slugOf('feat/a'))
})

test('a slug is an RFC 1123 label of at most 40 characters, and two branches never have the same', () => {
  const branch = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.stringMatching(/^[a-zA-Z0-9/._-]{0,60}$/),
    fc.stringMatching(/^[a-f-]{8,14}$/),
  )
  fc.assert(
    fc.property(branch, branch, (a, b) => {
      assert.match(slugOf(a), NAME_PATTERN)
      assert.ok(slugOf(a).length <= SLUG_LENGTH)
      if (a !== b && !/\p{Cs}/u.test(a + b)) assert.notEqual(slugOf(a), slugOf(b))
      assert.notEqual(slugOf(slugOf(`${a}/`)), slugOf(`${a}/`))
    }),
  )
})
