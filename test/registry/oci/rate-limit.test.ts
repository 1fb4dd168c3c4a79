import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SupercargoError } from '../../../src/domain/errors.ts'
import { createOciClient } from '../../../src/registry/oci/client.ts'
import { type FakeAnswer, startFakeRegistry } from '../../support/fake-registry.ts'
import { accessTo } from '../../support/registry-client.ts'
import { buildImage } from '../../support/registry-images.ts'

const START = Date.parse('2026-11-26T12:00:00Z')
const { manifest } = buildImage()
const FOUND = { 'content-type': manifest.mediaType, 'docker-content-digest': manifest.digest }

const limited = (retryAt: number) => (error: SupercargoError) => {
  assert.deepEqual(
    [error.code, error.kind, error.retryAt?.toISOString()],
    ['rate-limited', 'transient', new Date(retryAt).toISOString()],
  )
  return true
}

test('after 429 nothing is asked before the time that it names', async (t) => {
  const cases: [Record<string, string>, number][] = [
    [{ 'retry-after': '120' }, 120_000],
    [{ 'retry-after': new Date(START + 90_000).toUTCString() }, 90_000],
    [{ 'retry-after': 'soon' }, 60_000],
    [{ 'retry-after': '0' }, 1000],
    [{ 'retry-after': '999999999' }, 86_400_000],
    [{}, 60_000],
  ]
  for (const [headers, wait] of cases) {
    let answer: FakeAnswer = { status: 429, headers }
    let now = START
    const registry = await startFakeRegistry(() => answer)
    t.after(registry.close)
    const client = createOciClient(accessTo(registry, null, { clock: () => new Date(now) }))
    await assert.rejects(client.headManifest('acme/web', 'one'), limited(START + wait))
    answer = { status: 404 }
    now += wait - 1
    await assert.rejects(client.listTags('acme/api'), limited(START + wait))
    assert.equal(registry.received.length, 1)
    now += 1
    assert.equal(await client.headManifest('acme/web', 'one'), null)
  }
})

test('a registry in maintenance that says until when is left alone until then', async (t) => {
  const registry = await startFakeRegistry(() => ({ status: 503, headers: { 'retry-after': '30' } }))
  t.after(registry.close)
  const client = createOciClient(accessTo(registry, null, { clock: () => new Date(START) }))
  await assert.rejects(client.headManifest('acme/web', 'one'), limited(START + 30_000))
  await assert.rejects(client.headManifest('acme/web', 'one'), limited(START + 30_000))
  assert.equal(registry.received.length, 1)
})

test('when no pulls are left only HEAD goes on, until it says that some are', async (t) => {
  let left = '0;w=21600'
  const registry = await startFakeRegistry(({ method }) => ({
    headers: { ...FOUND, 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': left },
    body: method === 'HEAD' ? '' : manifest.bytes,
  }))
  t.after(registry.close)
  const client = createOciClient(accessTo(registry, null, { clock: () => new Date(START) }))
  assert.equal((await client.headManifest('acme/web', 'one'))?.digest, manifest.digest)
  await assert.rejects(client.getManifest('acme/web', 'one'), limited(START + 2_160_000))
  assert.equal(registry.received.length, 1)
  left = '3;w=21600'
  await client.headManifest('acme/web', 'one')
  assert.equal((await client.getManifest('acme/web', 'one'))?.digest, manifest.digest)
})
