import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SupercargoError } from '../../../src/domain/errors.ts'
import { createOciClient } from '../../../src/registry/oci/client.ts'
import type { Credentials } from '../../../src/registry/oci/options.ts'
import { startFakeRegistry } from '../../support/fake-registry.ts'
import { skipWithoutRegistry, startRegistry } from '../../support/registry.ts'
import { accessTo, CREW_CREDENTIALS, registryOf } from '../../support/registry-client.ts'
import { buildImage } from '../../support/registry-images.ts'
import { REFRESH_TOKEN } from '../../support/registry-token-server.ts'

const skip = skipWithoutRegistry()
const WRONG: Credentials = { kind: 'basic', username: 'crew', password: 'not-the-password-of-the-crew' }

function denied(error: SupercargoError): true {
  assert.deepEqual([error.code, error.kind], ['registry-denied', 'permanent'])
  assert.doesNotMatch(`${error.message} ${error.advice}`, /not-the-password/)
  assert.match(error.advice ?? '', /\.$/)
  return true
}

test('with a password everything can be done, without or with a wrong one nothing', { skip }, async (t) => {
  const registry = await startRegistry({ auth: 'basic' })
  t.after(registry.close)
  const image = registry.image('acme/web')
  const digest = await registry.pushImage('acme/web', 'one', { labels: { a: 'b' } })
  const crew = registryOf(accessTo(registry, CREW_CREDENTIALS))
  assert.deepEqual(await crew.listTags(image), ['one'])
  assert.deepEqual(await crew.readLabels(image, digest), { a: 'b' })
  assert.equal(await crew.retag({ from: image, digest, to: image, tag: 'v1' }), 'tagged')
  for (const credentials of [null, WRONG]) {
    const stranger = registryOf(accessTo(registry, credentials))
    await assert.rejects(stranger.resolve(image, 'one'), denied)
    await assert.rejects(stranger.listTags(image), denied)
  }
})

test('a token is asked for once for each repository, for no more than is needed', { skip }, async (t) => {
  const registry = await startRegistry({ auth: 'token' })
  t.after(registry.close)
  const digest = await registry.pushImage('acme/web', 'one', { labels: { a: 'b' } })
  await registry.pushImage('acme/api', 'one')
  const crew = registryOf(accessTo(registry, CREW_CREDENTIALS))
  const [web, api] = [registry.image('acme/web'), registry.image('acme/api')]
  await Promise.all([crew.resolve(web, 'one'), crew.listTags(web), crew.readLabels(web, digest)])
  await crew.resolve(api, 'one')
  await crew.retag({ from: web, digest, to: api, tag: 'v1' })
  const asked = registry.tokens?.requests.map(({ user, scopes }) => `${user} ${scopes.join(' ')}`)
  assert.deepEqual(asked, [
    'crew repository:acme/web:pull',
    'crew repository:acme/api:pull',
    'crew repository:acme/api:pull,push repository:acme/web:pull',
    'crew repository:acme/api:pull,push',
  ])
  assert.equal((await registry.head('acme/api', 'v1')).digest, digest)
})

test('a token is renewed before it ends', { skip }, async (t) => {
  const registry = await startRegistry({ auth: 'token' })
  t.after(registry.close)
  await registry.pushImage('acme/web', 'one')
  let now = Date.now()
  const crew = registryOf(accessTo(registry, CREW_CREDENTIALS, { clock: () => new Date(now) }))
  const ask = async () => {
    await crew.resolve(registry.image('acme/web'), 'one')
    return registry.tokens?.requests.length
  }
  assert.equal(await ask(), 1)
  now += 269_000
  assert.equal(await ask(), 1)
  now += 2000
  assert.equal(await ask(), 2)
})

test('a token that the registry takes no longer is replaced once', async (t) => {
  let good = 1
  const registry = await startFakeRegistry(({ path, headers }, url) => {
    if (path.startsWith('/token')) return { body: JSON.stringify({ token: `number-${good}` }) }
    if (headers.authorization === `Bearer number-${good}`) return { status: 404 }
    const challenge = `Bearer realm="${url}/token",service="x",error="invalid_token"`
    return { status: 401, headers: { 'www-authenticate': challenge } }
  })
  t.after(registry.close)
  const client = createOciClient(accessTo(registry))
  assert.equal(await client.headManifest('acme/web', 'one'), null)
  good = 2
  assert.equal(await client.headManifest('acme/web', 'one'), null)
  assert.equal(registry.received.filter(({ path }) => path.startsWith('/token')).length, 2)
})

test('a registry that says 403 or 404 to those whom it does not know is told at once who asks', async (t) => {
  for (const status of [403, 404]) {
    const { manifest } = buildImage()
    const registry = await startFakeRegistry(({ path, headers }, url) => {
      if (path.startsWith('/token')) return { body: '{"token":"granted"}' }
      const challenge = `Bearer realm="${url}/token",service="x"`
      if (path === '/v2/') return { status: 401, headers: { 'www-authenticate': challenge } }
      if (headers.authorization !== 'Bearer granted') return { status }
      return { headers: { 'content-type': manifest.mediaType, 'docker-content-digest': manifest.digest } }
    })
    t.after(registry.close)
    const crew = createOciClient(accessTo(registry, CREW_CREDENTIALS))
    assert.equal((await crew.headManifest('acme/web', 'one'))?.digest, manifest.digest)
    assert.equal((await crew.headManifest('acme/web', 'two'))?.digest, manifest.digest)
    assert.deepEqual(
      registry.received.map(({ path }) => path.split('?')[0]),
      ['/v2/', '/token', '/v2/acme/web/manifests/one', '/v2/acme/web/manifests/two'],
    )
  }
})

test('the other names that the specifications have for a token are understood', { skip }, async (t) => {
  const registry = await startRegistry({ auth: 'token' })
  t.after(registry.close)
  const digest = await registry.pushImage('acme/web', 'one')
  if (registry.tokens !== null) registry.tokens.answer.field = 'access_token'
  const image = registry.image('acme/web')
  const refreshing = registryOf(accessTo(registry, { kind: 'identity', token: REFRESH_TOKEN }))
  assert.equal((await refreshing.resolve(image, 'one'))?.digest, digest)
  assert.deepEqual(registry.tokens?.requests.at(-1), {
    method: 'POST',
    user: 'crew',
    scopes: ['repository:acme/web:pull'],
  })
  const token = registry.tokens?.mint(['repository:acme/web:pull']) ?? ''
  const bearing = registryOf(accessTo(registry, { kind: 'bearer', token }))
  assert.equal((await bearing.resolve(image, 'one'))?.digest, digest)
  assert.equal(registry.tokens?.requests.length, 1)
})

test('as nobody, what is public can be pulled and nothing else', { skip }, async (t) => {
  const registry = await startRegistry({ auth: 'token' })
  t.after(registry.close)
  const digest = await registry.pushImage('public/web', 'one')
  await registry.pushImage('acme/web', 'one')
  const nobody = registryOf(accessTo(registry))
  const image = registry.image('public/web')
  assert.equal((await nobody.resolve(image, 'one'))?.digest, digest)
  await assert.rejects(nobody.resolve(registry.image('acme/web'), 'one'), denied)
  await assert.rejects(nobody.retag({ from: image, digest, to: image, tag: 'v1' }), denied)
  assert.equal((await registry.head('public/web', 'v1')).status, 404)
  // A second token would have been no better than the first.
  assert.deepEqual(
    registry.tokens?.requests.map(({ scopes }) => scopes.join(' ')),
    ['repository:public/web:pull', 'repository:acme/web:pull', 'repository:public/web:pull,push'],
  )
})

test('a token server that refuses the password is told as such', { skip }, async (t) => {
  const registry = await startRegistry({ auth: 'token' })
  t.after(registry.close)
  await registry.pushImage('acme/web', 'one')
  const stranger = registryOf(accessTo(registry, WRONG))
  await assert.rejects(stranger.resolve(registry.image('acme/web'), 'one'), denied)
})
