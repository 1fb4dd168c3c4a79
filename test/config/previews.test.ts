import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Previews } from '../../src/config/model.ts'
import { readSourceConfig } from '../../src/config/source.ts'
import { problemsOf, SOURCE } from './problems-of.ts'

const WITH_URL = 'url: "https://pr-{number}.acme.dev"'

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
  ['sleep: 8', /Put quotes around it/],
  ['probe: yes', /true, false or a mapping of keys to values.*or the keys below it/],
  ['probe: { paths: /healthz }', /Did you mean "path"\?/],
  ['probe: { path: healthz }', /such as \/healthz/],
  ['probe: { path: //evil.example }', /the host is that of "url"/],
  ['probe: { status: "200" }', /a whole number or a list of them.*without quotes/],
  ['probe: { status: 99 }', /at least 100/],
  ['probe: { status: [] }', /is an empty list/],
  ['probe: { expect: "{branch}" }', /The variables here are \{sha\}, \{tag\}/],
  ['probe: { expect: " " }', /such as "\{sha\}"/],
  ['probe: { within: soon }', /such as 30m, 1h or 2d/],
  ['probe: true', /these have no "url"/],
] as const) {
  test(`${keys} is refused with what to write instead`, () => {
    const [problem, ...others] = problemsOf(
      config(keys.startsWith('probe: {') ? `${keys}\n  ${WITH_URL}` : keys),
    )
    assert.deepEqual(others, [])
    assert.match(`${problem?.message} ${problem?.advice}`, expected)
    assert.equal(problem?.line, 7)
  })
}

test('how the page of a preview tells that it is ready is read in full, or is status 200 within ten minutes', () => {
  const probe = (written: string) => {
    const read = readSourceConfig('.supercargo.yml', config(`${WITH_URL}\n  ${written}`), SOURCE)
    assert.ok(read.ok, JSON.stringify(read))
    return read.value.apps[0]?.previews?.probe
  }
  assert.deepEqual(probe('probe: true'), { path: null, status: [200], expect: null, within: 600 })
  const full = probe('probe: { path: /healthz, status: [200, 204], expect: "v{sha:7}", within: 30m }')
  assert.deepEqual(
    { ...full, expect: full?.expect?.source },
    { path: '/healthz', status: [200, 204], expect: 'v{sha:7}', within: 1800 },
  )
  assert.deepEqual([probe('probe: false'), probe('drafts: true')], [null, null])
  const [problem] = problemsOf(config(`${WITH_URL}\n  comment: off\n  probe: true`))
  assert.match(problem?.message ?? '', /remembers in the comment/)
})

test('what would go before it sleeps is refused', () => {
  const [problem, ...others] = problemsOf(config('ttl: 8h\n  sleep: 8h'))
  assert.deepEqual(others, [])
  assert.match(problem?.message ?? '', /go after 8h, so they would never sleep after 8h/)
  assert.equal(problem?.line, 8)
  assert.deepEqual(problemsOf(config('ttl: 8h\n  sleep: 7h59m')), [])
})

test('what only pull requests have is refused for branches', () => {
  for (const keys of [
    'labels: { need: x }',
    'drafts: false',
    'bots: true',
    'forks: never',
    'forkLabel: x',
    'limitPerAuthor: 1',
    'ttl: 1d',
    'sleep: 8h',
  ]) {
    const [problem] = problemsOf(config(keys, 'branches feature/*', '{slug}'))
    assert.equal(problem?.code, 'conflict', keys)
  }
  assert.deepEqual(problemsOf(config('limit: 3', 'branches feature/*', '{slug}')), [])
})

test('without a template a preview is made of values alone, and then it is a JSON file', () => {
  const without = (path: string) =>
    config('', 'pull requests', path).replace('  template: apps/web/preview\n', '')
  const read = readSourceConfig('.supercargo.yml', without('pr-{number}.json'), SOURCE)
  assert.ok(read.ok)
  assert.equal(read.value.apps[0]?.previews?.template, null)
  const [problem, ...others] = problemsOf(without('pr-{number}'))
  assert.deepEqual(others, [])
  assert.equal(problem?.code, 'missing')
  assert.match(problem?.advice ?? '', /let "path" end with \.json/)
})
