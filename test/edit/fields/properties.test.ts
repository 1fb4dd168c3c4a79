import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDocument, stringify } from 'yaml'
import { parseFieldPath } from '../../../src/domain/field-path.ts'
import { readFieldValue } from '../../../src/domain/field-value.ts'
import { parseTemplate, renderTemplate } from '../../../src/domain/template.ts'
import { setFields } from '../../../src/edit/fields/set-fields.ts'

const PATH = 'a.yaml'
const key = fc.stringMatching(/^[a-z][a-z0-9/_-]{0,8}$/)
const scalar = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.stringMatching(/^[0-9a-f]{7}$/),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { minKeys: 1, maxKeys: 4 }),
  ),
}))
const value = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_.+-]{1,20}$/),
  fc.stringMatching(/^[a-z]{1,8}\/[a-z]{1,8}:[a-z0-9]{1,8}$/),
)
const style = fc.record({
  collectionStyle: fc.constantFrom('any' as const, 'block' as const, 'flow' as const),
  defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const),
})

/** Every path to a scalar, as a person would write it. */
function pathsIn(node: unknown, above = ''): string[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => pathsIn(item, `${above}[${index}]`))
  if (typeof node !== 'object' || node === null) return above === '' ? [] : [above]
  return Object.entries(node).flatMap(([name, child]) =>
    pathsIn(child, `${above}${above === '' ? '' : '.'}${name}`),
  )
}

test('a field that is set reads as the value, everything else as before, and twice is once', () => {
  let changed = 0
  fc.assert(
    fc.property(tree, style, value, fc.nat(), fc.boolean(), (root, options, wanted, pick, crlf) => {
      const paths = pathsIn(root)
      const source = paths[pick % Math.max(1, paths.length)]
      if (source === undefined) return
      const lines = `# é\n${stringify(root, options)}# end`
      const text = crlf ? lines.replaceAll('\n', '\r\n') : lines
      const at = parseFieldPath(source)
      const steps = at.steps.map((step) => (step.kind === 'index' ? step.index : step.key))
      const wish = { path: PATH, document: null, at, value: wanted }
      const { edits, refusals } = setFields([{ path: PATH, text }], [wish])
      const [edit] = edits
      if (refusals.length > 0 || edit === undefined) return
      changed++
      const before = parseDocument(text)
      const after = parseDocument(edit.after)
      assert.equal(after.getIn(steps), wanted)
      before.setIn(steps, wanted)
      assert.deepEqual(after.toJS(), before.toJS())
      assert.deepEqual(setFields([{ path: PATH, text: edit.after }], [wish]).edits, [])
    }),
    { numRuns: 600 },
  )
  assert.ok(changed > 200, `${changed} changed`)
})

test('nothing makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, wanted) => {
      const at = parseFieldPath('a.b[0][c=d]')
      setFields([{ path: PATH, text }], [{ path: PATH, document: null, at, value: wanted }])
    }),
  )
})

test('what a value template writes is read back from it', () => {
  const given = {
    sha: fc.stringMatching(/^[0-9a-f]{40}$/),
    tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/),
    version: fc.stringMatching(/^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(-rc\.[0-9])?$/),
    image: fc.stringMatching(/^[a-z]{1,8}\.io\/[a-z]{1,8}$/),
  }
  const values = fc.record(given, { noNullPrototype: true })
  const sources = fc.constantFrom('{sha}', 'v{version}', '{image}:{tag}', 'refs/tags/{tag}', 'x-{version}-y')
  fc.assert(
    fc.property(values, sources, (each, source) => {
      const template = parseTemplate(source, Object.keys(given))
      const read = readFieldValue(template, renderTemplate(template, each))
      assert.deepEqual({ ...each, ...read }, each)
      assert.ok(Object.keys(read ?? {}).length > 0)
    }),
  )
})
