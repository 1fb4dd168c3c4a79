import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readPolicy } from '../../src/config/policy.ts'
import { readSourceConfig } from '../../src/config/source.ts'
import { MANIFESTS, problemsOf, SOURCE, sourceProblems } from './problems-of.ts'

const GOOD = 'manifests: acme/m\nimage: acme/web\nenvironments: { a: { follow: branch main, path: a } }\n'

describe('YAML that is not a configuration is a problem with its place', () => {
  for (const [text, expected] of [
    ['', '1:1 empty-file'],
    ['# only a comment\n', '1:1 empty-file'],
    ['---\n', '1:4 wrong-type'],
    ['null', '1:1 wrong-type'],
    ['text', '1:1 wrong-type'],
    ['- a\n', '1:1 wrong-type'],
    ['a: [1\n', '2:1 yaml-syntax'],
    ['a:\n\tb: 1\n', '2:1 yaml-syntax'],
    ['a: "x\n', '2:1 yaml-syntax'],
    ['a: b: c\n', '1:4 yaml-syntax'],
    ['a: @x\n', '1:4 yaml-syntax'],
    ['a: !secret x\n', '1:4 yaml-syntax'],
    ['a: *x\n', '1:4 yaml-syntax'],
    ['%YAML 1.1\n---\na: 1\n', '1:1 not-supported'],
    [`${GOOD}---\na: 1\n`, '4:1 several-documents'],
    [`${GOOD}image: acme/other\n`, '4:1 duplicate-key'],
    [`${GOOD}"image": acme/other\n`, '4:1 duplicate-key'],
    [`${GOOD}<<: { tag: x }\n`, '4:1 not-supported'],
    [`${GOOD}__proto__: { merge: auto }\n`, '4:1 unknown-key'],
    [`${GOOD}constructor: { merge: auto }\n`, '4:1 unknown-key'],
    [`${GOOD}? [a]\n: b\n`, '4:3 wrong-type'],
    [`${GOOD}5: b\n`, '4:1 unknown-key'],
    [`${GOOD}: b\n`, '4:1 unknown-key'],
  ] as const) {
    test(JSON.stringify(text), () => {
      assert.ok(sourceProblems(text).includes(expected), sourceProblems(text).join('\n'))
    })
  }
})

test('a byte order mark, carriage returns and a document marker do no harm', () => {
  assert.deepEqual(sourceProblems(`\uFEFF---\r\n${GOOD.replaceAll('\n', '\r\n')}...\r\n`), [])
  assert.deepEqual(sourceProblems(`\uFEFFtag: x\n${GOOD}`), ['1:6 invalid-value'])
})

test('requirement 16: __proto__ changes no object, wherever it stands', () => {
  const texts = [
    '__proto__: { polluted: 1 }',
    'environments: { __proto__: { follow: branch main, path: x, polluted: 1 } }',
    'apps: { __proto__: { polluted: 1 } }',
    'previews: { "__proto__": { polluted: 1 } }',
    'a: &x { __proto__: { polluted: 1 } }\nb: *x',
  ]
  for (const text of texts) {
    assert.ok(
      problemsOf(text).some(({ message }) => message.includes('__proto__')),
      text,
    )
    assert.equal(Reflect.get({}, 'polluted'), undefined)
  }
})

describe('requirement 16: a file that would cost too much is refused', () => {
  const bomb = Array.from(
    { length: 12 },
    (_, i) => `k${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}, *a${i - 1}, *a${i - 1}`}]`,
  )
  const files: [string, string, RegExp][] = [
    ['more than a mebibyte', `#${'x'.repeat(1024 * 1024)}`, /too-large/],
    ['a million brackets', '['.repeat(1_000_000), /too-deep/],
    ['a million braces', '{'.repeat(1_000_000), /too-deep/],
    ['half a million dashes', '- '.repeat(500_000), /too-deep/],
    ['half a million question marks', '? '.repeat(500_000), /too-deep/],
    ['nested flow maps', '{a: '.repeat(200_000), /too-deep/],
    ['three hundred thousand keys', 'a:\n'.repeat(300_000), /too-large/],
    ['a million quotes', '"'.repeat(1_000_000), /too-large|yaml-syntax/],
    ['a million exclamation marks', '!'.repeat(1_000_000), /./],
    ['many anchors', '&a '.repeat(300_000), /./],
    ['many documents', '---\n'.repeat(200_000), /./],
    ['many aliases', `a: &a x\nb: [${'*a, '.repeat(200)}]`, /too-many-aliases/],
    ['aliases of aliases', bomb.join('\n'), /too-large|too-many-aliases/],
    ['an alias of itself', 'a: &a [*a]\nb: *a', /yaml-syntax/],
  ]
  for (const [title, text, code] of files) {
    test(title, () => {
      const codes = sourceProblems(text)
      assert.match(codes.join('\n'), code)
      assert.ok(codes.length < 20_000)
    })
  }
})

test('no text makes the readers throw, and every problem has a place in the file', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'manifests',
      'image',
      'environments',
      'staging',
      'follow',
      'path',
      'previews',
      'apps',
      'accept',
      'tag',
    ),
    fc.constantFrom(
      ': ',
      ':\n  ',
      '\n',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '"',
      "'",
      '&a ',
      '*a',
      '!',
      '|',
      '>',
      '#',
      '\t',
    ),
    fc.constantFrom(
      'branch main',
      'acme/m',
      '{sha:7}',
      'a/{number}',
      '{slug}',
      'null',
      '5',
      '__proto__',
      '<<',
      '---\n',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('')
      const lines = text.split('\n').length
      for (const read of [readSourceConfig('f', text, SOURCE), readPolicy('f', text, MANIFESTS)]) {
        if (read.ok) continue
        assert.ok(read.problems.length > 0)
        for (const { line, column, message } of read.problems) {
          assert.ok(line >= 1 && line <= lines + 1 && column >= 1)
          assert.notEqual(message, '')
        }
      }
    }),
    { numRuns: 2000 },
  )
})
