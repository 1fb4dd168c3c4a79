import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Environment } from '../../src/config/model.ts'
import { readSourceConfig } from '../../src/config/source.ts'
import { problemsOf, SOURCE, sourceProblems } from './problems-of.ts'

const BASE = 'manifests: acme/k8s-manifests\nimage: ghcr.io/acme/web\n'

function environments(text: string): Environment[] {
  const read = readSourceConfig('.supercargo.yml', BASE + text, SOURCE)
  assert.ok(read.ok, JSON.stringify(read))
  return read.value.apps.flatMap((app) => app.environments)
}

/** Line 4 holds the environment, line 6 the entry. */
function withField(entry: string, follow = 'branch main'): string {
  return `${BASE}environments:\n  staging: { follow: ${follow}, path: apps/web, fields: [\n\n    ${entry}\n    ] }\n`
}

test('fields and image policies are read whole', () => {
  const [staging] = environments(`environments:
  staging:
    follow: branch main
    path: apps/web
    fields:
      - { file: kpack/image.yaml, in: Image/web, at: spec.source.git.revision, value: "{sha}" }
      - { file: values.yaml, at: 'containers[name="web"].ports[0]["a.b/c"]', value: "{image}:{tag}" }
      - { render: deployment.yml.tmpl, to: deployment.yml }
    imagePolicies: { flux-system:web: ghcr.io/acme/web }
`)
  assert.deepEqual(
    staging?.fields.map((field) =>
      field.kind === 'render'
        ? field
        : [field.file, field.document, field.at.steps, field.value.source].map((part) =>
            JSON.stringify(part),
          ),
    ),
    [
      [
        '"kpack/image.yaml"',
        '{"kind":"Image","name":"web"}',
        JSON.stringify(['spec', 'source', 'git', 'revision'].map((key) => ({ kind: 'key', key }))),
        '"{sha}"',
      ],
      [
        '"values.yaml"',
        'null',
        JSON.stringify([
          { kind: 'key', key: 'containers' },
          { kind: 'item', key: 'name', value: 'web' },
          { kind: 'key', key: 'ports' },
          { kind: 'index', index: 0 },
          { kind: 'key', key: 'a.b/c' },
        ]),
        '"{image}:{tag}"',
      ],
      { kind: 'render', template: 'deployment.yml.tmpl', to: 'deployment.yml' },
    ],
  )
  assert.deepEqual(
    staging?.imagePolicies.map(({ policy, image }) => [policy, image.written]),
    [['flux-system:web', 'ghcr.io/acme/web']],
  )
})

test('environments inherit fields, and an empty list takes none', () => {
  const [a, b] = environments(`fields: [{ render: d.tmpl, to: d.yml }]
environments:
  a: { follow: branch main, path: apps/a }
  b: { follow: branch main, path: apps/b, fields: [] }
`)
  assert.deepEqual([a?.fields.length, b?.fields.length], [1, 0])
})

test('an environment takes from inherited image policies those of its own images', () => {
  const [web, api] =
    environments(`imagePolicies: { "flux:web": ghcr.io/acme/web, "flux:api": ghcr.io/acme/api }
apps:
  web: { environments: { a: { follow: branch main, path: a } } }
  api: { image: ghcr.io/acme/api, environments: { a: { follow: branch main, path: b } } }
`)
  assert.deepEqual(
    [web, api].map((each) => each?.imagePolicies.map(({ policy }) => policy)),
    [['flux:web'], ['flux:api']],
  )
})

test('a value may hold the version of a tag where tags or tag templates have one', () => {
  assert.deepEqual(sourceProblems(withField('{ file: a, at: b, value: "{version}" }', 'tag v*')), [])
  const template = withField('{ file: a, at: b, value: "{version}" }').replace(
    'image:',
    'tag: "1.0.0-{sha:7}"\nimage:',
  )
  assert.deepEqual(sourceProblems(template), [])
})

describe('what is wrong with a field is said where it stands, with what to write instead', () => {
  for (const [entry, expected, advice] of [
    ['{ file: a, at: b, valeu: "{sha}" }', '6:23 unknown-key', /Did you mean "value"\?/],
    ['{ file: a, at: b }', '6:5 missing', /file: …, at: …, value: …/],
    ['{ file: a, value: "{sha}" }', '6:5 missing', /at: …/],
    ['{ at: a, value: "{sha}" }', '6:5 missing', /file: …/],
    ['{ render: a }', '6:5 missing', /to: …/],
    ['{ to: a }', '6:5 missing', /render: …/],
    ['{}', '6:5 missing', /render: …/],
    ['{ file: a, at: b, value: "{sha}", to: c }', '6:5 conflict', /or \{ render/],
    ['text', '6:5 wrong-type', /keys below it/],
    ['{ file: ../a, at: b, value: "{sha}" }', '6:13 invalid-value', /below the path of the environment/],
    ['{ file: /a, at: b, value: "{sha}" }', '6:13 invalid-value', /below the path/],
    ['{ file: a/.git/b, at: b, value: "{sha}" }', '6:13 invalid-value', /below the path/],
    ['{ file: "a{sha}", at: b, value: "{sha}" }', '6:13 invalid-value', /below the path/],
    ['{ render: a, to: ../b }', '6:22 invalid-value', /below the path/],
    ['{ file: a, at: b..c, value: "{sha}" }', '6:20 invalid-value', /quotes around a key with dots/],
    ['{ file: a, at: "b[c]", value: "{sha}" }', '6:20 invalid-value', /\[name=web\]/],
    ['{ file: a, at: "b[0]c", value: "{sha}" }', '6:20 invalid-value', /Write keys with dots/],
    ['{ file: a, at: b, value: "{SHA}" }', '6:30 invalid-value', /Did you mean \{sha\}\?/],
    [
      '{ file: a, at: b, value: "{digest}" }',
      '6:30 invalid-value',
      /\{sha\}, \{tag\}, \{version\}, \{image\}/,
    ],
    ['{ file: a, at: b, value: latest }', '6:30 invalid-value', /Write one of \{sha\}/],
    ['{ file: a, at: b, value: "{image}" }', '6:30 invalid-value', /Write one of \{sha\}/],
    ['{ file: a, at: b, value: "{tag}-{tag}" }', '6:30 invalid-value', /each variable once/],
    ['{ file: a, at: b, value: "{version}" }', '6:23 invalid-value', /Write \{tag\} or \{sha\}/],
    ['{ file: a, at: b, value: "https://evil.example/{sha}" }', '6:30 invalid-value', /refs\/tags/],
    ['{ file: a, at: b, value: "rm -rf {sha}" }', '6:30 invalid-value', /refs\/tags/],
    [`{ file: a, at: b, value: 'a"{sha}' }`, '6:30 invalid-value', /refs\/tags/],
    ['{ file: a, at: b, value: "{sha}", in: image web }', '6:43 invalid-value', /such as Image\/web/],
    ['{ render: a, to: a }', '6:5 conflict', /another name than the template/],
    ['{ render: a, to: b }, { file: b, at: c, value: "{sha}" }', '6:27 conflict', /one of the two/],
    ['{ render: a, to: b }, { file: a, at: c, value: "{sha}" }', '6:27 conflict', /one of the two/],
    ['{ render: a, to: b }, { render: c, to: b }', '6:27 conflict', /one of the two/],
    ['{ render: a, to: b }, { render: b, to: c }', '6:27 conflict', /one of the two/],
    [
      '{ file: a, at: b, value: "{sha}" }, { file: a, at: b, value: "{tag}" }',
      '6:41 conflict',
      /one of the two/,
    ],
  ] as const) {
    test(entry, () => {
      const text = withField(entry)
      assert.deepEqual(sourceProblems(text), [expected])
      assert.match(problemsOf(text)[0]?.advice ?? '', advice)
    })
  }
})

describe('what is wrong with an image policy', () => {
  const policies = (mapping: string) =>
    `${BASE}environments:\n  staging: { follow: branch main, path: apps/web, imagePolicies: ${mapping} }\n`
  for (const [mapping, expected, advice] of [
    ['{ web: ghcr.io/acme/web }', '4:68 invalid-value', /namespace:name/],
    ['{ "flux:web": ghcr.io/acme/wbe }', '4:80 invalid-value', /Did you mean ghcr.io\/acme\/web\?/],
    ['{ "flux:web": "ghcr.io/acme/web:v1" }', '4:80 invalid-value', /only its name/],
    ['[flux:web]', '4:66 wrong-type', /keys below it/],
  ] as const) {
    test(mapping, () => {
      assert.deepEqual(sourceProblems(policies(mapping)), [expected])
      assert.match(problemsOf(policies(mapping))[0]?.advice ?? '', advice)
    })
  }
})

test('two environments cannot decide what stands in one place', () => {
  const both = (field: string) => `${BASE}fields: [${field}]
environments:
  staging: { follow: branch main, path: apps/web/values-staging.yaml }
  production: { follow: tag v*, path: apps/web/values-production.yaml }
`
  assert.deepEqual(sourceProblems(both('{ file: Chart.yaml, at: appVersion, value: "{tag}" }')), [
    '6:39 conflict',
  ])
  assert.deepEqual(sourceProblems(both('{ render: d.tmpl, to: d.yml }')), ['6:39 conflict'])
  const apart = both('{ file: Chart.yaml, at: appVersion, value: "{tag}" }').replace(
    'values-staging.yaml',
    'a',
  )
  assert.deepEqual(sourceProblems(apart), [])
})

test('previews take no fields: their template says everything', () => {
  const text = `${BASE}previews:\n  follow: pull requests\n  template: a\n  path: "b/{number}"\n  fields: []\n`
  assert.deepEqual(sourceProblems(text), ['7:3 unknown-key'])
})
