import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Previews } from '../../src/config/model.ts'
import { readSourceConfig } from '../../src/config/source.ts'
import { problemsOf, SOURCE } from './problems-of.ts'

function config(keys: string, follow = 'pull requests', path = 'pr-{number}'): string {
  return `manifests: acme/m
image: ghcr.io/acme/web
previews:
  follow: ${follow}
  template: apps/web/preview
  path: apps/web/previews/${path}
  ${keys}
`
}

test('which previews there are, how many and how long is read in full', () => {
  const text = config(
    'labels: { need: Preview, forbid: [wip, "env::none"] }\n  drafts: false\n  bots: true\n  limit: 20\n  limitPerAuthor: 3\n  maxRemovals: 5\n  ttl: 1d12h\n  forkLabel: Show',
  )
  const read = readSourceConfig('.supercargo.yml', text, SOURCE)
  assert.ok(read.ok)
  const { labels, forks, forkLabel, ...rest }: Partial<Previews> = read.value.apps[0]?.previews ?? {}
  assert.deepEqual(labels, { need: ['preview'], forbid: ['wip', 'env::none'] })
  assert.deepEqual([forks, forkLabel], ['approved', 'show'])
  const { drafts, bots, limit, limitPerAuthor, maxRemovals, ttl } = rest
  assert.deepEqual(
    { drafts, bots, limit, limitPerAuthor, maxRemovals, ttl },
    { drafts: false, bots: true, limit: 20, limitPerAuthor: 3, maxRemovals: 5, ttl: 36 * 3600 },
  )
})

for (const [keys, expected] of [
  ['limit: 0', /at least 1/],
  ['limit: 5000', /at most 1000/],
  ['limit: "3"', /whole number, without quotes/],
  ['limit: 1.5', /whole number/],
  ['drafts: yes', /Write true or false/],
  ['ttl: 3', /Put quotes around it/],
  ['ttl: 3 days', /such as 30m, 1h or 2d/],
  ['labels: preview', /Write its keys below it/],
  ['labels: { needed: preview }', /Did you mean "need"\?/],
  ['labels: { need: " preview" }', /as the forge shows it/],
  ['labels: { need: a, forbid: A }', /Keep one of the two/],
  [`url: "https://${'x'.repeat(54)}{number}.acme.dev"`, /up to 64 characters, and 63 are allowed/],
  ['url: "https://{slug}-{sha}.acme.dev"', /write \{sha:7\} for \{sha\}/],
  ['forks: true', /Write approved or never/],
  ['forkLabel: x\n  forks: never', /Remove one of the two/],
] as const) {
  test(`${keys} is refused with what to write instead`, () => {
    const [problem, ...others] = problemsOf(config(keys))
    assert.deepEqual(others, [])
    assert.match(`${problem?.message} ${problem?.advice}`, expected)
    assert.equal(problem?.line, 7)
  })
}

test('what only pull requests have is refused for branches', () => {
  for (const keys of [
    'labels: { need: x }',
    'drafts: false',
    'bots: true',
    'forks: never',
    'forkLabel: x',
    'limitPerAuthor: 1',
    'ttl: 1d',
  ]) {
    const [problem] = problemsOf(config(keys, 'branches feature/*', '{slug}'))
    assert.equal(problem?.code, 'conflict', keys)
  }
  assert.deepEqual(problemsOf(config('limit: 3', 'branches feature/*', '{slug}')), [])
})
