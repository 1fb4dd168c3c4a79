import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { type Announcer, registryDoor } from '../../../src/intake/registry/door.ts'
import type { FormatName } from '../../../src/intake/registry/formats.ts'
import type { Delivery } from '../../../src/store/store.ts'
import { startServer } from '../../../src/web/server.ts'
import { REGISTRY_MAX_BYTES, webhookRoutes } from '../../../src/web/webhook.ts'
import { memoryLog } from '../../web/support.ts'
import * as acr from './payloads/acr.ts'
import { binaryMode, published } from './payloads/cloud-events.ts'
import * as distribution from './payloads/distribution.ts'
import * as hub from './payloads/docker-hub.ts'
import * as ecr from './payloads/ecr.ts'
import * as ghcr from './payloads/ghcr.ts'
import * as harbor from './payloads/harbor.ts'
import * as quay from './payloads/quay.ts'

const SECRET = '9c1185a5c5e9fc54612808977ee8f548'
const OLD = '0ld85a5c5e9fc54612808977ee8f5489c11'

function announcer(format: FormatName): Announcer {
  return {
    name: format,
    host: 'r.example',
    webhook: { format, secrets: [SECRET, OLD], audience: null, email: null },
  }
}

interface Doors {
  stored: Delivery[]
  log: string[]
  send(path: string, payload: unknown, headers?: Record<string, string>): Promise<number>
}

/** A real server with the doors of these registries; the store fails when it is told to. */
async function open(context: TestContext, formats: FormatName[], broken = false): Promise<Doors> {
  const stored: Delivery[] = []
  const lines: string[] = []
  const log = memoryLog(lines)
  const server = await startServer({ host: '127.0.0.1', port: 0, log })
  context.after(() => server.stop(0))
  const accept = async (delivery: Delivery) => {
    if (broken) throw new Error('the database is away')
    const known = stored.some(({ source, id }) => source === delivery.source && id === delivery.id)
    if (!known) stored.push(delivery)
    return known ? ('duplicate' as const) : ('accepted' as const)
  }
  for (const format of formats) {
    const door = registryDoor(announcer(format))
    server.add(webhookRoutes({ ...door, maxBytes: REGISTRY_MAX_BYTES, accept, log }))
  }
  return {
    stored,
    log: lines,
    async send(path, payload, headers = {}) {
      const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
      const url = `http://127.0.0.1:${server.port}/webhooks/registry/${path}`
      const response = await fetch(url, { method: 'POST', headers, body })
      await response.text()
      return response.status
    },
  }
}

const bearer = (secret = SECRET) => ({ authorization: `Bearer ${secret}` })

test('a registry shows its secret in a header, bare or as a bearer, or as a key; each of several counts', async (context) => {
  const { send, stored } = await open(context, ['acr'])
  const fresh = (id: string) => ({ ...acr.PUSH, id })
  assert.equal(await send('acr', fresh('1'), bearer()), 202)
  assert.equal(await send('acr', fresh('2'), bearer(OLD)), 202)
  assert.equal(await send('acr', fresh('3'), { authorization: SECRET }), 202)
  assert.equal(await send('acr', fresh('4'), { 'x-api-key': SECRET }), 202)
  assert.deepEqual(
    stored.map(({ source, id, event }) => [source, id, event]),
    ['1', '2', '3', '4'].map((id) => ['registry:acr', id, 'acr']),
  )
})

test('without the secret of this very registry nothing is parsed or stored', async (context) => {
  const { send, stored, log } = await open(context, [
    'harbor',
    'acr',
    'ecr',
    'distribution',
    'cloudevents',
    'quay',
    'ghcr',
  ])
  const wrong = [{}, bearer(`${SECRET}x`), bearer(SECRET.slice(1)), bearer(''), { 'x-api-key': 'x' }]
  for (const path of ['harbor', 'acr', 'ecr', 'distribution', 'cloudevents', 'ghcr']) {
    for (const headers of wrong) assert.equal(await send(path, 'not JSON', headers), 401, path)
    assert.equal(await send(`${path}/${SECRET}`, harbor.PUSH_BY_TAG, bearer()), 404, path)
  }
  assert.equal(await send('ghcr', ghcr.PACKAGE, bearer()), 401)
  assert.equal(await send('quay/', quay.PUSH, bearer()), 401)
  assert.equal(await send('quay', quay.PUSH, bearer()), 404)
  assert.equal(await send('none', quay.PUSH, bearer()), 404)
  assert.deepEqual(stored, [])
  assert.match(log.join('\n'), /A webhook request was refused: The secret is missing or wrong\./)
})

test('a secret in the path opens where no header can be sent, and no log ever shows it', async (context) => {
  const { send, stored, log } = await open(context, ['quay', 'dockerhub'])
  assert.equal(await send(`quay/${SECRET}`, quay.PUSH), 202)
  assert.equal(await send(`dockerhub/${OLD}`, hub.PUSH), 202)
  const almost = `${SECRET.slice(0, -1)}0`
  assert.equal(await send(`quay/${almost}`, quay.PUSH), 401)
  assert.equal(await send(`quay/${SECRET}/more`, quay.PUSH), 401)
  assert.equal(await send(`quay/${SECRET}`, 'not JSON'), 200)
  assert.equal(stored.length, 2)
  const failing = await open(context, ['quay'], true)
  assert.equal(await failing.send(`quay/${SECRET}`, quay.PUSH), 503)
  const all = [...log, ...failing.log, JSON.stringify(stored)].join('\n')
  assert.match(all, /could not be used: The body is not JSON/)
  assert.match(all, /the database is away/)
  for (const secret of [SECRET, OLD, almost]) assert.ok(!all.includes(secret))
})

test('a fault behind a door is logged without the secret in its path', async (context) => {
  const lines: string[] = []
  const log = memoryLog(lines)
  const server = await startServer({ host: '127.0.0.1', port: 0, log })
  context.after(() => server.stop(0))
  const { paths } = registryDoor(announcer('quay'))
  const read = () => Promise.reject(new Error('a fault'))
  const accept = async () => 'accepted' as const
  server.add(webhookRoutes({ paths, read, accept, maxBytes: 1000, log }))
  const url = `http://127.0.0.1:${server.port}/webhooks/registry/quay/${SECRET}`
  assert.equal((await fetch(url, { method: 'POST', body: '{}' })).status, 500)
  assert.match(lines.join(), /A request failed.*a fault.*\/webhooks\/registry\/quay\/\*/)
  assert.ok(!lines.join().includes(SECRET))
})

test("GitHub's own webhook is verified by its signature, and its delivery has GitHub's id", async (context) => {
  const { send, stored } = await open(context, ['ghcr'])
  const body = JSON.stringify(ghcr.PACKAGE)
  const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`
  const headers = {
    'x-hub-signature-256': signature,
    'x-github-delivery': 'd-1',
    'x-github-event': 'package',
  }
  assert.equal(await send('ghcr', body, headers), 202)
  assert.equal(await send('ghcr', `${body} `, headers), 401)
  assert.deepEqual(stored, [{ source: 'registry:ghcr', id: 'd-1', event: 'ghcr', payload: ghcr.PACKAGE }])
})

test('what is sent again is known by the ids of the registry', async (context) => {
  const { send, stored } = await open(context, [
    'harbor',
    'acr',
    'ecr',
    'distribution',
    'cloudevents',
    'dockerhub',
  ])
  const twice = async (path: string, payload: object, other: object) => {
    assert.equal(await send(path, payload, bearer()), 202, path)
    assert.equal(await send(path, payload, bearer()), 200, path)
    assert.equal(await send(path, other, bearer()), 202, path)
  }
  await twice('acr', acr.PUSH, { ...acr.PUSH, id: 'other' })
  await twice('ecr', ecr.PUSH, { ...ecr.PUSH, id: 'other' })
  await twice('cloudevents', published(), { ...published(), source: '/other' })
  await twice(
    'cloudevents',
    [published(undefined, '1'), published(undefined, '2')],
    [published(undefined, '2')],
  )
  const [first, ...others] = distribution.ENVELOPE.events
  await twice('distribution', distribution.ENVELOPE, { events: [{ ...first, id: 'other' }, ...others] })
  // the same event at another time; Harbor has no ids in its default format
  await twice('harbor', harbor.PUSH_BY_TAG, { ...harbor.PUSH_BY_TAG, occur_at: 1586922309 })
  await twice('harbor', harbor.PUSH_AS_CLOUD_EVENT, { ...harbor.PUSH_AS_CLOUD_EVENT, id: 'other' })
  const later = { ...hub.PUSH, push_data: { ...hub.PUSH.push_data, pushed_at: 1417566162 } }
  await twice(`dockerhub/${SECRET}`, hub.PUSH, later)
  for (const { id } of stored) assert.match(id, /^[\w-]{1,100}$/)
})

test('two pushes of one tag to Quay count as two, although they look the same', async (context) => {
  const { send, stored } = await open(context, ['quay'])
  assert.equal(await send(`quay/${SECRET}`, quay.PUSH), 202)
  assert.equal(await send(`quay/${SECRET}`, quay.PUSH), 202)
  assert.equal(stored.length, 2)
})

test('a CloudEvent in binary mode is stored as one in structured mode', async (context) => {
  const { send, stored } = await open(context, ['cloudevents'])
  const { data, datacontenttype, time, ...attributes } = published()
  const source = '/event/source/Euro €'
  const headers = { ...binaryMode({ ...attributes, source: encodeURI(source) }), ...bearer() }
  assert.equal(await send('cloudevents', data, headers), 202)
  assert.deepEqual(stored[0]?.payload, { ...attributes, source, data })
  const structured = { 'content-type': 'application/cloudevents+json; charset=UTF-8', ...bearer() }
  assert.equal(
    await send('cloudevents', { ...attributes, source, data, datacontenttype, time }, structured),
    200,
  )
})

test('a body of more than 1 MiB is refused', async (context) => {
  const { send, stored } = await open(context, ['distribution'])
  const payload = (length: number) => ({ events: [], padding: 'x'.repeat(length) })
  assert.equal(await send('distribution', payload(REGISTRY_MAX_BYTES - 26), bearer()), 202)
  assert.equal(await send('distribution', payload(REGISTRY_MAX_BYTES), bearer()), 413)
  assert.equal(stored.length, 1)
})
