import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deliver, openDoor, SECRET, sendRaw } from './support.ts'

const MIB = 1024 * 1024

test('a signed delivery is stored before the answer, on both paths', async (context) => {
  const { url, stored } = await openDoor(context)
  assert.equal((await deliver(`${url}/webhooks/github`, '{"a":1}', 'one')).status, 202)
  assert.deepEqual(stored, [{ source: 'github', id: 'one', event: 'push', payload: { a: 1 } }])
  assert.equal((await deliver(`${url}/api/github/webhooks`, '{"a":2}', 'two')).status, 202)
  assert.equal(stored.length, 2)
})

test('a delivery that is there already is answered with 200', async (context) => {
  const { url, stored } = await openDoor(context)
  await deliver(`${url}/webhooks/github`, '{}', 'one')
  assert.equal((await deliver(`${url}/webhooks/github`, '{}', 'one')).status, 200)
  assert.equal(stored.length, 1)
})

test('a wrong signature is 401 and nothing is parsed or stored', async (context) => {
  const { url, stored } = await openDoor(context)
  const answer = await deliver(`${url}/webhooks/github`, 'this is not JSON', 'one', `${SECRET}x`)
  assert.equal(answer.status, 401)
  assert.equal(await answer.text(), 'The signature does not match the webhook secret.\n')
  assert.equal(stored.length, 0)
})

test('bad JSON after a good signature is 400', async (context) => {
  const { url } = await openDoor(context)
  assert.equal((await deliver(`${url}/webhooks/github`, '{"a":', 'one')).status, 400)
})

test('other paths are 404 and other methods 405', async (context) => {
  const { url } = await openDoor(context)
  assert.equal((await fetch(`${url}/webhooks/gitlab`, { method: 'POST', body: '{}' })).status, 404)
  assert.equal((await fetch(`${url}/`)).status, 404)
  const answer = await fetch(`${url}/webhooks/github`)
  assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST'])
})

test('a store that is down is 503, and the answer holds nothing of the exception', async (context) => {
  const { url, log } = await openDoor(context, () =>
    Promise.reject(new Error('ECONNREFUSED 10.1.2.3 password=x')),
  )
  const answer = await deliver(`${url}/webhooks/github`, '{}', 'one')
  assert.equal(answer.status, 503)
  assert.equal(answer.headers.get('retry-after'), '30')
  assert.doesNotMatch(await answer.text(), /ECONNREFUSED|10\.1|password|Error|at /)
  assert.match(log.join(), /ECONNREFUSED/)
})

test('a fault of ours is 500 without its text', async (context) => {
  const { server, url, log } = await openDoor(context)
  server.add([{ method: 'GET', path: '/fault', handle: () => Promise.reject(new Error('secret detail')) }])
  const answer = await fetch(`${url}/fault`)
  assert.equal(answer.status, 500)
  assert.doesNotMatch(await answer.text(), /secret detail|Error/)
  assert.match(log.join(), /secret detail/)
})

test('every answer forbids sniffing, framing and caching', async (context) => {
  const { url } = await openDoor(context)
  for (const path of ['/webhooks/github', '/nowhere']) {
    const { headers } = await fetch(url + path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('x-frame-options'), 'DENY')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.equal(headers.get('x-powered-by'), null)
  }
})

test('a body of 25 MiB is accepted', async (context) => {
  const { url, stored } = await openDoor(context)
  const body = `"${'x'.repeat(25 * MIB - 14)}"`
  assert.equal((await deliver(`${url}/webhooks/github`, `{"a":${body}}`, 'one')).status, 202)
  assert.equal(stored.length, 1)
})

const POST = 'POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'

test('a body that is announced as 1 GiB is refused before it is read', async (context) => {
  const { server, stored } = await openDoor(context)
  const head = `${POST}Content-Length: ${1024 * MIB}\r\n\r\n`
  const { text, sent } = await sendRaw(server.port, head, Buffer.alloc(64 * 1024, 'x'))
  assert.match(text, /^HTTP\/1\.1 413 /)
  assert.ok(sent < 64 * MIB, `${sent} bytes`)
  assert.equal(stored.length, 0)
})

test('a client that asks first is told 413 instead of 100 Continue', async (context) => {
  const { server } = await openDoor(context)
  const head = (length: number) =>
    `${POST}Expect: 100-continue\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`
  assert.match((await sendRaw(server.port, head(26 * MIB), null)).text, /^HTTP\/1\.1 413 /)
  assert.match(
    (await sendRaw(server.port, `${head(4)}null`, null)).text,
    /^HTTP\/1\.1 100 Continue[\s\S]*HTTP\/1\.1 401 /,
  )
})

test('endless chunked bodies are refused in the middle, and memory stays flat', async (context) => {
  const { server, stored } = await openDoor(context)
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 'x'), Buffer.from('\r\n')])
  const before = process.memoryUsage().arrayBuffers
  let peak = 0
  const sample = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
  }, 5)
  const head = `${POST}Transfer-Encoding: chunked\r\n\r\n`
  const answers = await Promise.all(Array.from({ length: 12 }, () => sendRaw(server.port, head, chunk)))
  clearInterval(sample)
  const statuses = answers.map(({ text }) => text.slice(9, 12))
  assert.ok(
    statuses.every((status) => status === '413' || status === '503'),
    statuses.join(),
  )
  assert.ok(statuses.includes('413'))
  assert.ok(peak < 220 * MIB, `${Math.round(peak / MIB)} MiB`)
  assert.equal(stored.length, 0)
  // what was held is free again
  assert.equal((await deliver(`http://127.0.0.1:${server.port}/webhooks/github`, '{}', 'after')).status, 202)
})

test('clients that send nothing, or slowly, or huge headers are cut', async (context) => {
  const { server } = await openDoor(context, undefined, { headers: 300, request: 600 })
  const silent = sendRaw(server.port, 'POST /webhooks/github HTTP/1.1\r\nHost: x\r\n', null)
  const slow = sendRaw(server.port, `${POST}Content-Length: 100\r\n\r\n{`, null)
  const huge = sendRaw(server.port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, null)
  assert.match((await silent).text, /^HTTP\/1\.1 408 /)
  assert.match((await slow).text, /^(HTTP\/1\.1 408 |$)/)
  assert.match((await huge).text, /^HTTP\/1\.1 431 /)
})
