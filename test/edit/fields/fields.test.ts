import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseFieldPath } from '../../../src/domain/field-path.ts'
import type { FieldValues } from '../../../src/domain/field-value.ts'
import type { FileEdit, TextFile } from '../../../src/edit/editor.ts'
import { renderFile, valuesInRendered } from '../../../src/edit/fields/render-file.ts'
import { type FieldReport, setFields } from '../../../src/edit/fields/set-fields.ts'

const GOLDEN = join(import.meta.dirname, 'golden')

interface Case {
  fields?: { file: string; in?: string; at: string; value: string }[]
  /** What each field says before; null where it was not found. */
  present?: (string | null)[]
  render?: { template: string; to: string; values: FieldValues }
  /** What the rendered file says before, as far as it is expected here. */
  says?: FieldValues | null
  /** Codes. */
  refusals?: string[]
  notes?: string[]
}

for (const name of readdirSync(GOLDEN).sort()) {
  const folder = join(GOLDEN, name)
  const golden: Case = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'))
  test(`fields: ${name.replaceAll('-', ' ')}`, () => {
    const before = readTree(join(folder, 'before'))
    const report = apply(before, golden)
    assert.deepEqual(codes(report.refusals), golden.refusals ?? [])
    assert.deepEqual(codes(report.notes), golden.notes ?? [])
    if (golden.present !== undefined)
      assert.deepEqual(
        report.sightings.map((sighting) => sighting?.text ?? null),
        golden.present,
      )
    const after = edited(before, report.edits)
    assert.deepEqual(after, readTree(join(folder, 'after')))
    assert.deepEqual(apply(after, golden).edits, [], 'a second time changes nothing')
  })
}

test('a key that is missing is refused with the nearest path that exists', () => {
  const text = 'spec:\n  source:\n    git: {url: x, revision: main}\n'
  const [refusal] = set(text, 'spec.source.git.revison').refusals
  assert.equal(refusal?.message, '"spec.source.git" has no "revison". Did you mean "revision"?')
  assert.deepEqual([refusal?.line, refusal?.column], [3, 10])
  assert.equal(set(text, 'spec.sauce').refusals[0]?.message, '"spec" has no "sauce". It has source.')
  assert.match(set(text, 'metadata').refusals[0]?.message ?? '', /^The document has no "metadata"/)
})

test('of several documents that one is named in which most of the path exists', () => {
  const [refusal] = set('a: 1\n---\nspec:\n  git: {}\n', 'spec.git.revision').refusals
  assert.equal(refusal?.message, '"spec.git" has no "revision".')
  assert.equal(refusal?.line, 4)
})

test('a value that would end its quotes is not written', () => {
  for (const text of ['a: "v1"\n', "a: 'v1'\n"]) {
    const { edits, refusals } = set(text, 'a', `v"'\n2`)
    assert.deepEqual([edits, codes(refusals)], [[], ['proof-failed']])
  }
})

function set(text: string, at: string, value = 'v2'): FieldReport {
  const path = 'a.yaml'
  return setFields([{ path, text }], [{ path, document: null, at: parseFieldPath(at), value }])
}

function apply(files: TextFile[], golden: Case): FieldReport {
  return golden.render === undefined ? applyFields(files, golden) : applyRender(files, golden, golden.render)
}

function applyFields(files: TextFile[], { fields = [] }: Case): FieldReport {
  const wishes = fields.map(({ file, at, value, in: object }) => {
    const [kind = '', name = null] = object?.split('/') ?? []
    const document = object === undefined ? null : { kind, name }
    return { path: file, document, at: parseFieldPath(at), value }
  })
  return setFields(files, wishes)
}

function applyRender(
  files: TextFile[],
  golden: Case,
  { template, to, values }: NonNullable<Case['render']>,
): FieldReport {
  const source = files.find(({ path }) => path === template)
  const present = files.find(({ path }) => path === to)
  assert.ok(source)
  if (golden.says !== undefined && present?.text !== renderFile(source, values))
    assert.deepEqual(valuesInRendered(source.text, present?.text ?? ''), golden.says)
  const text = renderFile(source, values)
  const report: FieldReport = { edits: [], sightings: [], refusals: [], notes: [] }
  if (typeof text !== 'string') return { ...report, refusals: [text] }
  const before = present?.text ?? ''
  return { ...report, edits: text === before ? [] : [{ path: to, before, after: text }] }
}

function edited(files: TextFile[], edits: FileEdit[]): TextFile[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]))
  for (const { path, after } of edits) texts.set(path, after)
  return [...texts].map(([path, text]) => ({ path, text })).sort((a, b) => (a.path < b.path ? -1 : 1))
}

function codes(remarks: { code: string }[]): string[] {
  return remarks.map(({ code }) => code)
}

function readTree(root: string): TextFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: path.slice(root.length + 1), text: readFileSync(path, 'utf8') }))
}
