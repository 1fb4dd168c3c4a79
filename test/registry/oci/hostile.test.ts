import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { SupercargoError } from '../../../src/domain/errors.ts'
import { parseImageName } from '../../../src/domain/image.ts'
import { createOciClient } from '../../../src/registry/oci/client.ts'
import type { RegistryAccess } from '../../../src/registry/oci/options.ts'
import {
  type Certificate,
  type FakeAnswer,
  type FakeRegistry,
  type FakeRequest,
  makeCertificate,
  startFakeRegistry,
} from '../../support/fake-registry.ts'
import { accessTo, CREW_CREDENTIALS } from '../../support/registry-client.ts'
import { buildImage, digestOf } from '../../support/registry-images.ts'
import { basic, CREW } from '../../support/registry-token-server.ts'

const code = (expected: string) => (error: SupercargoError) => {
  assert.equal(error.code, expected, error.message)
  assert.doesNotMatch(error.message, new RegExp(CREW.password))
  return true
}
const AUTHORIZED = basic(CREW)
const certificate = makeCertificate()
const told = ({ received }: FakeRegistry) => received.map(({ headers }) => headers.authorization)

/** A registry that asks for a password, then answers so; and its client. */
async function guarded(
  t: TestContext,
  answer: (request: FakeRequest, url: string) => FakeAnswer,
  more: Partial<RegistryAccess> = {},
) {
  const registry = await startFakeRegistry((request, url) =>
    request.headers.authorization === undefined
      ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
      : answer(request, url),
  )
  t.after(registry.close)
  return { registry, client: createOciClient(accessTo(registry, CREW_CREDENTIALS, more)) }
}

/** Somebody else's server, who keeps what he is told. */
async function thief(
  t: TestContext,
  answer: (request: FakeRequest) => FakeAnswer = () => ({}),
  certificate?: Certificate,
) {
  const server = await startFakeRegistry(answer, certificate)
  t.after(server.close)
  return server
}

test('a link to another server is not followed, and the list is not taken for whole', async (t) => {
  const other = await thief(t, () => ({ body: '{"tags":["b"]}' }))
  const { client } = await guarded(t, () => ({
    headers: { link: `<${other.url}/v2/acme/web/tags/list?last=a>; rel="next"` },
    body: '{"tags":["a"]}',
  }))
  await assert.rejects(client.listTags('acme/web'), code('list-incomplete'))
  assert.deepEqual(other.received, [])
})

test('a list that goes in a circle, or loses a page, is an error', async (t) => {
  const circle = await guarded(t, () => ({
    headers: { link: '</v2/acme/web/tags/list?n=1000>; rel="next"' },
    body: '{"tags":["a"]}',
  }))
  await assert.rejects(circle.client.listTags('acme/web'), code('list-incomplete'))
  const hole = await guarded(t, ({ path }) =>
    path.includes('last')
      ? { status: 404 }
      : { headers: { link: '</v2/acme/web/tags/list?last=a>; rel="next"' }, body: '{"tags":["a"]}' },
  )
  await assert.rejects(hole.client.listTags('acme/web'), code('list-incomplete'))
})

test('a token server on another origin is not asked, neither with a password nor without', async (t) => {
  const other = await thief(t, () => ({ body: '{"token":"stolen"}' }))
  const registry = await startFakeRegistry(() => ({
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="${other.url}/token",service="registry"` },
  }))
  t.after(registry.close)
  for (const credentials of [CREW_CREDENTIALS, null]) {
    const client = createOciClient(accessTo(registry, credentials))
    await assert.rejects(client.headManifest('acme/web', 'one'), code('realm-refused'))
  }
  assert.deepEqual(other.received, [])
})

test('a token server on the same origin, or one that the operator allows, gets the password', async (t) => {
  const tokens = await thief(t, () => ({ body: '{"token":"granted"}' }))
  const registry = await startFakeRegistry(({ path, headers }, url) => {
    if (path.startsWith('/token')) return { body: '{"token":"granted"}' }
    if (headers.authorization === 'Bearer granted') return { status: 404 }
    const realm = path.includes('elsewhere') ? tokens.url : url
    return { status: 401, headers: { 'www-authenticate': `Bearer realm="${realm}/token"` } }
  })
  t.after(registry.close)
  const access = accessTo(registry, CREW_CREDENTIALS, { tokenOrigins: [tokens.url] })
  assert.equal(await createOciClient(access).headManifest('acme/elsewhere', 'one'), null)
  assert.equal(await createOciClient(access).headManifest('acme/here', 'one'), null)
  const sent = [...tokens.received, ...registry.received.filter(({ path }) => path.startsWith('/token'))]
  assert.deepEqual(
    sent.map(({ headers }) => headers.authorization),
    [AUTHORIZED, AUTHORIZED],
  )
})

test('a redirect of the token server to elsewhere does not take the password along', async (t) => {
  const other = await thief(t, () => ({ body: '{"token":"stolen"}' }))
  const registry = await startFakeRegistry(({ path }, url) =>
    path.startsWith('/token')
      ? { status: 302, headers: { location: `${other.url}/token` } }
      : { status: 401, headers: { 'www-authenticate': `Bearer realm="${url}/token"` } },
  )
  t.after(registry.close)
  const client = createOciClient(accessTo(registry, CREW_CREDENTIALS))
  await assert.rejects(client.headManifest('acme/web', 'one'), code('redirect-refused'))
  assert.deepEqual(other.received, [])
})

test('a blob is read from another server without credentials, and by https only', async (t) => {
  const blob = Buffer.from('{"config":{}}')
  const store = await thief(t, () => ({ body: blob }), certificate)
  const open = await thief(t, () => ({ body: blob }))
  const { client } = await guarded(
    t,
    ({ path }) => ({
      status: 307,
      headers: { location: `${path.includes('open') ? open.url : store.url}/blob?signature=x` },
    }),
    { ca: certificate.cert },
  )
  assert.deepEqual(Buffer.from((await client.getBlob('acme/web', digestOf(blob))) ?? []), blob)
  assert.deepEqual(told(store), [undefined])
  await assert.rejects(client.getBlob('acme/open', digestOf(blob)), code('redirect-refused'))
  assert.deepEqual(open.received, [])
})

test('a server behind a redirect cannot ask for the credentials', async (t) => {
  for (const challenge of ['Basic realm="x"', 'Bearer realm="https://127.0.0.1/token"']) {
    const refusal = { status: 401, headers: { 'www-authenticate': challenge } }
    const store = await thief(t, () => refusal, certificate)
    const registry = await startFakeRegistry(() => ({ status: 307, headers: { location: store.url } }))
    t.after(registry.close)
    const client = createOciClient(accessTo(registry, CREW_CREDENTIALS, { ca: certificate.cert }))
    await assert.rejects(client.getBlob('acme/web', digestOf(Buffer.from('x'))), code('registry-denied'))
    assert.deepEqual(new Set([...told(store), ...told(registry)]), new Set([undefined]))
  }
})

test('a list that continues on another server is read there, without credentials', async (t) => {
  const store = await thief(
    t,
    ({ path }) =>
      path.includes('last')
        ? { body: '{"tags":["b"]}' }
        : { headers: { link: '</other/tags?last=a>; rel="next"' }, body: '{"tags":["a"]}' },
    certificate,
  )
  const { client } = await guarded(
    t,
    () => ({ status: 307, headers: { location: `${store.url}/other/tags` } }),
    {
      ca: certificate.cert,
    },
  )
  assert.deepEqual(await client.listTags('acme/web'), ['a', 'b'])
  assert.deepEqual(told(store), [undefined, undefined])
})

test('a write is not redirected, and an upload elsewhere is not touched', async (t) => {
  const other = await thief(t, () => ({}), certificate)
  const { manifest } = buildImage()
  const { client } = await guarded(
    t,
    ({ method, path }) =>
      method === 'PUT'
        ? { status: 307, headers: { location: `${other.url}${path}` } }
        : { status: 202, headers: { location: `${other.url}/upload` } },
    { ca: certificate.cert },
  )
  await assert.rejects(client.putManifest('acme/web', 'v1', manifest), code('redirect-refused'))
  await assert.rejects(client.mountBlob('acme/web', manifest.digest, 'acme/ci'), code('mount-refused'))
  assert.deepEqual(other.received, [])
})

test('a registry that stores something else under a tag is found out', async (t) => {
  const { manifest } = buildImage()
  const headers = { 'docker-content-digest': digestOf(Buffer.from('other')) }
  const { client } = await guarded(t, () => ({ status: 201, headers }))
  await assert.rejects(client.putManifest('acme/web', 'v1', manifest), code('digest-mismatch'))
})

test('redirects have an end', async (t) => {
  const { client } = await guarded(t, ({ path }) => ({ status: 302, headers: { location: `${path}0` } }))
  await assert.rejects(client.headManifest('acme/web', 'one'), code('redirect-refused'))
})

test('other bytes than the digest says are not taken', async (t) => {
  const { manifest } = buildImage()
  const { client } = await guarded(t, () => ({
    headers: { 'content-type': manifest.mediaType, 'docker-content-digest': digestOf(Buffer.from('other')) },
    body: Buffer.concat([manifest.bytes, Buffer.from(' ')]),
  }))
  await assert.rejects(client.getManifest('acme/web', manifest.digest), code('digest-mismatch'))
  await assert.rejects(client.getManifest('acme/web', 'one'), code('digest-mismatch'))
  await assert.rejects(client.headManifest('acme/web', manifest.digest), code('digest-mismatch'))
})

test('an answer without end is cut off, whether it declares its length or not', async (t) => {
  const large = Buffer.alloc(5 * 1024 * 1024, ' ')
  const declared = await guarded(t, () => ({
    body: large,
    headers: { 'content-length': String(large.length) },
  }))
  await assert.rejects(declared.client.getManifest('acme/web', 'one'), code('registry-answer-invalid'))
  const chunked = await guarded(t, () => ({ body: large, headers: { 'transfer-encoding': 'chunked' } }))
  await assert.rejects(chunked.client.getManifest('acme/web', 'one'), code('registry-answer-invalid'))
})

test('what is no registry is told as such, and a secret in its words is not repeated', async (t) => {
  const page = await guarded(t, () => ({ body: '<html>' }))
  await assert.rejects(page.client.listTags('acme/web'), code('registry-answer-invalid'))
  const token = `ghp_${'a'.repeat(36)}`
  const chatty = await guarded(t, () => ({
    status: 400,
    body: JSON.stringify({ errors: [{ code: 'UNSUPPORTED', message: `no\n${token}` }] }),
  }))
  await assert.rejects(chatty.client.listTags('acme/web'), (error: SupercargoError) => {
    assert.match(error.message, /answered 400 about acme\/web: no \[token\]\.$/)
    return code('registry-refused')(error)
  })
})

test('a registry that is down, slow or ill is asked again later', async (t) => {
  const gone = await startFakeRegistry(() => ({}))
  await gone.close()
  const transient = (error: SupercargoError) =>
    code('registry-unavailable')(error) && error.kind === 'transient'
  await assert.rejects(createOciClient(accessTo(gone)).headManifest('acme/web', 'one'), transient)
  const slow = await guarded(t, () => ({ delay: 5000 }), { timeout: 100 })
  await assert.rejects(slow.client.headManifest('acme/web', 'one'), transient)
  const endless = await guarded(t, () => ({ stalls: true, body: '{"tags":' }), { timeout: 100 })
  await assert.rejects(endless.client.listTags('acme/web'), transient)
  const ill = await guarded(t, () => ({ status: 500 }))
  await assert.rejects(ill.client.headManifest('acme/web', 'one'), transient)
})

test('names of images reach no other address', () => {
  for (const name of ['ghcr.io/acme/../v3', 'ghcr.io/acme/web?x', 'ghcr.io/acme/web%2f', 'ghcr.io/a#b']) {
    assert.throws(() => parseImageName(name), code('image-invalid'), name)
  }
})
