import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SupercargoError } from '../../../src/domain/errors.ts'
import { createOciClient } from '../../../src/registry/oci/client.ts'
import { type FakeAnswer, startFakeRegistry, startPagingRegistry } from '../../support/fake-registry.ts'
import { skipWithoutRegistry, startRegistry } from '../../support/registry.ts'
import { accessTo } from '../../support/registry-client.ts'
import { buildImage, content, descriptor, digestOf, IMAGE_INDEX } from '../../support/registry-images.ts'

const skip = skipWithoutRegistry()
const TAGS = Array.from({ length: 25 }, (_, index) => `b${index}`)

test('every page of tags is read, also where the last one is null', async (t) => {
  for (const size of [7, 5, 25, 100]) {
    const registry = await startPagingRegistry(TAGS, size)
    t.after(registry.close)
    const client = createOciClient(accessTo(registry))
    assert.deepEqual(await client.listTags('acme/web'), TAGS)
    assert.equal(registry.received.length, Math.floor(TAGS.length / size) + 1)
  }
})

test('where HEAD tells no digest or is not allowed, it is computed from the bytes', async (t) => {
  const { manifest } = buildImage()
  for (const head of [{}, { 'docker-content-digest': 'sha256:short' }, null]) {
    const registry = await startFakeRegistry(({ method }) =>
      method === 'HEAD' && head === null
        ? { status: 405 }
        : {
            headers: { 'content-type': manifest.mediaType, ...head },
            body: method === 'HEAD' ? '' : manifest.bytes,
          },
    )
    t.after(registry.close)
    const { digest, mediaType } =
      (await createOciClient(accessTo(registry)).headManifest('acme/web', 'one')) ?? {}
    assert.deepEqual({ digest, mediaType }, { digest: manifest.digest, mediaType: manifest.mediaType })
    assert.deepEqual(
      registry.received.map(({ method }) => method),
      ['HEAD', 'GET'],
    )
  }
})

test('a tag that has to be read is read again only when it has changed', async (t) => {
  let { manifest } = buildImage()
  const registry = await startFakeRegistry(({ method, headers }): FakeAnswer => {
    if (method === 'HEAD') return {}
    const etag = `"${manifest.digest}"`
    if (headers['if-none-match'] === etag) return { status: 304 }
    return { headers: { 'content-type': manifest.mediaType, etag }, body: manifest.bytes }
  })
  t.after(registry.close)
  const client = createOciClient(accessTo(registry))
  assert.equal((await client.headManifest('acme/web', 'one'))?.digest, manifest.digest)
  assert.equal((await client.headManifest('acme/web', 'one'))?.digest, manifest.digest)
  assert.equal(registry.received.at(-1)?.headers['if-none-match'], `"${manifest.digest}"`)
  const before = manifest.digest
  manifest = buildImage().manifest
  assert.notEqual((await client.headManifest('acme/web', 'one'))?.digest, before)
})

test('what has a digest is read once, and equal questions at one time are asked once', {
  skip,
}, async (t) => {
  const registry = await startRegistry()
  t.after(registry.close)
  const digest = await registry.pushImage('acme/web', 'one')
  let requests = 0
  const counting: typeof fetch = (...args) => {
    requests++
    return fetch(...args)
  }
  const client = createOciClient(accessTo(registry, null, { fetch: counting }))
  await Promise.all([client.headManifest('acme/web', 'one'), client.headManifest('acme/web', 'one')])
  assert.equal(requests, 1)
  await client.headManifest('acme/web', 'one')
  assert.equal(requests, 2)
  await client.getManifest('acme/web', digest)
  await client.getManifest('acme/web', digest)
  assert.equal(requests, 3)
})

test('Docker Hub is asked where it answers', async () => {
  const asked: string[] = []
  const never: typeof fetch = async (input) => {
    asked.push(String(input))
    return new Response(null, { status: 404 })
  }
  const access = accessTo({ host: 'docker.io', url: '' }, null, { fetch: never })
  delete access.url
  assert.equal(await createOciClient(access).headManifest('library/nginx', '1.27'), null)
  assert.deepEqual(asked, ['https://registry-1.docker.io/v2/library/nginx/manifests/1.27'])
})

test('referrers are read from the API, page by page', async (t) => {
  const subject = buildImage().manifest
  const [one, two] = [buildImage().manifest, buildImage().manifest]
  const page = (manifests: object[]) =>
    JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests })
  const path = `/v2/acme/web/referrers/${subject.digest}`
  const registry = await startFakeRegistry((request) =>
    request.path.includes('last')
      ? { body: page([{ ...descriptor(two), artifactType: 'application/sbom' }]) }
      : {
          headers: { link: `<${path}?last=1>; rel="next"` },
          body: page([
            { ...descriptor(one), artifactType: 'application/signature', annotations: { a: 'b' } },
          ]),
        },
  )
  t.after(registry.close)
  const client = createOciClient(accessTo(registry))
  const all = await client.listReferrers('acme/web', subject.digest)
  assert.deepEqual(
    all.map(({ digest }) => digest),
    [one.digest, two.digest],
  )
  assert.deepEqual(
    await client.listReferrers('acme/web', subject.digest, 'application/signature'),
    all.slice(0, 1),
  )
})

test('referrers are read from their tag where the registry has no API for them', { skip }, async (t) => {
  const registry = await startRegistry()
  t.after(registry.close)
  const digest = await registry.pushImage('acme/web', 'one')
  const client = createOciClient(accessTo(registry))
  assert.deepEqual(await client.listReferrers('acme/web', digest), [])
  await registry.pushIndex('acme/web', digest.replace(':', '-'), [{ labels: { signed: 'yes' } }])
  assert.equal((await client.listReferrers('acme/web', digest)).length, 1)
})

test('an index in which something is missing is not released', { skip }, async (t) => {
  const registry = await startRegistry()
  t.after(registry.close)
  const there = content(IMAGE_INDEX, { schemaVersion: 2, manifests: [] })
  const missing = buildImage().manifest
  const broken = content(IMAGE_INDEX, { schemaVersion: 2, manifests: [descriptor(missing)] })
  const client = createOciClient(accessTo(registry))
  await registry.pushImage('acme/web', 'one')
  await assert.rejects(client.putManifest('acme/web', 'v1', broken), (error: SupercargoError) => {
    assert.match(error.message, /answered 400/)
    return error.code === 'registry-refused'
  })
  assert.equal(digestOf(there.bytes), there.digest)
})
