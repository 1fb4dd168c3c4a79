import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NAME_PATTERN } from '../../src/domain/names.ts'
import { parseTagTemplate } from '../../src/domain/tag-template.ts'
import { plan } from '../../src/plan/plan.ts'
import { invalidName } from '../../src/plan/previews/names.ts'
import { previewSet } from '../../src/plan/previews/set.ts'
import { app, file, manifests, offers, oid, previews, pullRequest, world } from '../support/world.ts'

const BRANCHES = {
  follow: { kind: 'branches', glob: '**' },
  path: 'apps/web/previews/{slug}',
  url: null,
} as const

function judged(text: string, change: Parameters<typeof previews>[0] = {}): string | null {
  return invalidName([file('apps/web/preview/a.yaml', text)], previews(change))?.message ?? null
}

for (const text of [
  'namespace: web-pr-{number}\n',
  'kind: Namespace\nmetadata:\n  name: web-{slug}\n  labels: { title: "{title}" }\n',
  `metadata:\n  name: ${'x'.repeat(22)}-{slug}\n`,
  'metadata: { name: "web.{slug}.preview" }\n',
  'namespace: {slug}\nnameSuffix: -{number}\n',
  'images:\n  - name: "{image}"\n    newTag: "{tag}"\n',
  'spec:\n  rules: [{ host: "{host}" }]\n  tls:\n    - hosts: ["{host}", "*.{host}"]\n',
  'env: [{ name: "{branch}" }]\n',
  'host: "{url}"\n',
  'metadata:\n  name: Not_Ours\n',
  '{{ if x }}\nnamespace: {branch}\n{{ end }}\n',
]) {
  test(`${JSON.stringify(text)} makes names that a cluster takes, or none`, () => {
    assert.equal(judged(text), null)
  })
}

for (const [text, expected] of [
  [
    'a: 1\nnamespace: web-{branch}\n',
    /a\.yaml, line 2: "namespace: web-\{branch\}".*use \{slug\} or \{number\}/,
  ],
  ['a: 1\n---\nmetadata:\n  name: {title}\n', /line 4: /],
  ['metadata:\n  name: {owner}\n', /line 2: .*"Some_Person"/],
  ['metadata:\n  name: a-prefix-of-24-characters-{slug}\n', /up to 66 characters, and 63 are allowed/],
  ['namespace: web-{number}-\n', /line 1: /],
  ['namespace: web.{slug}\n', /line 1: /],
  ['nameSuffix: _{number}\n', /nameSuffix/],
  ['spec:\n  rules:\n    - host: "{branch}.acme.dev"\n', /line 3: .*no name server takes/],
  ['spec:\n  dnsNames:\n    - ok.acme.dev\n    - "{slug}_x.acme.dev"\n', /line 4: /],
] as const) {
  test(`${JSON.stringify(text)} is refused with its line`, () => {
    assert.match(judged(text) ?? '', expected)
  })
}

test('a tag is a name only where every tag of the template is one', () => {
  const text = 'metadata:\n  name: web-{tag}\n'
  assert.equal(judged(text), null)
  assert.match(judged(text, { tag: parseTagTemplate('v_{sha:7}') }) ?? '', /line 2/)
})

test('a template with an invalid name changes nothing, and takes nothing away', () => {
  const tree = [
    file('apps/web/preview/a.yaml', 'namespace: {branch}\n'),
    file('apps/web/previews/pr-1/a.yaml', 'namespace: old\n'),
  ]
  const each = world({
    config: { apps: [app({ environments: [], previews: previews() })] },
    offers: offers({ pullRequests: { complete: true, items: [pullRequest(1), pullRequest(2)] } }),
    snapshot: manifests('x', { tree }),
  })
  const { actions, standings } = plan(each, { confirmRemovals: false })
  assert.deepEqual(actions, [])
  assert.deepEqual([standings[0]?.state, standings[0]?.reason.code], ['refused', 'template-name-invalid'])
})

test('whatever branches are called, each has a path and names of its own, valid with what the template adds', () => {
  const branch = fc.oneof(
    fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9/._-]{0,70}$/),
    fc.constantFrom('feat/a-b', 'feata-b', 'feat-a-b', 'feat/a/b', 'Feat/a-b', 'feat-a-b-0123456789'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => !/\p{Cs}/u.test(text)),
  )
  fc.assert(
    fc.property(fc.uniqueArray(branch, { maxLength: 12 }), (names) => {
      const follows = previews(BRANCHES)
      const items = names
        .filter((name) => name !== 'main' && !name.startsWith('supercargo/'))
        .map((name) => ({ name, head: oid('a') }))
      const web = app({ environments: [], previews: follows })
      const each = world({
        config: { apps: [web] },
        offers: offers({ liveBranches: { complete: true, items } }),
        snapshot: manifests('x'),
      })
      const made = previewSet(each, web, follows).previews
      assert.equal(new Set(made.map(({ path }) => path)).size, items.length)
      for (const { values } of made) assert.match(`${'x'.repeat(22)}-${values.slug}`, NAME_PATTERN)
    }),
  )
})
