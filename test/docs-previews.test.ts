import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { ApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet'
import { Ajv } from 'ajv'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { Secret } from 'kubernetes-models/v1/Secret'
import { parse, parseAllDocuments } from 'yaml'
import {
  APP_LABEL,
  judge,
  PREVIEW_LABEL,
  type PreviewNamespace,
  SOURCE_ANNOTATION,
} from '../src/cli/previews/namespaces.ts'
import { PREVIEW_VARIABLES, renderText } from '../src/domain/template.ts'
import { generatorRoutes } from '../src/web/generator.ts'

/** As far as the examples use them. */
interface Manifest {
  apiVersion: string
  kind: string
  data?: Record<string, string>
  spec?: { url?: string; generators?: { plugin: { input: { parameters: Record<string, string> } } }[] }
}

interface Labels {
  labels: Record<string, string>
  annotations: Record<string, string>
}

const TEXT = readFileSync('docs/previews.md', 'utf8')
const VALUES = { number: '12' }
const MANIFESTS = [...TEXT.matchAll(/^```yaml\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = '']) => parseAllDocuments(renderText(block, ['number'], VALUES)))
  .map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], [])
    return document.toJS() as Manifest
  })
  .filter(({ kind }) => kind !== undefined)

function only(kind: string): Manifest {
  const [first, ...others] = MANIFESTS.filter((each) => each.kind === kind)
  assert.ok(first !== undefined && others.length === 0, kind)
  return first
}

/**
 * What the definition of Flux Operator allows for an ExternalService, without what the example does not use:
 * https://github.com/controlplaneio-fluxcd/flux-operator/blob/main/api/v1/resourcesetinputprovider_types.go
 */
const EXTERNAL_SERVICE = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'url'],
  properties: {
    type: { const: 'ExternalService' },
    url: { type: 'string', pattern: '^https?://' },
    insecure: { type: 'boolean' },
    secretRef: { $ref: '#/$defs/reference' },
    certSecretRef: { $ref: '#/$defs/reference' },
    filter: { type: 'object', additionalProperties: false, properties: { limit: { type: 'integer' } } },
  },
  if: { properties: { url: { pattern: '^http://' } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema
  then: { properties: { insecure: { const: true } }, required: ['insecure'] },
  $defs: {
    reference: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: { name: { type: 'string' } },
    },
  },
}

describe('the manifests in docs/previews.md', () => {
  const MODELS = { ApplicationSet, ConfigMap, Namespace, Secret }
  for (const [kind, Model] of Object.entries(MODELS)) {
    test(`${kind}: each follows the schema of Kubernetes, or of Argo CD`, () => {
      const some = MANIFESTS.filter((each) => each.kind === kind)
      assert.notEqual(some.length, 0)
      for (const manifest of some) new Model(manifest as never).validate()
    })
  }

  test('the provider follows the definition of Flux Operator', () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(EXTERNAL_SERVICE)
    assert.ok(validate(only('ResourceSetInputProvider').spec), JSON.stringify(validate.errors))
    assert.ok(!validate({ ...only('ResourceSetInputProvider').spec, insecure: false }))
  })

  test('they ask at the paths that the server has, for what it takes', () => {
    const routes = generatorRoutes({
      admits: () => false,
      inputs: async () => [],
      log: { warn: () => {}, error: () => {} },
    })
    const url = new URL(only('ResourceSetInputProvider').spec?.url ?? '')
    const base = only('ConfigMap').data?.baseUrl ?? ''
    assert.equal(url.origin, new URL(base).origin)
    assert.deepEqual(
      routes.map(({ method, path }) => [method, path]),
      [
        ['POST', new URL('api/v1/getparams.execute', `${base}/`).pathname],
        ['GET', url.pathname],
      ],
    )
    const { parameters } = only('ApplicationSet').spec?.generators?.[0]?.plugin.input ?? {}
    assert.deepEqual(Object.fromEntries(url.searchParams), parameters)
    assert.deepEqual(Object.keys(parameters ?? {}), ['source', 'app'])
  })

  test('they name only values that every preview has', () => {
    const always = ['id', ...PREVIEW_VARIABLES.filter((name) => !['digest', 'expires'].includes(name))]
    const named = [...TEXT.matchAll(/\{\{ \.(\w+) \}\}|<< inputs\.(\w+) >>/g)].map(([, a, b]) => a ?? b ?? '')
    assert.ok(named.length >= 8)
    assert.deepEqual(
      named.filter((name) => !always.includes(name)),
      [],
    )
  })
})

test('each namespace in docs/previews.md says what the command for orphans needs to know', () => {
  const said = [
    ...TEXT.matchAll(
      /^ *labels: .*\n *annotations: .*|^ *labels:\n(?: +supercargo.*\n)+ *annotations:\n.*$/gm,
    ),
  ].map(([block]) => parse(block.replaceAll(/\{\{ \.id \}\}|<< inputs\.id >>|\{number\}/g, '12')) as Labels)
  assert.equal(said.length, 3)
  for (const { labels, annotations } of said) {
    const namespace: PreviewNamespace = {
      name: 'web-pr-12',
      uid: '1',
      resourceVersion: '1',
      created: null,
      terminating: false,
      preview: labels[PREVIEW_LABEL] ?? '',
      app: labels[APP_LABEL] ?? null,
      source: annotations[SOURCE_ANNOTATION] ?? null,
    }
    const source = (ids: string[]) => [
      {
        names: [{ forge: 'github', path: 'acme/web' }],
        apps: [{ app: 'web', maxRemovals: 20, ids }],
      },
    ]
    assert.deepEqual(judge([namespace], source(['12'])), { found: [], others: 0 })
    assert.deepEqual(
      judge([namespace], source([])).found.map(({ state }) => state),
      ['orphan'],
    )
  }
})

test('the file in docs/previews.md has the variables that a preview has, in their order', () => {
  const [, block = ''] = /^```json\n([\s\S]*?)^```/m.exec(TEXT) ?? []
  const optional = ['digest', 'expires']
  assert.deepEqual(
    Object.keys(JSON.parse(block) as object),
    PREVIEW_VARIABLES.filter((name) => !optional.includes(name)),
  )
})
