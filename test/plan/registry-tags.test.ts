import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment, Follow, TagSelection } from '../../src/config/model.ts'
import { compareRuled, highest, ruledTags } from '../../src/plan/versions/registry-tags.ts'

const ALL: TagSelection = { allow: [], deny: [], extract: null, prereleases: false }

function rule(follow: Follow, tags: Partial<TagSelection> = {}): Pick<Environment, 'follow' | 'tags'> {
  return { follow, tags: { ...ALL, ...tags } }
}

/** Tags that the rule takes, highest first. */
function taken(each: ReturnType<typeof rule>, ...tags: string[]): string[] {
  return highest(each, ruledTags(each, tags), 20).map(({ tag }) => tag)
}

const range = (text: string, tags: Partial<TagSelection> = {}) =>
  rule({ kind: 'registry-range', range: text }, tags)
const newest = (glob: string, tags: Partial<TagSelection> = {}) =>
  rule({ kind: 'registry-newest', glob }, tags)

test('a range takes whole versions in it, highest first, with or without a v', () => {
  const tags = ['1.2.0', 'v1.10.0', '1.9.3', '2.0.0', '1.2', '1', 'latest', '1.1.9', 'main-1.3.0']
  assert.deepEqual(taken(range('^1.2'), ...tags), ['v1.10.0', '1.9.3', '1.2.0'])
})

test('pre-releases count where the range names them, or where they are asked for', () => {
  const tags = ['1.3.0-rc.2', '1.3.0-rc.10', '1.2.0', '1.4.0-beta.1']
  assert.deepEqual(taken(range('^1.2'), ...tags), ['1.2.0'])
  assert.deepEqual(taken(range('^1.3.0-rc.1'), ...tags), ['1.3.0-rc.10', '1.3.0-rc.2'])
  assert.deepEqual(taken(range('^1.2', { prereleases: true }), ...tags), [
    '1.4.0-beta.1',
    '1.3.0-rc.10',
    '1.3.0-rc.2',
    '1.2.0',
  ])
})

test('build metadata, which tags write with an underscore, decides between equal versions', () => {
  assert.deepEqual(taken(range('^1'), '1.2.3_build.9', '1.2.3_build.10', '1.2.3'), [
    '1.2.3_build.10',
    '1.2.3_build.9',
    '1.2.3',
  ])
})

test('an extraction says what of a tag is the version', () => {
  const extract = '^web-(?P<version>\\d+\\.\\d+\\.\\d+)-alpine$'
  assert.deepEqual(
    taken(range('1.x', { extract }), 'web-1.2.0-alpine', 'web-1.10.0-alpine', 'web-1.11.0', '1.12.0'),
    ['web-1.10.0-alpine', 'web-1.2.0-alpine'],
  )
})

test('natural order counts digits as one number of any size', () => {
  const big = ['main-9007199254740993', 'main-9007199254740992', 'main-10', 'main-9', 'dev-11']
  assert.deepEqual(taken(newest('main-*'), ...big), big.slice(0, 4))
})

test('an extraction says what is compared, and takes the first group where none has a name', () => {
  const tags = ['main-aaa-9', 'main-bbb-10', 'main-ccc']
  assert.deepEqual(taken(newest('main-*', { extract: '-(\\d+)$' }), ...tags), ['main-bbb-10', 'main-aaa-9'])
})

test('what is denied does not count, nor what is not allowed where anything is', () => {
  const tags = ['main-3-debug', 'main-2', 'main-1-slim']
  assert.deepEqual(taken(newest('main-*', { deny: ['*-debug'] }), ...tags), ['main-2', 'main-1-slim'])
  assert.deepEqual(taken(newest('main-*', { allow: ['*-slim', '*-debug'], deny: ['*-debug'] }), ...tags), [
    'main-1-slim',
  ])
})

test('what is no tag by the specification is passed over', () => {
  const tags = ['main-1', 'main-2/x', 'main-3 ', '', '-main', `main-${'9'.repeat(200)}`]
  assert.deepEqual(taken(newest('main-*'), ...tags), ['main-1'])
})

test('the order is total: different tags are never equal', () => {
  const each = newest('*', { extract: '(\\d+)' })
  const [a, b] = ruledTags(each, ['a-1', 'b-1'])
  assert.ok(a !== undefined && b !== undefined)
  assert.notEqual(compareRuled(each, a, b), 0)
  assert.equal(Math.sign(compareRuled(each, a, b)), -Math.sign(compareRuled(each, b, a)))
})

test('a flood of tags takes time in proportion', () => {
  const tags = Array.from({ length: 100_000 }, (_, n) => `main-${n}-${n.toString(16)}`)
  const each = newest('main-*', { extract: '^main-(\\d+)', deny: ['*-debug'] })
  const start = process.cpuUsage().user
  assert.equal(taken(each, ...tags)[0], 'main-99999-1869f')
  assert.ok(process.cpuUsage().user - start < 20e6, 'microseconds')
})

test('a pattern made to hang a backtracking engine does not', () => {
  const each = newest('*', { extract: '^(a+)+$' })
  assert.deepEqual(taken(each, `${'a'.repeat(127)}b`, 'aa'), ['aa'])
})
