import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { isRefName } from '../../src/domain/ref-name.ts'

test('a name is judged as git itself judges it', () => {
  const piece = fc.constantFrom(
    'a',
    'B',
    '/',
    '.',
    '..',
    '@',
    '{',
    '-',
    '~',
    '^',
    ':',
    '?',
    '*',
    '[',
    '\\',
    ' ',
    '.lock',
    'é',
    '\t',
    '\x7f',
    '#',
  )
  const name = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(name, (text) => {
      const { status } = spawnSync('git', ['check-ref-format', '--branch', text])
      assert.equal(isRefName(text), status === 0 && text !== '@', JSON.stringify(text))
    }),
    { numRuns: 300 },
  )
})

test('names that git would read as something else are refused', () => {
  for (const name of ['', '@', 'HEAD', '-x', 'a'.repeat(245), '\ud800', 'a\0'])
    assert.equal(isRefName(name), false)
  for (const name of ['main', 'feat/x', 'v1.2.3', 'a@b', 'x.lock.y', '日本'])
    assert.equal(isRefName(name), true)
})
