import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TAG_PATTERN } from '../../src/domain/image.ts'
import { parseTagTemplate, readTag, renderTag } from '../../src/domain/tag-template.ts'

const COMMIT = '0123456789abcdef0123456789abcdef01234567'

test('a commit has the tag that the template gives it', () => {
  for (const [source, tag] of [
    ['{sha}', COMMIT],
    ['{sha:7}', '0123456'],
    ['main-{sha:7}', 'main-0123456'],
    ['{sha:8}-prod.1', '01234567-prod.1'],
    ['{sha:4}_{sha:7}', '0123_0123456'],
  ] as const)
    assert.equal(renderTag(parseTagTemplate(source), COMMIT), tag)
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
      const tag = renderTag(template, oid)
      assert.match(tag, TAG_PATTERN)
      assert.equal(readTag(template, tag), oid.slice(0, Math.max(first, second)))
    }),
  )
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
  '{date}',
  '{}',
  '-{sha:7}',
  '.{sha:7}',
  'a/{sha:7}',
  'a b{sha:7}',
  '{sha:7}\n',
  `${'a'.repeat(122)}{sha:7}`,
]) {
  test(`${JSON.stringify(source)} is not a tag template`, () => {
    assert.throws(() => parseTagTemplate(source), { code: 'tag-template-invalid' })
  })
}
