import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const docs = readFileSync('docs/manifests.md', 'utf8')
const sources = readdirSync('src/edit', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join('src/edit', file), 'utf8'))
  .join('\n')
const golden = ['test/edit/golden', 'test/edit/fields/golden']

/** What else stands in quotes in the sources: formats, outcomes, and results of functions. */
const WORDS = ['argo-cd', 'argo-cd-source', 'helm-values', 'image-tag-transformer', 'not-found', 'same-image']

/** Reason codes are the other kebab-case words in quotes in the sources; one has no hyphen. */
const codes = new Set([
  'overridden',
  ...[...sources.matchAll(/'([a-z]+(?:-[a-z0-9]+)+)'/g)]
    .map(([, code]) => code ?? '')
    .filter((code) => !WORDS.includes(code)),
])

test('the documentation lists every reason code, and no other', () => {
  assert.ok(codes.size > 12, [...codes].join(' '))
  const listed = new Set(
    [...docs.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) +\|/gm)].flatMap(
      ([, cell]) => cell?.match(/[a-z-]+/g) ?? [],
    ),
  )
  assert.deepEqual([...listed].sort(), [...codes].sort())
})

test('every reason code that files can cause has a golden case or a test of limits', () => {
  const shown = golden
    .flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => join(root, file)),
    )
    .filter((file) => file.endsWith('case.json'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  const limits = readFileSync('test/edit/limits.test.ts', 'utf8')
  const missing = [...codes].filter((code) => !shown.includes(`"${code}"`) && !limits.includes(`'${code}'`))
  assert.deepEqual(missing.sort(), ['proof-failed'])
})
