import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { globIsPrefix, globMatches, globPrefix } from '../../src/domain/glob.ts'

const MATCHES: [string, string, boolean][] = [
  ['services/web/**', 'services/web/a.ts', true],
  ['services/web/**', 'services/web/a/b.ts', true],
  ['services/web/**', 'services/web', false],
  ['services/web/**', 'services/website/a.ts', false],
  ['services/*/src', 'services/web/src', true],
  ['services/*/src', 'services/a/b/src', false],
  ['**/Dockerfile', 'Dockerfile', true],
  ['**/Dockerfile', 'a/b/Dockerfile', true],
  ['**/Dockerfile', 'a/MyDockerfile', false],
  ['a/**/b', 'a/b', true],
  ['a/**/b', 'a/x/y/b', true],
  ['a/**/b', 'ab', false],
  ['a/**/**/b', 'a/b', true],
  ['a**/b', 'axb', false],
  ['a**/b', 'ax/y/b', true],
  ['v*', 'v1.2.3', true],
  ['v*', 'v1/2', false],
  ['v?', 'v1', true],
  ['v?', 'v', false],
  ['?', '/', false],
  ['*', '', true],
  ['**', 'a/b', true],
  ['', '', true],
  ['', 'a', false],
  ['a.b', 'axb', false],
  ['(a|b)[c]{d}+$^', '(a|b)[c]{d}+$^', true],
  ['*a', '\na', true],
]

for (const [glob, text, expected] of MATCHES) {
  test(`${glob} ${expected ? 'matches' : 'does not match'} ${JSON.stringify(text)}`, () => {
    assert.equal(globMatches(glob, text), expected)
  })
}

test('globs match as the regular expressions do that they stand for', () => {
  const piece = fc.constantFrom('*', '**', '**/', '/', '?', 'a', 'b', '.', '\n')
  const glob = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(''))
  const text = fc
    .array(fc.constantFrom('a', 'b', '/', '.', '\n'), { maxLength: 8 })
    .map((all) => all.join(''))
  fc.assert(
    fc.property(glob, text, (pattern, value) => {
      assert.equal(globMatches(pattern, value), asRegExp(pattern).test(value))
    }),
    { numRuns: 5000 },
  )
})

test('what a glob matches lies under its prefix, and a prefix glob matches all that does', () => {
  const piece = fc.constantFrom('*', '**', '/', '?', 'a', 'b')
  const text = fc
    .array(fc.constantFrom('a', 'b', '/'), { minLength: 1, maxLength: 6 })
    .map((all) => all.join(''))
  const glob = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(glob, text, (pattern, value) => {
      const prefix = globPrefix(pattern)
      if (globMatches(pattern, value)) assert.ok(prefix === '' || `${value}/`.startsWith(`${prefix}/`))
      if (globIsPrefix(pattern) && pattern !== prefix && value.startsWith(prefix === '' ? '' : `${prefix}/`))
        assert.ok(globMatches(pattern, value))
    }),
    { numRuns: 3000 },
  )
  assert.equal(globPrefix('services/web/**'), 'services/web')
  assert.equal(globPrefix('services/we?/x'), 'services')
  assert.equal(globPrefix('*'), '')
  assert.equal(globPrefix('README.md'), 'README.md')
  assert.deepEqual(['a/**', '**', 'a', 'a/*', 'a/**/b', '*'].map(globIsPrefix), [
    true,
    true,
    true,
    false,
    false,
    false,
  ])
})

test('requirement 16: a pattern that hangs a backtracking matcher ends', () => {
  assert.equal(globMatches(`${'**a'.repeat(80)}b`, 'a'.repeat(2000)), false)
  assert.equal(globMatches(`${'*'.repeat(250)}b`, 'a'.repeat(4000)), false)
  assert.equal(globMatches('**/'.repeat(80), 'a/'.repeat(1000)), true)
})

/** Each piece on its own terms; written without looking at the implementation. */
function asRegExp(glob: string): RegExp {
  let source = ''
  for (let i = 0; i < glob.length; ) {
    const rest = glob.slice(i)
    const startsComponent = i === 0 || glob[i - 1] === '/'
    if (rest.startsWith('**/') && startsComponent) {
      source += '(?:[^]*/)?'
      i += 3
    } else if (rest.startsWith('**')) {
      source += '[^]*'
      i += 2
    } else {
      source += rest[0] === '*' ? '[^/]*' : rest[0] === '?' ? '[^/]' : (rest[0] ?? '').replace('.', '\\.')
      i += 1
    }
  }
  return new RegExp(`^${source}$`)
}
