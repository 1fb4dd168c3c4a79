import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FORMATS, type FormatName } from '../../../src/intake/registry/formats.ts'
import { registryMeaning } from '../../../src/intake/registry/meaning.ts'
import * as acr from './payloads/acr.ts'
import * as cloud from './payloads/cloud-events.ts'
import * as distribution from './payloads/distribution.ts'
import * as hub from './payloads/docker-hub.ts'
import * as ecr from './payloads/ecr.ts'
import * as ghcr from './payloads/ghcr.ts'
import * as google from './payloads/google.ts'
import * as harbor from './payloads/harbor.ts'
import * as quay from './payloads/quay.ts'

const HOST = 'registry.example.com'
const NAMES = Object.keys(FORMATS) as FormatName[]

function meaning(event: FormatName, payload: unknown) {
  const told = registryMeaning({ source: 'registry:one', id: 'x', event, payload }, [
    { name: 'one', host: HOST },
  ])
  assert.ok(told !== null)
  return told
}

/** A payload of each registry about a repository. */
const ABOUT: Record<FormatName, (path: string) => unknown> = {
  harbor: (path) => {
    const { event_data } = harbor.PUSH_BY_TAG
    const repository = { ...event_data.repository, repo_full_name: path }
    return { ...harbor.PUSH_BY_TAG, event_data: { ...event_data, repository } }
  },
  ghcr: (path) => ({
    action: 'published',
    package: {
      name: path,
      package_type: 'CONTAINER',
      owner: { login: 'acme' },
      package_version: { package_url: `ghcr.io/${path}:1` },
    },
  }),
  dockerhub: (path) => ({ ...hub.PUSH, repository: { ...hub.PUSH.repository, repo_name: path } }),
  quay: (path) => ({ ...quay.PUSH, repository: path }),
  acr: (path) => ({ ...acr.PUSH, target: { ...acr.PUSH.target, repository: path } }),
  ecr: (path) => ({ ...ecr.PUSH, detail: { ...ecr.PUSH.detail, 'repository-name': path } }),
  google: (path) => google.wrapped({ action: 'INSERT', tag: `${HOST}/${path}:1` }),
  distribution: (path) => {
    const [event] = distribution.ENVELOPE.events
    return { events: [{ ...event, target: { ...event?.target, repository: path } }] }
  },
  cloudevents: (path) =>
    cloud.published(`pkg:oci/web?repository_url=${encodeURIComponent(`${HOST}/${path}`)}`),
}

const STRANGE = [
  '//evil.example/web',
  '../../evil/web',
  'https://evil.example/acme/web',
  'user:password@evil.example/web',
  '',
  '/',
  'acme/web\u0000',
  'acme/web\n@everyone',
  `${'a/'.repeat(400)}web`,
  '__proto__',
]

test('a path never leads out of the configured registry, and one that is none is told without harm', () => {
  for (const name of NAMES) {
    for (const path of [...STRANGE, 'evil.example/web', 'localhost:5000/web']) {
      const { keys, images = [], outcome } = meaning(name, ABOUT[name](path))
      assert.deepEqual(keys, [])
      for (const image of images)
        assert.match(image, /^registry\.example\.com\/[a-z0-9/._-]+$/, `${name} ${path}`)
      assert.match(outcome, /^(Announces|Not understood:|Not wanted:) \P{Cc}{1,700}\.$/u, `${name} ${path}`)
    }
    assert.deepEqual(meaning(name, ABOUT[name]('acme/web')).images, [`${HOST}/acme/web`], name)
  }
})

test('hosts of the payload never choose a registry', () => {
  const evil = JSON.stringify([
    ['harbor', harbor.PUSH_BY_TAG],
    ['ghcr', ghcr.PACKAGE],
    ['dockerhub', hub.PUSH],
    ['quay', quay.PUSH],
    ['acr', acr.PUSH],
    ['distribution', distribution.ENVELOPE],
  ]).replaceAll(
    /(hub\.harbor\.com|ghcr\.io|registry\.hub\.docker\.com|quay\.io|myregistry\.azurecr\.io|example\.com)/g,
    'evil.example',
  )
  for (const [name, payload] of JSON.parse(evil) as [FormatName, unknown][]) {
    const { images = [] } = meaning(name, payload)
    assert.equal(images.length, 1, name)
    assert.ok(images[0]?.startsWith(`${HOST}/`), images[0])
  }
})

test('no payload of any form makes anything throw, and every one ends in sentences', () => {
  const known = fc.constantFrom(
    ...[
      'events',
      'action',
      'target',
      'type',
      'data',
      'event_data',
      'resources',
      'repository',
      'message',
      'subject',
      'id',
    ],
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        'push',
        'PUSH_ARTIFACT',
        'published',
        'dev.cdevents.artifact.published.1',
        'pkg:oci/%',
        '1.0',
      ),
      fc.jsonValue(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(known, tie('value'), { maxKeys: 6 }),
    ),
  }))
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), value, (name, payload) => {
      FORMATS[name].identify(payload)
      const { keys, images = [], outcome } = meaning(name, payload)
      assert.deepEqual(keys, [])
      assert.match(outcome, /^[A-Z].*\.$/s)
      for (const image of images) assert.ok(image.startsWith(`${HOST}/`))
    }),
    { numRuns: 3000 },
  )
})

test('an envelope of a megabyte is told in a moment', () => {
  const [event] = distribution.ENVELOPE.events
  const events = Array.from({ length: 1800 }, (_, number) => ({
    ...event,
    target: { ...event?.target, repository: `acme/${number}` },
  }))
  const before = performance.now()
  assert.equal(meaning('distribution', { events }).images?.length, 1800)
  assert.ok(performance.now() - before < 2_000)
})
