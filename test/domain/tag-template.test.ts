import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TAG_PATTERN } from '../../src/domain/image.ts'
import { parseTagTemplate, readTag, renderTag } from '../../src/domain/tag-template.ts'
import { compareReadings } from '../../src/domain/tag-variables.ts'

const COMMIT = '0123456789abcdef0123456789abcdef01234567'

test('a commit has the tag that the template gives it', () => {
  for (const [source, tag] of [
    ['{sha}', COMMIT],
    ['{sha:7}', '0123456'],
    ['main-{sha:7}', 'main-0123456'],
    ['{sha:8}-prod.1', '01234567-prod.1'],
    ['{sha:4}_{sha:7}', '0123_0123456'],
  ] as const)
    assert.equal(renderTag(parseTagTemplate(source), { commit: COMMIT }), tag)
})

test('a tag that the template did not make names no commit', () => {
  for (const [source, tag] of [
    ['{sha:7}', '012345'],
    ['{sha:7}', '01234567'],
    ['{sha:7}', '012345G'],
    ['{sha:7}', 'ABCDEF0'],
    ['{sha:7}', ''],
    ['main-{sha:7}', '0123456'],
    ['main-{sha:7}', 'main-0123456-x'],
    ['{sha:7}-x', '0123456-y'],
    ['{sha:4}_{sha:7}', '0123_0120000'],
    ['{sha:7}_{sha:4}', '0123456_0120'],
    ['{sha}', '0123456'],
  ] as const)
    assert.equal(readTag(parseTagTemplate(source), tag), null, `${source} ${tag}`)
})

test('every tag is read back to the commit that it was made for', () => {
  const fixed = fc.stringMatching(/^[A-Za-z0-9_.-]{0,12}$/)
  const length = fc.integer({ min: 4, max: 40 })
  const commit = fc.stringMatching(/^[0-9a-f]{40}$/)
  fc.assert(
    fc.property(fixed, length, fixed, length, commit, (before, first, between, second, oid) => {
      fc.pre(!/^[.-]/.test(before))
      const template = parseTagTemplate(`${before}{sha:${first}}${between}{sha:${second}}`)
      const tag = renderTag(template, { commit: oid }) ?? ''
      assert.match(tag, TAG_PATTERN)
      assert.deepEqual(readTag(template, tag), { sha: oid.slice(0, Math.max(first, second)) })
    }),
  )
})

test('a branch is in the tag as GitLab’s slug, a version without its v', () => {
  for (const [source, subject, tag] of [
    ['{branch}-{sha:7}', { branch: 'feature/a' }, 'feature-a-0123456'],
    ['{branch}-{sha:7}', { branch: 'Release/1.x_' }, 'release-1-x-0123456'],
    ['{branch}-{sha:7}', { branch: `${'a'.repeat(62)}/b` }, `${'a'.repeat(62)}-0123456`],
    ['{version}', { version: 'v1.2.3-rc.1' }, '1.2.3-rc.1'],
    ['v{version}', { version: '1.2.3' }, 'v1.2.3'],
  ] as const)
    assert.equal(renderTag(parseTagTemplate(source), { commit: COMMIT, ...subject }), tag)
})

test('a tag that nobody can compute is null', () => {
  for (const [source, subject] of [
    ['{date}', {}],
    ['b{n}.{timestamp}', {}],
    ['/^(?<sha>[0-9a-f]{7})$/', {}],
    ['{branch}-{sha:7}', {}],
    ['{branch}-{sha:7}', { branch: '///' }],
    ['{version}', { version: 'v1.2' }],
    ['{version}', { version: '1.2.3+build' }],
    [`{version}-${'a'.repeat(110)}`, { version: '1.2.3-rc.1.2.3.4.5.6' }],
  ] as const)
    assert.equal(renderTag(parseTagTemplate(source), { commit: COMMIT, ...subject }), null, source)
})

test('a tag says what the template names', () => {
  for (const [source, tag, reading] of [
    ['{branch}-{sha:7}', 'feature-a-0123456', { branch: 'feature-a', sha: '0123456' }],
    ['{version}', '1.2.3-rc.1', { version: '1.2.3-rc.1' }],
    ['v{version}-{sha:7}', 'v1.2.3-0123456', { version: '1.2.3', sha: '0123456' }],
    ['{date}', '2024-01-31', { date: '2024-01-31' }],
    ['{date}-{n}', '20240131-7', { date: '20240131', n: '7' }],
    ['b{n}.{timestamp}', 'b7.20220101.101530', { n: '7', timestamp: '20220101.101530' }],
    ['{timestamp}', '20240131T101530Z', { timestamp: '20240131T101530Z' }],
    [
      '/^b(?<n>\\d+)\\.(?<timestamp>[\\d.]+)$/',
      'b7.20220101.101530',
      { n: '7', timestamp: '20220101.101530' },
    ],
    [
      '/^(?P<branch>.+)-(?P<sha>[0-9a-f]{7})(-(?P<n>.*))?$/',
      '1.x-0123456',
      { branch: '1.x', sha: '0123456' },
    ],
  ] as const)
    assert.deepEqual(readTag(parseTagTemplate(source), tag), reading, source)
})

test('what a template takes for a commit, a version or a number has to be one', () => {
  for (const [source, tag] of [
    ['{branch}-{sha:7}', 'Feature-a-0123456'],
    ['{version}', 'v1.2.3'],
    ['{version}', '01.2.3'],
    ['{n}', 'seven'],
    ['{date}', '2024'],
    ['/^(?<sha>.*)$/', 'latest'],
    ['/^(?<version>.*)$/', 'v1.2.3'],
    ['/^(?<n>.*)$/', '1.2'],
    ['/^x|(?<n>[0-9]+)$/', 'x'],
  ] as const)
    assert.equal(readTag(parseTagTemplate(source), tag), null, `${source} ${tag}`)
})

test('tags are in the order of version, time and number, however large', () => {
  for (const [older, newer] of [
    [{ version: '1.2.3-rc.1' }, { version: '1.2.3' }],
    [{ n: '9' }, { n: '10' }],
    [{ n: '99999999999999999998' }, { n: '99999999999999999999' }],
    [
      { timestamp: '20220101.101530', n: '9' },
      { timestamp: '20220101.101531', n: '1' },
    ],
    [
      { date: '2024-01-31', n: '2' },
      { date: '2024-01-31', n: '10' },
    ],
  ] as const) {
    assert.ok(compareReadings(older, newer) < 0)
    assert.ok(compareReadings(newer, older) > 0)
  }
  assert.equal(compareReadings({ sha: '0123456' }, { sha: '6543210' }), 0)
  assert.equal(compareReadings({ n: '1' }, { date: '20240131' }), 0)
})

test('no regular expression keeps a tag waiting', () => {
  const template = parseTagTemplate('/^(?<branch>(a+)+)+(a+)+(?<n>[0-9]+)$/')
  assert.equal(readTag(template, 'a'.repeat(128)), null)
})

for (const source of [
  '',
  'latest',
  '{sha',
  'sha}',
  '{sha}}',
  '{{sha}}',
  '{sha:3}',
  '{sha:41}',
  '{sha:}',
  '{SHA}',
  '{}',
  '-{sha:7}',
  '.{sha:7}',
  'a/{sha:7}',
  'a b{sha:7}',
  '{sha:7}\n',
  `${'a'.repeat(122)}{sha:7}`,
  '{branch}',
  '{n}-{n}',
  '{commit}',
  '//',
  '/^latest$/',
  '/^(?<branch>.*)$/',
  '/(?<commit>.*)/',
  '/(?<sha>[0-9a-f]{7}/',
  '/(?<=a)(?<sha>.*)/',
  '/(?<sha>.)\\1/',
  '/(?<n>(\\pL{1000})(\\pL{1000}))/',
]) {
  test(`${JSON.stringify(source)} is not a tag template`, () => {
    assert.throws(() => parseTagTemplate(source), { code: 'tag-template-invalid' })
  })
}
