import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, parseAllDocuments } from 'yaml'
import { readSimple } from '../../src/edit/yaml/simple/reader.ts'
import { print } from './generate/print.ts'
import { manifest } from './generate/tree.ts'

/** What the editors use of a node. The ends of block collections are not among it; those of flow ones are. */
function shapeOf(node: unknown): unknown {
  if (isAlias(node)) return { ...common(node as ParsedNode), source: node.source, end: node.range?.[1] }
  if (isScalar(node))
    return { ...common(node as ParsedNode), value: node.value, type: node.type, end: node.range?.[1] }
  if (isSeq(node)) return { ...common(node as ParsedNode), flow: node.flow, items: node.items.map(shapeOf) }
  if (isMap(node)) {
    const items = node.items.map(({ key, value }) => [shapeOf(key), shapeOf(value)])
    return { ...common(node as ParsedNode), flow: node.flow, items }
  }
  return node
}

function common(node: ParsedNode): object {
  const { tag, anchor, range } = node
  return { tag, anchor, start: range[0], ...('flow' in node && node.flow === true ? { end: range[1] } : {}) }
}

/** Fails when the text is read differently; says whether it is simple. */
function isReadAlike(text: string): boolean {
  const root = readSimple(text)
  if (root === null) return false
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    resolveKnownTags: false,
    uniqueKeys: false,
    strict: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  assert.equal(documents.length, 1, JSON.stringify(text))
  const [document] = [...documents]
  assert.deepEqual(document?.errors, [], JSON.stringify(text))
  assert.deepEqual(shapeOf(root), shapeOf(document?.contents), JSON.stringify(text))
  return true
}

test('every golden manifest that is simple is read as the parser reads it', () => {
  const files = readdirSync('test/edit/golden', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => readFileSync(join('test/edit/golden', file), 'utf8'))
  const simple = files.flatMap((text) => text.split(/^(?=---\s)/m)).filter(isReadAlike)
  assert.ok(simple.length > 50, String(simple.length))
})

test('a manifest of the plain kind is simple', () => {
  const text = `---
# comment
apiVersion: v1 # behind
kind: "List"

metadata:
  labels:
    app.kubernetes.io/name: 'web'
items:
- name: a
  args:
  - --listen=:8080
  - url: http://x/#y
-   name: b:c
    list:
      - 1.10
      - { cpu: 100m, ports: [80, "443"], none: {} } # behind
    "quoted/key": 'it is'
    escaped: "a\\n\\"b\\u00e9"
    empty:
    anchored: &a
      x: &b-1 y # behind
    again: *b-1
    merged:
      <<: *a
    script: |
      # no comment
      a: b

        c
    folded: >-
      one
      two
    json: {
        "a": [1, 2],
        "b":null
      }
    last: |-
      x
`
  assert.ok(isReadAlike(text))
})

test('a manifest of any format, whole or damaged, is read as the parser reads it', () => {
  let simple = 0
  const sample = fc.record({
    manifest: manifest('v2'),
    choices: fc.array(fc.nat(59), { minLength: 40, maxLength: 80 }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(2),
    put: fc.constantFrom('', '', ' ', '\n', ':', '"', '#', '{', '- ', '&a ', '*a'),
  })
  fc.assert(
    fc.property(sample, ({ manifest: { path, tree }, choices, at, cut, put }) => {
      let next = 0
      const choose = (n: number) => (choices[next++ % choices.length] ?? 0) % n
      const { pieces, slots } = print(tree, path.endsWith('.json'), choose)
      const text = pieces.map((piece, n) => piece + (slots[n]?.text ?? '')).join('')
      const place = Math.floor(at * text.length)
      if (isReadAlike(text)) simple++
      isReadAlike(text.slice(0, place) + put + text.slice(place + cut))
    }),
    { numRuns: 1000 },
  )
  assert.ok(simple > 100, String(simple))
})

const TOKENS = [
  ...[
    'a',
    'b.c/d',
    'key',
    'image',
    '1.10',
    '~',
    'x y',
    '-1',
    '--x',
    '_',
    '.',
    '/',
    '$',
    '(',
    'é',
    '\u2028',
    '\u00a0',
  ],
  ...[
    ':',
    ': ',
    ' :',
    '- ',
    '-',
    '? ',
    ' ',
    '  ',
    '\n',
    '\n  ',
    '\n    ',
    '\n- ',
    '\n  - ',
    '#',
    ' # c',
    '\n# c',
    '\n\n',
  ],
  ...[
    '"',
    "'",
    '"q"',
    "'s'",
    '"a\\n"',
    "''",
    '[',
    ']',
    '{',
    '}',
    ',',
    '|',
    '>',
    '&a',
    '*a',
    '!t',
    '%',
    '@',
    '`',
    '=',
  ],
  ...[
    '---',
    '\n---\n',
    '...',
    '\n...\n',
    '<<',
    '\t',
    '\r',
    '\r\n',
    '\uFEFF',
    '\\',
    '+',
    '^',
    'a: b\n',
    'a:\n  ',
    '- a: b\n',
  ],
]

test('a JSON document is simple', () => {
  assert.ok(isReadAlike(JSON.stringify({ image: { tag: 'v1', args: ['a', 1, true, null, 'x"y'] } }, null, 2)))
})

test('whatever is taken for simple is read as the parser reads it', () => {
  let simple = 0
  const mixed = fc.array(fc.constantFrom(...TOKENS), { maxLength: 14 }).map((parts) => parts.join(''))
  const key = fc.constantFrom('a', 'image', 'b.c/d-e', '1', 'a_', '<<', '"q"', "'s t'")
  const value = fc.constantFrom(
    'v1',
    '"q x"',
    "'s'",
    'a: b',
    'b # c',
    '- x',
    'x  ',
    '',
    ' # c',
    'a#b',
    '"x" y',
    '-1',
    '---',
    '{}',
    '[] # c',
    '{a: b}',
    '{ a: "b",c: [d , e] }',
    '{"a":b, "c":{}}',
    '[a, -b, - c]',
    '{a: b:c, d:e: f}',
    '{a, b: }',
    '[a #b, c # d]',
    '{a: [b,',
    '}',
    ']',
    '|',
    '|-',
    '>-',
    '| ',
    '|+',
    '&a',
    '&a x',
    '*a',
    '*a # c',
    '&b [*a]',
    '&a |',
    '&b &c',
    '&a # c',
    '>',
    '|2',
    "'it''s'",
    '"\\u00e9\\x41"',
    '"\\"\\\\\\n"',
  )
  const line = fc
    .tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.constantFrom('', '', '', '- ', '-  ', '#'),
      key,
      fc.constantFrom(':', ': ', ': ', ':  '),
      value,
    )
    .map(([indent, dash, name, colon, text]) => `${' '.repeat(indent)}${dash}${name}${colon}${text}`)
  const rest = fc
    .tuple(
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom('', '', 'x', 'x y', '# c', 'a: b', ', c]', '}', ']', '- d', '...'),
    )
    .map(([indent, text]) => `${' '.repeat(indent)}${text}`)
  const lines = fc
    .array(fc.oneof({ weight: 2, arbitrary: line }, rest), { maxLength: 8 })
    .map((all) => all.join('\n'))
  const parts = [
    '{',
    '}',
    '[',
    ']',
    ', ',
    ',',
    'a: ',
    '"b":',
    'c',
    '-1',
    '"d"',
    "'e'",
    '\n',
    '\n   ',
    ' ',
    ':',
    '#',
  ]
  const flow = fc
    .tuple(
      fc.constantFrom('', 'x: ', ' y:\n  z: ', '- '),
      fc.array(fc.constantFrom(...parts), { maxLength: 10 }),
    )
    .map(([before, all]) => `${before}{a: [${all.join('')}]}`)
  fc.assert(
    fc.property(fc.oneof(mixed, lines, flow), (text) => {
      if (isReadAlike(text)) simple++
    }),
    { numRuns: 20_000 },
  )
  assert.ok(simple > 500, String(simple))
})
