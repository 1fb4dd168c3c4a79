import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SupercargoError } from '../../../src/domain/errors.ts'
import { parseImageName } from '../../../src/domain/image.ts'
import { createOciClient } from '../../../src/registry/oci/client.ts'
import { eventually } from '../../support/eventually.ts'
import { type FakeAnswer, startFakeRegistry, startPagingRegistry } from '../../support/fake-registry.ts'
import { skipWithoutRegistry, startRegistry } from '../../support/registry.ts'
import { accessTo, registryOf } from '../../support/registry-client.ts'
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
  const index = { 'content-type': IMAGE_INDEX }
  const path = `/v2/acme/web/referrers/${subject.digest}`
  const registry = await startFakeRegistry((request) =>
    request.path.includes('last')
      ? { headers: index, body: page([{ ...descriptor(two), artifactType: 'application/sbom' }]) }
      : {
          headers: { ...index, link: `<${path}?last=1>; rel="next"` },
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

test('a page for people is no list of referrers, nor is a refusal of what the registry does not know', async (t) => {
  for (const answer of [
    { headers: { 'content-type': 'text/html' }, body: '<html>' },
    { status: 400 },
    { status: 405 },
  ]) {
    const registry = await startFakeRegistry(({ path }) =>
      path.includes('referrers') ? answer : { status: 404 },
    )
    t.after(registry.close)
    const subject = buildImage().manifest.digest
    assert.deepEqual(await createOciClient(accessTo(registry)).listReferrers('acme/web', subject), [])
    assert.equal(registry.received.at(-1)?.path, `/v2/acme/web/manifests/${subject.replace(':', '-')}`)
  }
})

test('an index in which something is missing gets no tag', { skip }, async (t) => {
  const registry = await startRegistry()
  t.after(registry.close)
  const broken = content(IMAGE_INDEX, { schemaVersion: 2, manifests: [descriptor(buildImage().manifest)] })
  await registry.pushImage('acme/web', 'one')
  const put = createOciClient(accessTo(registry)).putManifest('acme/web', 'v1', broken)
  await assert.rejects(put, (error: SupercargoError) => {
    assert.match(error.message, /answered 400/)
    return error.code === 'registry-refused'
  })
  assert.equal((await registry.head('acme/web', 'v1')).status, 404)
})

test('after a write, a look that began before it is not taken for a new one', async (t) => {
  const { manifest } = buildImage()
  let there = false
  const registry = await startFakeRegistry(({ method }) => {
    const before = there
    if (method === 'PUT') there = true
    if (method === 'PUT') return { status: 201 }
    const headers = { 'content-type': manifest.mediaType, 'docker-content-digest': manifest.digest }
    return { delay: 200, ...(before ? { headers } : { status: 404 }) }
  })
  t.after(registry.close)
  const client = createOciClient(accessTo(registry))
  const early = client.headManifest('acme/web', 'v1')
  await eventually('the look is on its way', () => registry.received.length === 1)
  await client.putManifest('acme/web', 'v1', manifest)
  assert.equal((await client.headManifest('acme/web', 'v1'))?.digest, manifest.digest)
  assert.equal(await early, null)
})

test('a layer that the registry cannot mount is said, and the upload that it began is ended', {
  skip,
}, async (t) => {
  const registry = await startRegistry()
  t.after(registry.close)
  await registry.pushImage('acme/ci', 'one')
  const answers: string[] = []
  const noting: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    answers.push(`${init?.method} ${response.status}`)
    return response
  }
  const client = createOciClient(accessTo(registry, null, { fetch: noting }))
  const mount = client.mountBlob('acme/web', buildImage().manifest.digest, 'acme/ci')
  await assert.rejects(mount, (error: SupercargoError) => error.code === 'mount-refused')
  assert.deepEqual(answers, ['POST 202', 'DELETE 204'])
})

test('a repository that has to be made first is said in the words of the registry', async (t) => {
  const body = JSON.stringify({
    errors: [{ code: 'NAME_UNKNOWN', message: 'The repository does not exist' }],
  })
  const registry = await startFakeRegistry(() => ({ status: 404, body }))
  t.after(registry.close)
  const mount = createOciClient(accessTo(registry)).mountBlob(
    'acme/web',
    buildImage().manifest.digest,
    'acme/ci',
  )
  await assert.rejects(mount, /answered 404 about acme\/web: The repository does not exist\.$/)
})

test('a layer that lies elsewhere is not mounted', async (t) => {
  const { manifest } = buildImage()
  const { config, layers } = JSON.parse(Buffer.from(manifest.bytes).toString())
  const foreign = { ...layers[0], mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' }
  foreign.digest = digestOf(Buffer.from('on the server of its maker'))
  const image = content(manifest.mediaType, { config, layers: [foreign, ...layers] })
  const registry = await startFakeRegistry(({ method }) => {
    if (method === 'HEAD') return { status: 404 }
    if (method === 'GET') return { headers: { 'content-type': image.mediaType }, body: image.bytes }
    return { status: 201 }
  })
  t.after(registry.close)
  const name = (repository: string) => parseImageName(`${registry.host}/${repository}`)
  const wish = { from: name('acme/ci'), digest: image.digest, to: name('acme/web'), tag: 'v1' }
  assert.equal(await registryOf(accessTo(registry)).retag(wish), 'tagged')
  const mounted = registry.received.flatMap(({ path }) => /mount=([^&]*)/.exec(path)?.[1] ?? [])
  assert.deepEqual(mounted.map(decodeURIComponent), [config.digest, layers[0].digest])
})
