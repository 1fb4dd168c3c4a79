import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { type JsonSchema, policyJsonSchema, sourceJsonSchema } from '../../src/config/json-schema.ts'
import { KEY, policyProblems, sourceProblems } from './problems-of.ts'

// `UPDATE_SCHEMA=1 npm test -- config/schema` writes the files anew.
const PUBLISHED = [
  ['docs/schema/supercargo.schema.json', sourceJsonSchema],
  ['docs/schema/policy.schema.json', policyJsonSchema],
] as const

for (const [file, schema] of PUBLISHED) {
  test(`${file} is what the reader's own schema says`, () => {
    const text = `${JSON.stringify(schema, null, 2)}\n`
    if (process.env.UPDATE_SCHEMA === '1') writeFileSync(file, text)
    assert.equal(readFileSync(file, 'utf8'), text)
  })

  test(`${file} is a JSON schema whose examples and defaults follow it`, () => {
    const ajv = new Ajv({ strict: true, allErrors: true })
    assert.ok(ajv.validateSchema(JSON.parse(readFileSync(file, 'utf8'))))
    let examples = 0
    for (const part of partsOf(schema)) {
      const given = [
        ...(Array.isArray(part.examples) ? part.examples : []),
        ...('default' in part ? [part.default] : []),
      ]
      const validate = new Ajv({ strict: false }).compile(part)
      for (const example of given)
        assert.ok(validate(example), `${JSON.stringify(example)} of ${part.description}`)
      examples += given.length
    }
    assert.ok(examples > 10)
    for (const [key, part] of Object.entries(schema.properties ?? {})) assert.ok(part.description, key)
  })
}

describe('the schema and the reader agree', () => {
  const judges = {
    source: [new Ajv({ strict: false }).compile(sourceJsonSchema), sourceProblems],
    policy: [new Ajv({ strict: false }).compile(policyJsonSchema), policyProblems],
  } as const

  const BASE = 'manifests: acme/m\nimage: acme/web\n'
  const FIELDS =
    '[{ file: a.yaml, in: Image/web, at: "b[c=d].e[0]", value: "{image}:{tag}" }, { render: a.tmpl, to: a }]'
  const entry = 'accept: [{ from: acme/web, paths: a/**, images: acme/web }]'

  for (const [kind, text] of [
    ['source', `${BASE}environments: { a: { follow: branch main, path: a } }`],
    ['source', `${BASE}environments: { a: { follow: tag >=1 <2, path: a/b.yaml, merge: direct } }`],
    [
      'source',
      `${BASE}previews: { follow: pull requests, template: a, path: "b/pr-{number}", url: "http://{number}.x" }`,
    ],
    [
      'source',
      `${BASE}previews: { follow: branches f/*, template: a, path: "b/{slug}/x", tag: "x-{sha:4}" }`,
    ],
    [
      'source',
      'manifests: gitlab:a/b/c@d/e\nimages: [a, "localhost:5000/b"]\npath: x\nfollow: branch m\nenvironments: { a: {} }',
    ],
    ['source', `${BASE}apps: { a: { paths: [x/**], environments: { e: { follow: branch m, path: p } } } }`],
    ['source', `${BASE}environments: { a: { follow: branch main, path: a, fields: ${FIELDS} } }`],
    ['source', `${BASE}fields: []\nenvironments: { a: { follow: branch main, path: a } }`],
    [
      'source',
      `${BASE}imagePolicies: { "flux-system:web": acme/web }\nenvironments: { a: { follow: branch m, path: a } }`,
    ],
    ...[
      'ready: image',
      'ready: [image, checks]\nchecks: [test, "build (20)", coverage/*]\nreadyWithin: 1h30m',
      'ready: image\npin: digest\nretag: true',
      'ready: both\nretag: acme/web-ci\ntag: "{branch}-{sha:7}"',
      'ready: image\ngates: { scan: high, signature: { identity: "https://github.com/a/**", issuer: "https://x.y" } }',
      `ready: image\ngates: { signature: [{ identity: a@b.c, issuer: "https://x.y" }, { key: ${JSON.stringify(KEY)} }] }`,
      'follow: registry ^1.2\ntags: { deny: "*-debug", extract: "^web-(.*)$", prereleases: true }',
      'follow: registry newest matching "main-*"\ntags: { allow: [main-*] }\ntag: main-{n}',
      'follow: registry digest latest',
      'ready: image\ntag: /^b(?<n>\\d+)\\.(?<timestamp>[\\d.]+)$/\nfollow: branch main',
    ].map(
      (lines) =>
        [
          'source',
          `${BASE}${lines.includes('follow') ? '' : 'follow: tag v*\n'}${lines}\nenvironments: { a: { path: a } }`,
        ] as const,
    ),
    [
      'policy',
      entry.replace('}]', ', gates: { scan: low, signature: { identity: a@b.c, issuer: "https://x.y" } } }]'),
    ],
    ['policy', 'accept: []'],
    ['policy', entry],
    ['policy', entry.replace('}]', ', merge: [], direct: "*", promote: [user:alice] }]')],
    ['policy', entry.replace('acme/web', '"**"')],
    ['policy', `${entry}\nfreeze: []`],
    [
      'policy',
      `${entry}\nfreeze: [{ from: 2026-12-24, to: "2027-01-02 18:00", zone: Europe/Berlin, only: a }]`,
    ],
    [
      'policy',
      entry.replace('}]', ', promote: { a: user:gitlab:x, "*": [role:owner] }, reviewers: group:g }]'),
    ],
  ] as const) {
    test(`both accept ${JSON.stringify(text)}`, () => {
      const [validate, problems] = judges[kind]
      assert.deepEqual(problems(text), [])
      assert.ok(validate(parse(text)), JSON.stringify(validate.errors))
    })
  }

  for (const [kind, text] of [
    ['source', '[]'],
    ['source', `${BASE}environments: []`],
    ['source', `${BASE}environments: { Staging: { follow: branch main, path: a } }`],
    ['source', `${BASE}environments: { previews: { follow: branch main, path: a } }`],
    ['source', `${BASE}environments: { a: }`],
    ['source', `${BASE}environments: { a: { follow: main, path: a } }`],
    ['source', `${BASE}environments: { a: { follow: environment, path: a } }`],
    ['source', `${BASE}environments: { a: { follow: branch main, path: /a } }`],
    ['source', `${BASE}environments: { a: { follow: branch main, path: "a/{number}" } }`],
    ['source', `${BASE}environments: { a: { follow: branch main, path: a, merge: maybe } }`],
    ['source', `${BASE}environments: { a: { follow: branch main, path: a, gates: { soak: 1h } } }`],
    ['source', `${BASE}environments: { a: { follow: branch main, path: 5 } }`],
    ['source', `${BASE}previews: { follow: merge requests, template: a, path: "b/{number}" }`],
    ['source', `${BASE}previews: { follow: pull requests, template: a, path: "{number}" }`],
    ['source', `${BASE}previews: { follow: pull requests, template: a, path: b }`],
    ['source', `${BASE}previews: { follow: pull requests, template: a, path: "b/{number}", url: ftp://x }`],
    ...[
      'ttl: 3',
      'ttl: soon',
      'limit: 0',
      'limit: "3"',
      'limit: 1.5',
      'maxRemovals: 1001',
      'labels: x',
      'labels: { need: [] }',
    ].map(
      (key) =>
        [
          'source',
          `${BASE}previews: { follow: pull requests, template: a, path: "b/{number}", ${key} }`,
        ] as const,
    ),
    ['source', `${BASE}tag: latest\nenvironments: { a: { follow: branch main, path: a } }`],
    ['source', 'manifests: m\nimage: a\nenvironments: { a: { follow: branch main, path: a } }'],
    ['source', 'manifests: a/m\nimages: []\nenvironments: { a: { follow: branch main, path: a } }'],
    ['source', `${BASE}apps: { A: {} }`],
    ['source', `${BASE}apps: { state: {} }`],
    ['source', `${BASE}paths: /x\nenvironments: { a: { follow: branch main, path: a } }`],
    ...[
      'ready: soon',
      'ready: []',
      'checks: []',
      'readyWithin: soon',
      'pin: true',
      'retag: 5',
      'tags: { allow: "a/b" }',
      'tags: { extract: abc }',
      'tags: { newest: 1 }',
      'gates: { scan: none }',
      'gates: { signature: { key: x } }',
      'gates: { signature: { identity: a@b.c } }',
      'gates: { signature: { identity: "https://*/b", issuer: "https://c.d" } }',
      'gates: { signature: { identity: a@b.c, issuer: c.d } }',
      'gates: { signature: [] }',
      'tag: "{branch}"',
    ].map((line) => ['source', `${BASE}${line}\nenvironments: { a: { follow: tag v*, path: a } }`] as const),
    ...[
      '{ file: a }',
      '{ file: a, at: b, value: "{sha}", to: c }',
      '{ file: a, at: b, value: latest }',
      '{ file: /a, at: b, value: "{sha}" }',
      '{ file: a, at: .b, value: "{sha}" }',
      '{ file: a, at: b, value: "{sha}", in: Image/a/b }',
      '{ render: a }',
      '{ render: "a{sha}", to: b }',
      '{ render: a, to: b, vlaue: x }',
      '{}',
    ].map(
      (field) =>
        [
          'source',
          `${BASE}environments: { a: { follow: branch main, path: a, fields: [${field}] } }`,
        ] as const,
    ),
    ['source', `${BASE}fields: x\nenvironments: { a: { follow: branch main, path: a } }`],
    ['source', `${BASE}imagePolicies: { web: acme/web }\nenvironments: { a: { follow: branch m, path: a } }`],
    ['policy', '{}'],
    ['policy', 'accept: {}'],
    ...[
      '[{ from: 2026-12-24 }]',
      '[{ from: 2026-12-24, to: tomorrow }]',
      '[{ from: 2026-12-24, to: 2027-01-02, zone: europe/berlin }]',
      '[{ from: 2026-12-24, to: 2027-01-02, only: a, except: b }]',
      '[{ from: 2026-12-24, to: 2027-01-02, except: previews }]',
      '[{ from: 2026-12-24, to: 2027-01-02, onyl: a }]',
      '{}',
    ].map((freeze) => ['policy', `${entry}\nfreeze: ${freeze}`] as const),
    ['policy', entry.replace('}]', ', promote: role }]')],
    ['policy', entry.replace('}]', ', promote: { Staging: user:alice } }]')],
    ['policy', entry.replace('}]', ', reviewers: role:write }]')],
    ['policy', entry.replace('}]', ', gates: { soak: 1h } }]')],
    ['policy', entry.replace('from: acme/web, ', '')],
    ['policy', entry.replace('paths: a/**, ', '')],
    ['policy', entry.replace('paths: a/**', 'paths: []')],
    ['policy', entry.replace(', images: acme/web', '')],
    ['policy', entry.replace('}]', ', merge: Staging }]')],
    ['policy', entry.replace('}]', ', promote: alice }]')],
    ['policy', entry.replace('}]', ', allow: all }]')],
    ['policy', entry.replace('acme/web', 'web')],
  ] as const) {
    test(`both refuse ${JSON.stringify(text)}`, () => {
      const [validate, problems] = judges[kind]
      assert.notDeepEqual(problems(text), [])
      assert.ok(!validate(parse(text)))
    })
  }
})

function partsOf(schema: JsonSchema): JsonSchema[] {
  const inner = Object.entries(schema).flatMap(([key, value]) => {
    if (key === 'examples' || key === 'default') return []
    const values: unknown[] = Array.isArray(value) ? value : [value]
    return values
      .filter(isSchema)
      .flatMap((each) => (key === 'properties' ? Object.values(each).filter(isSchema) : [each]))
  })
  return [schema, ...inner.flatMap(partsOf)]
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
