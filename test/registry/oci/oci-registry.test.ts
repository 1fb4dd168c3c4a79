import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import type { SupercargoError } from '../../../src/domain/errors.ts'
import {
  skipWithoutRegistry,
  skipWithoutSkopeo,
  startRegistry,
  type TestRegistry,
} from '../../support/registry.ts'
import { accessTo, registryOf } from '../../support/registry-client.ts'
import { buildImage, DOCKER_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST } from '../../support/registry-images.ts'

const skip = skipWithoutRegistry()
const skipCompared = skipWithoutSkopeo()
const TWO = [
  { platform: 'linux/amd64', labels: { a: 'amd' } },
  { platform: 'linux/arm64', labels: { a: 'arm' } },
]

let registry: TestRegistry
before(async () => {
  if (skip === false) registry = await startRegistry()
})
after(async () => await registry?.close())

const code = (expected: string) => (error: SupercargoError) => {
  assert.equal(error.code, expected, error.message)
  return true
}
const skopeo = (...args: string[]) => execFileSync('skopeo', args, { encoding: 'utf8' })
const skopeoDigest = (name: string) =>
  skopeo(
    'inspect',
    '--tls-verify=false',
    '--format',
    '{{.Digest}}',
    `docker://${registry.host}/${name}`,
  ).trim()

test('a tag and a digest are resolved to what skopeo sees, in every kind of manifest', {
  skip: skipCompared,
}, async () => {
  const port = registryOf(accessTo(registry))
  const image = registry.image('kinds/web')
  const oci = await registry.pushImage('kinds/web', 'oci')
  const docker = await registry.pushImage('kinds/web', 'docker', { docker: true })
  const index = await registry.pushIndex('kinds/web', 'index', TWO)
  assert.deepEqual(await port.resolve(image, 'oci'), { digest: oci, mediaType: IMAGE_MANIFEST })
  assert.deepEqual(await port.resolve(image, 'docker'), { digest: docker, mediaType: DOCKER_MANIFEST })
  assert.deepEqual(await port.resolve(image, 'index'), { digest: index, mediaType: IMAGE_INDEX })
  assert.deepEqual(await port.resolve(image, docker), { digest: docker, mediaType: DOCKER_MANIFEST })
  assert.equal(skopeoDigest('kinds/web:oci'), oci)
  assert.equal(skopeoDigest('kinds/web:docker'), docker)
  assert.equal(skopeoDigest('kinds/web:index'), index)
})

test('what does not exist is null, and has no tags', { skip }, async () => {
  const port = registryOf(accessTo(registry))
  await registry.pushImage('there/web', 'one')
  assert.equal(await port.resolve(registry.image('there/web'), 'two'), null)
  assert.equal(await port.resolve(registry.image('not-there/web'), 'one'), null)
  assert.deepEqual(await port.listTags(registry.image('not-there/web')), [])
  assert.deepEqual(await port.listTags(registry.image('there/web')), ['one'])
})

test('a deleted image is missed at once, although it was read before', { skip }, async () => {
  const port = registryOf(accessTo(registry))
  const image = registry.image('deleted/web')
  const digest = await registry.pushImage('deleted/web', 'one', { labels: { a: 'b' } })
  await port.readLabels(image, digest)
  await registry.deleteImage('deleted/web', digest)
  assert.equal(await port.resolve(image, 'one'), null)
  assert.equal(await port.resolve(image, digest), null)
})

test('labels come from the configuration, and annotations go before them', { skip }, async () => {
  const port = registryOf(accessTo(registry))
  const image = registry.image('labels/web')
  const labels = { revision: 'label', maker: 'kpack' }
  const digest = await registry.pushImage('labels/web', 'one', {
    labels,
    annotations: { revision: 'annotation' },
  })
  const read = await port.readLabels(image, digest)
  assert.deepEqual(Object.entries(read).sort(), [
    ['maker', 'kpack'],
    ['revision', 'annotation'],
  ])
  const docker = await registry.pushImage('labels/web', 'two', { labels: { a: 'b' }, docker: true })
  assert.deepEqual(await port.readLabels(image, docker), { a: 'b' })
})

test('an index has its own annotations, then the labels of its first image that is no attestation', {
  skip,
}, async () => {
  const port = registryOf(accessTo(registry))
  const attestation = { platform: 'unknown/unknown', labels: { a: 'attestation' } }
  const digest = await registry.pushIndex('labels/all', 'one', [attestation, ...TWO], { b: 'index' })
  assert.deepEqual(await port.readLabels(registry.image('labels/all'), digest), { a: 'amd', b: 'index' })
})

test('labels of an image that does not exist are an error that says so', { skip }, async () => {
  const { digest } = buildImage().manifest
  await registry.pushImage('labels/web', 'three')
  const read = registryOf(accessTo(registry)).readLabels(registry.image('labels/web'), digest)
  await assert.rejects(read, code('manifest-not-found'))
})

test('a release tag gets the same bytes, and asking again changes nothing', {
  skip: skipCompared,
}, async () => {
  const port = registryOf(accessTo(registry))
  const image = registry.image('retag/web')
  for (const push of [
    () => registry.pushImage('retag/web', '98sie82'),
    () => registry.pushImage('retag/web', '98sie83', { docker: true }),
    () => registry.pushIndex('retag/web', '98sie84', TWO),
  ]) {
    const digest = await push()
    const tag = `v${digest.slice(7, 13)}`
    assert.equal(await port.retag({ from: image, digest, to: image, tag }), 'tagged')
    assert.equal(await port.retag({ from: image, digest, to: image, tag }), 'already')
    assert.equal(skopeoDigest(`retag/web:${tag}`), digest)
  }
})

test('a tag that is another image is never moved', { skip }, async () => {
  const port = registryOf(accessTo(registry))
  const image = registry.image('taken/web')
  const released = await registry.pushImage('taken/web', 'v1.0.0')
  const digest = await registry.pushImage('taken/web', 'abc1234')
  await assert.rejects(port.retag({ from: image, digest, to: image, tag: 'v1.0.0' }), code('tag-taken'))
  assert.deepEqual(await registry.head('taken/web', 'v1.0.0'), { status: 200, digest: released })
})

test('an index goes to another repository whole, as skopeo copies it', {
  skip: skipCompared,
}, async () => {
  const port = registryOf(accessTo(registry))
  const digest = await registry.pushIndex('ci/web', 'abc1234', TWO, { from: 'ci' })
  const wish = { from: registry.image('ci/web'), digest, to: registry.image('released/web'), tag: 'v1.0.0' }
  assert.equal(await port.retag(wish), 'tagged')
  assert.equal(await port.retag(wish), 'already')
  const copy = ['copy', '--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false']
  const source = `docker://${registry.host}/ci/web:abc1234`
  skopeo(...copy, source, `docker://${registry.host}/by-skopeo/web:v1.0.0`)
  const raw = (name: string) =>
    skopeo('inspect', '--raw', '--tls-verify=false', `docker://${registry.host}/${name}`)
  assert.equal(raw('released/web:v1.0.0'), raw('by-skopeo/web:v1.0.0'))
  assert.equal(skopeoDigest('released/web:v1.0.0'), digest)
  // Everything in it can be pulled from its new place: skopeo would fail on what is missing.
  skopeo(
    ...copy,
    `docker://${registry.host}/released/web:v1.0.0`,
    `docker://${registry.host}/again/web:v1.0.0`,
  )
})

test('a tag that somebody else sets while the layers are brought over is not moved either', {
  skip,
}, async () => {
  const digest = await registry.pushImage('race/ci', 'abc1234')
  let theirs = ''
  const racing: typeof fetch = async (input, init) => {
    if (String(input).includes('mount=')) theirs = await registry.pushImage('race/released', 'v1.0.0')
    return await fetch(input, init)
  }
  const port = registryOf(accessTo(registry, null, { fetch: racing }))
  const wish = { from: registry.image('race/ci'), digest, to: registry.image('race/released'), tag: 'v1.0.0' }
  await assert.rejects(port.retag(wish), code('tag-taken'))
  assert.deepEqual(await registry.head('race/released', 'v1.0.0'), { status: 200, digest: theirs })
})

test('an image that is gone, or in another registry, is not released', { skip }, async () => {
  const elsewhere = { host: 'other.example.com', url: 'https://other.example.com' }
  const port = registryOf(accessTo(registry), accessTo(elsewhere))
  const image = registry.image('gone/web')
  const { digest } = buildImage().manifest
  await assert.rejects(port.retag({ from: image, digest, to: image, tag: 'v1' }), code('manifest-not-found'))
  const to = { written: 'other.example.com/web', normalised: 'other.example.com/web' }
  await assert.rejects(port.retag({ from: image, digest, to, tag: 'v1' }), code('retag-across-registries'))
})

test('a registry that the operator has not named is not asked', async () => {
  const port = registryOf()
  const image = { written: 'ghcr.io/acme/web', normalised: 'ghcr.io/acme/web' }
  await assert.rejects(port.resolve(image, 'one'), code('registry-unknown'))
})
