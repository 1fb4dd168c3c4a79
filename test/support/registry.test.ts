import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { eventually } from './eventually.ts'
import { type RegistryWish, skipWithoutRegistry, startRegistry } from './registry.ts'

const skip = skipWithoutRegistry()

for (const auth of [undefined, 'basic', 'token'] as const) {
  test(`the test registry takes images with auth ${auth ?? 'off'}`, { skip }, async (t) => {
    const wish: RegistryWish = auth === undefined ? {} : { auth }
    const registry = await startRegistry(wish)
    t.after(registry.close)
    const digest = await registry.pushImage('acme/web', 'one', { labels: { a: 'b' } })
    assert.deepEqual(await registry.head('acme/web', 'one'), { status: 200, digest })
    const index = await registry.pushIndex('acme/web', 'all', [{}, { platform: 'linux/arm64' }])
    assert.deepEqual(await registry.head('acme/web', 'all'), { status: 200, digest: index })
    const anonymous = await fetch(`${registry.url}/v2/acme/web/tags/list`)
    assert.equal(anonymous.status, auth === undefined ? 200 : 401)
    await registry.deleteImage('acme/web', digest)
    assert.equal((await registry.head('acme/web', 'one')).status, 404)
  })
}

test('the test registry announces what is pushed to it', { skip }, async (t) => {
  const seen: { header: string; body: string }[] = []
  const receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ header: String(request.headers['x-secret']), body })
    response.end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  t.after(() => receiver.close())
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  const registry = await startRegistry({ notifications: { url, headers: { 'X-Secret': 'told' } } })
  t.after(registry.close)
  const digest = await registry.pushImage('acme/web', 'one')
  await eventually('an announcement', () =>
    seen.some(
      ({ header, body }) => header === 'told' && body.includes(digest) && body.includes('"tag": "one"'),
    ),
  )
})
