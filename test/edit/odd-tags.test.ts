import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CORE_SCHEMA, loadAll, YAML11_SCHEMA } from 'js-yaml'
import { parse } from 'yaml'
import { parseImageName, TAG_PATTERN } from '../../src/domain/image.ts'
import { setImage } from '../../src/edit/set-image.ts'

const IMAGE = parseImageName('ghcr.io/acme/web')

/** Each is something else than a string to some reader of YAML, or has been for somebody. */
const ODD = `1.10 1234e56 0755 on ~ null 0x1f 1_000 12:30:45 2024-01-01 .5 5. +1 1e3 NaN = 1 0 00 -1 0o17 0b11
  1. 1.0 1e-3 1E3 0e1 6e12345 1__0 _1 0x_ 0xg 190:20 Y n Yes NO Off TRUE False Null NULL .inf -.Inf .nan .NaN nan
  inf Infinity 2024-1-1 2024-01-01T00:00:00Z 20240101 20240101.1 1.2.3 v1 007 08 0o8 1e 1e+ 0x 0b2 <<`.split(
  /\s+/,
)

const QUOTES = ['', '"', "'"]

/** One slot for a tag each. */
const SHAPES: [string, string][] = [
  ['kustomization.yaml', 'images:\n- name: ghcr.io/acme/web\n  newTag: @ # c\n  x: 1\n'],
  ['kustomization.yaml', 'images: [{newTag: @, name: ghcr.io/acme/web}]\n'],
  ['values.yaml', 'image:\n  tag: @\n  repository: ghcr.io/acme/web'],
  ['values.yaml', 'image: {repository: acme/web, tag: @ , registry: ghcr.io}\n'],
]

test('what looks like something else is read as a tag, and replaced', () => {
  for (const [path, shape] of SHAPES) {
    for (const old of ODD) {
      for (const quote of QUOTES) {
        const [text, wished] = [old, 'v9'].map((tag) => filled(shape, quote, tag))
        const report = setImage([{ path, text: text ?? '' }], IMAGE, { tag: 'v9' })
        assert.deepEqual(report.refusals, [], text)
        assert.equal(report.edits[0]?.after, wished)
        const isNull = quote === '' && /^(?:~|null|Null|NULL)$/.test(old)
        assert.equal(report.sightings[0]?.tag, isNull ? null : old, text)
      }
    }
  }
})

test('what looks like something else is written so that every reader takes it for that very tag', () => {
  const tags = ODD.filter((tag) => TAG_PATTERN.test(tag))
  assert.ok(tags.length > 40)
  for (const [path, shape] of SHAPES) {
    for (const tag of tags) {
      for (const quote of QUOTES) {
        const report = setImage([{ path, text: filled(shape, quote, 'v0') }], IMAGE, { tag })
        const after = report.edits[0]?.after ?? ''
        for (const read of readers(after)) assert.deepEqual(read, readers(filled(shape, '"', tag))[0], after)
        if (quote !== '') assert.equal(after, filled(shape, quote, tag))
      }
    }
  }
})

test('what no registry takes as a tag is refused, whatever stands there', () => {
  for (const tag of ODD.filter((tag) => !TAG_PATTERN.test(tag))) {
    const report = setImage([{ path: 'values.yaml', text: filled(SHAPES[2]?.[1] ?? '', '', tag) }], IMAGE, {
      tag,
    })
    assert.deepEqual([report.outcome, report.refusals.map(({ code }) => code)], ['refused', ['invalid-tag']])
  }
})

function filled(shape: string, quote: string, tag: string): string {
  return shape.replace('@', () => `${quote}${tag}${quote}`)
}

/** The same text to two parsers by the rules of two versions of YAML each. */
function readers(text: string): unknown[] {
  return [
    parse(text, { version: '1.1' }),
    parse(text, { version: '1.2' }),
    loadAll(text, { schema: YAML11_SCHEMA })[0],
    loadAll(text, { schema: CORE_SCHEMA })[0],
  ]
}
