import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareTags } from '../../src/plan/versions/tag-order.ts'

test('versions go by semantic version precedence, also behind a prefix', () => {
  const ascending = ['v1.0.0-rc.1', 'v1.0.0', 'v1.2.0', 'v1.10.0', 'v2.0.0']
  assert.deepEqual(ascending.toReversed().toSorted(compareTags), ascending)
  const prefixed = ['web-v1.9.0', 'web-v1.10.0', 'web-v10.0.0']
  assert.deepEqual(prefixed.toReversed().toSorted(compareTags), prefixed)
})

test('tags that are no versions go by natural order, with numbers of any size', () => {
  const ascending = ['b9.20250101', 'b10.20240101', 'release-2', 'release-10', `release-${'9'.repeat(40)}`]
  assert.deepEqual(ascending.toReversed().toSorted(compareTags), ascending)
})

test('a version is above what is none', () => {
  assert.ok(compareTags('v0.0.1', 'zzz') > 0)
})

test('the order is total: antisymmetric, transitive, and equal only for equal texts', () => {
  const tag = fc.oneof(
    fc.stringMatching(/^[a-z0-9.v-]{0,12}$/),
    fc.stringMatching(/^v?[0-9]\.[0-9]\.[0-9](-rc\.[0-9])?$/),
  )
  fc.assert(
    fc.property(tag, tag, tag, (a, b, c) => {
      assert.equal(Math.sign(compareTags(a, b)) + Math.sign(compareTags(b, a)), 0)
      assert.equal(compareTags(a, b) === 0, a === b)
      if (compareTags(a, b) <= 0 && compareTags(b, c) <= 0) assert.ok(compareTags(a, c) <= 0)
    }),
    { numRuns: 5000 },
  )
})
