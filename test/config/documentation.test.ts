import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { policyJsonSchema, schemaAt, sourceJsonSchema } from '../../src/config/json-schema.ts'
import { LATER_KEYS } from '../../src/config/later-keys.ts'
import { FIELD_VARIABLES } from '../../src/domain/field-value.ts'
import { TAG_VARIABLES } from '../../src/domain/tag-variables.ts'
import { PREVIEW_VARIABLES, renderText } from '../../src/domain/template.ts'
import { policyProblems, problemsOf, sourceProblems } from './problems-of.ts'

const TEXT = readFileSync('docs/configuration.md', 'utf8')
const [APPLICATION = '', MANIFESTS = ''] = TEXT.split('\n## The manifest repository')
const isSource = new Ajv({ strict: false }).compile(sourceJsonSchema)
const isPolicy = new Ajv({ strict: false }).compile(policyJsonSchema)

for (const [index, example] of blocks(APPLICATION).entries()) {
  test(`example ${index + 1} of the application repository is right`, () => {
    if (example.includes('kind: Kustomization')) {
      const rendered = renderText(example, PREVIEW_VARIABLES, {
        number: '12',
        tag: '1234567',
        image: 'ghcr.io/acme/web',
      })
      assert.deepEqual(parse(rendered).images, [{ name: 'ghcr.io/acme/web', newTag: '1234567' }])
      return
    }
    assert.deepEqual(sourceProblems(example), [])
    assert.ok(isSource(parse(example)))
  })
}

for (const [index, example] of blocks(MANIFESTS).entries()) {
  test(`example ${index + 1} of the manifest repository is right`, () => {
    assert.deepEqual(policyProblems(example), [])
    assert.ok(isPolicy(parse(example)))
  })
}

test('there are examples of both', () => {
  assert.equal(blocks(APPLICATION).length, 10)
  assert.equal(blocks(MANIFESTS).length, 3)
})

test('every key, variable and kind of rule is documented', () => {
  const top = Object.keys(sourceJsonSchema.properties ?? {})
  const previews = Object.keys(sourceJsonSchema.properties?.previews?.properties ?? {})
  const environment = schemaAt(sourceJsonSchema, ['environments', 'staging'])
  const field = schemaAt(sourceJsonSchema, ['fields', 0])
  const gates = schemaAt(sourceJsonSchema, ['gates'])
  const signature = schemaAt(sourceJsonSchema, ['gates', 'signature', 0])
  const tags = schemaAt(sourceJsonSchema, ['tags'])
  const keys = [environment, field, gates, signature, tags].flatMap((schema) =>
    Object.keys(schema?.properties ?? {}),
  )
  const accept = Object.keys(policyJsonSchema.properties?.accept?.items?.properties ?? {})
  const freeze = Object.keys(policyJsonSchema.properties?.freeze?.items?.properties ?? {})
  for (const key of [...top, ...previews, ...keys, ...accept, ...freeze, ...Object.keys(LATER_KEYS)])
    assert.ok(TEXT.includes(`\`${key}\``), key)
  for (const variable of [...PREVIEW_VARIABLES, ...FIELD_VARIABLES, ...TAG_VARIABLES])
    assert.ok(new RegExp(`^\\| \`\\{${variable}\\}\` +\\|`, 'm').test(APPLICATION), variable)
})

test('what is documented as planned is refused as such', () => {
  const listed = /### What this version does not know\n\n([\s\S]*?) are planned/.exec(TEXT)?.[1] ?? ''
  const keys = [...listed.matchAll(/`([A-Za-z]+)`/g)].map((match) => match[1] ?? '')
  assert.deepEqual(keys.sort(), Object.keys(LATER_KEYS).sort())
  for (const key of keys) assert.equal(problemsOf(`${key}: x`)[0]?.code, 'not-supported', key)
})

function blocks(text: string): string[] {
  return [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
}
