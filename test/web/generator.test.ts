import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type ErrorKind, SupercargoError } from '../../src/domain/errors.ts'
import { verifyToken } from '../../src/intake/token.ts'
import { type GeneratorDoor, generatorRoutes } from '../../src/web/generator.ts'
import { startServer } from '../../src/web/server.ts'
import { memoryLog, sendRaw } from './support.ts'

const TOKEN = '0d5bfb2d1b5c4dbb9a1f6b2f0c0b1c77'
const OLD = '9c1185a5c5e9fc54612808977ee8f548'
const MIB = 1024 * 1024
const INPUTS = [{ id: '12', number: '12', title: 'Add a login page' }]

async function open(context: TestContext, inputs: GeneratorDoor['inputs'] = async () => INPUTS) {
  const lines: string[] = []
  const log = memoryLog(lines)
  const asked: object[] = []
  const server = await startServer({ host: '127.0.0.1', port: 0, log })
  context.after(() => server.stop(0))
  server.add(
    generatorRoutes({
      admits: (token) => verifyToken([TOKEN, OLD], token),
      inputs: (query) => {
        asked.push(query)
        return inputs(query)
      },
      log,
    }),
  )
  const url = `http://127.0.0.1:${server.port}/api/v1`
  const argo = (parameters: unknown, token = TOKEN) =>
    fetch(`${url}/getparams.execute`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ applicationSetName: 'web', input: { parameters } }),
    })
  const flux = (query: string, token = TOKEN) =>
    fetch(`${url}/previews${query}`, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    })
  return { server, url, lines, asked, argo, flux }
}

test('Argo CD gets the parameters of its ApplicationSet, and Flux its inputs', async (context) => {
  const { argo, flux, asked } = await open(context)
  const first = await argo({ source: 'acme/web', app: 'web', cluster: 'for the template alone' })
  assert.equal(first.status, 200)
  assert.equal(first.headers.get('content-type'), 'application/json')
  assert.deepEqual(await first.json(), { output: { parameters: INPUTS } })
  const second = await flux('?source=gitlab:acme%2Fweb')
  assert.equal(second.status, 200)
  assert.deepEqual(await second.json(), { inputs: INPUTS })
  assert.deepEqual(asked, [
    { source: 'acme/web', app: 'web' },
    { source: 'gitlab:acme/web', app: null },
  ])
})

test('no preview at all is an empty list, and not null', async (context) => {
  const { argo, flux } = await open(context, async () => [])
  assert.equal(await (await argo({ source: 'acme/web' })).text(), '{"output":{"parameters":[]}}\n')
  assert.equal(await (await flux('?source=acme/web')).text(), '{"inputs":[]}\n')
})

test('each of two tokens opens it during a rotation, and without one nothing is read or asked', async (context) => {
  const { url, argo, flux, asked, server } = await open(context)
  assert.equal((await argo({ source: 'acme/web' }, OLD)).status, 200)
  asked.length = 0
  for (const token of ['', `${TOKEN}x`, TOKEN.slice(1), 'x'.repeat(5000)]) {
    for (const answer of [await argo({ source: 'acme/web' }, token), await flux('?source=acme/web', token)]) {
      assert.equal(answer.status, 401)
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
      assert.equal(((await answer.json()) as { code: string }).code, 'unauthorized')
    }
  }
  assert.equal((await fetch(`${url}/previews?source=acme/web&token=${TOKEN}`)).status, 401)
  const head = 'POST /api/v1/getparams.execute HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n'
  const { text, sent } = await sendRaw(server.port, head, Buffer.alloc(64 * 1024))
  assert.match(text, /^HTTP\/1\.1 401 /)
  assert.ok(sent < 16 * MIB)
  assert.deepEqual(asked, [])
})

test('a body of more than 1 MiB is refused while it arrives', async (context) => {
  const { server } = await open(context)
  const head = `POST /api/v1/getparams.execute HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ntransfer-encoding: chunked\r\n\r\n`
  const { text } = await sendRaw(server.port, head, Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`))
  assert.match(text, /^HTTP\/1\.1 413 /)
})

for (const [what, body] of [
  ['no JSON', 'source: acme/web'],
  ['no object', '[]'],
  ['no parameters', '{"input":{}}'],
  ['parameters that are a text', '{"input":{"parameters":"acme/web"}}'],
  ['no source', '{"input":{"parameters":{"app":"web"}}}'],
  ['a source that is a list', '{"input":{"parameters":{"source":["acme/web"]}}}'],
  ['an app that is a number', '{"input":{"parameters":{"source":"acme/web","app":1}}}'],
] as const) {
  test(`a request with ${what} is 400 and says what to send`, async (context) => {
    const { url, asked } = await open(context)
    const headers = { authorization: `Bearer ${TOKEN}` }
    const answer = await fetch(`${url}/getparams.execute`, { method: 'POST', headers, body })
    assert.equal(answer.status, 400)
    const { code, message } = (await answer.json()) as { code: string; message: string }
    assert.match(code, /^(request-unreadable|source-missing)$/)
    assert.match(message, /source|parameters/)
    assert.deepEqual(asked, [])
  })
}

for (const [kind, code, status] of [
  ['permanent', 'app-missing', 400],
  ['permanent', 'repository-not-found', 404],
  ['permanent', 'app-unknown', 404],
  ['permanent', 'configuration-broken', 409],
  ['permanent', 'preview-unreadable', 409],
  ['transient', 'manifests-incomplete', 503],
  ['conflict', 'branch-moved', 503],
  ['bug', 'whatever', 500],
] satisfies [ErrorKind, string, number][]) {
  test(`${code} (${kind}) is ${status} for both engines, and never a list`, async (context) => {
    const { argo, flux } = await open(context, async () => {
      throw new SupercargoError('The sentence of the error.', { code, kind, advice: 'Do this.' })
    })
    for (const answer of [await argo({ source: 'acme/web' }), await flux('?source=acme/web')]) {
      assert.equal(answer.status, status)
      const told = (await answer.json()) as { code: string; message: string }
      assert.equal(told.code, kind === 'bug' ? 'internal-error' : code)
      assert.equal(told.message === 'The sentence of the error. Do this.', kind === 'permanent')
    }
  })
}

test('a foreign exception is 500, and its text is in the log alone', async (context) => {
  const { argo, lines } = await open(context, () => Promise.reject(new Error('ECONNREFUSED 10.1.2.3')))
  const answer = await argo({ source: 'acme/web' })
  assert.equal(answer.status, 500)
  assert.doesNotMatch(await answer.text(), /ECONN|10\.1|Error/)
  assert.match(lines.join(), /ECONNREFUSED/)
})

test('an answer that comes later than now says when', async (context) => {
  const retryAt = new Date(Date.now() + 120_000)
  const { flux } = await open(context, async () => {
    throw new SupercargoError('Rate limited.', { code: 'rate-limited', kind: 'transient', retryAt })
  })
  const after = Number((await flux('?source=acme/web')).headers.get('retry-after'))
  assert.ok(after > 60 && after <= 120, String(after))
})
