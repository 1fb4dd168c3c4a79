import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { TAG_PATTERN } from '../../src/domain/image.ts'
import { newScalar, readsAsString } from '../../src/edit/yaml/plain.ts'

/** Tags that look like something else: made of what numbers, dates, times and booleans are made of. */
const number = fc.string({ unit: fc.constantFrom(...'0123456789abefinoxyNOTEZ_.:+-'), maxLength: 12 })
const words =
  'true True no No NO on Off y Y null Null ~ .inf -.INF .nan 0x1f 0b1 0o7 017 1_0 1e3 1.e+3 190:20:30'
const odd = fc.oneof(
  number,
  fc.constantFrom(...words.split(' ')),
  fc.double().map(String),
  fc.integer().map(String),
)

function isStringEverywhere(text: string): boolean {
  return (['1.1', '1.2'] as const).every((version) => {
    try {
      return parse(text, { version, logLevel: 'silent' }) === text
    } catch {
      return false
    }
  })
}

test('a text is left without quotes only when YAML 1.1 and 1.2 read it as that string', () => {
  fc.assert(
    fc.property(odd, (text) => {
      if (readsAsString(text)) assert.ok(isStringEverywhere(text), text)
    }),
    { numRuns: 20_000 },
  )
})

test('a tag gets quotes only when some YAML reader would not read it as that string', () => {
  fc.assert(
    fc.property(odd, (tag) => {
      fc.pre(TAG_PATTERN.test(tag))
      if (!readsAsString(tag) && isStringEverywhere(tag)) assert.match(tag, GO_YAML_READS_A_NUMBER)
    }),
    { numRuns: 20_000 },
  )
})

/** go-yaml, which kustomize, Helm and Argo CD use, drops underscores first and reads more than the two. */
const GO_YAML_READS_A_NUMBER = /^[0-9][0-9a-fA-F_.xob]*(?:[eE][0-9]+)?$|^\d{4}-\d\d?-\d\d?$/

test('what is written for a new value reads back as that value, in block, in flow and in JSON', () => {
  fc.assert(
    fc.property(fc.oneof(odd, fc.string()), (value) => {
      assert.equal(parse(`a: ${newScalar(value)} # c`).a, value)
      assert.equal(parse(`{a: ${newScalar(value)}, b: c}`, { version: '1.1' }).a, value)
      assert.equal(JSON.parse(`{"a": ${newScalar(value, true)}}`).a, value)
    }),
    { numRuns: 5_000 },
  )
})

test('ordinary tags stay without quotes', () => {
  for (const tag of [
    'v1.2.3',
    '1.2.3',
    'main',
    'abc1234',
    '1.2.3-rc.1',
    'pr-12',
    'b7.20220101.101530',
    '2026.01.02',
  ]) {
    assert.equal(newScalar(tag), tag)
  }
})
