import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { isMap, isScalar, isSeq, type ParsedNode, parseAllDocuments } from 'yaml'
import { readSimple } from '../../src/edit/yaml/simple.ts'

/** What the editors use of a node. The ends of block collections are not among it. */
function shapeOf(node: unknown): unknown {
  if (isScalar(node))
    return { ...common(node as ParsedNode), value: node.value, type: node.type, end: node.range?.[1] }
  if (isSeq(node)) return { ...common(node as ParsedNode), flow: node.flow, items: node.items.map(shapeOf) }
  if (isMap(node)) {
    const items = node.items.map(({ key, value }) => [shapeOf(key), shapeOf(value)])
    return { ...common(node as ParsedNode), flow: node.flow, items }
  }
  return node
}

function common({ tag, anchor, range }: ParsedNode): object {
  return { tag, anchor, start: range[0] }
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
`
  assert.ok(isReadAlike(text))
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

test('whatever is taken for simple is read as the parser reads it', () => {
  let simple = 0
  const mixed = fc.array(fc.constantFrom(...TOKENS), { maxLength: 14 }).map((parts) => parts.join(''))
  const key = fc.constantFrom('a', 'image', 'b.c/d-e', '1', 'a_')
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
  const lines = fc.array(line, { maxLength: 8 }).map((all) => all.join('\n'))
  fc.assert(
    fc.property(fc.oneof(mixed, lines), (text) => {
      if (isReadAlike(text)) simple++
    }),
    { numRuns: 20_000 },
  )
  assert.ok(simple > 500, String(simple))
})
