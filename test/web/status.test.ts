import assert from 'node:assert/strict'
import { get } from 'node:http'
import { type TestContext, test } from 'node:test'
import type { Store, Worker } from '../../src/store/store.ts'
import { healthRoutes, type Parts } from '../../src/web/health.ts'
import { startServer } from '../../src/web/server.ts'
import { statusPageRoute } from '../../src/web/status-page.ts'
import { memoryLog } from './support.ts'

const FOREIGN = '<script>alert("x")</script> & \'y\''
const at = new Date('2026-11-21T10:00:00Z')

/** The parts of a store that pages read. */
function storeWith(ping: () => Promise<void>): Store {
  const parts: Partial<Store> = {
    ping,
    listDeliveries: async () => [
      { source: 'github', id: '1', event: 'push', receivedAt: at, outcome: `Looks at ${FOREIGN}.` },
      { source: 'github', id: '2', event: 'status', receivedAt: at, outcome: null },
    ],
    readJournal: async () => [
      {
        at,
        key: 'github:acme/web',
        action: 'open-change-request',
        code: 'newer-version',
        message: `Opened ${FOREIGN}.`,
        target: 'web/staging',
        url: 'javascript:alert(1)',
      },
      {
        at,
        key: 'github:acme/api',
        action: 'merged',
        code: 'merged',
        message: 'Merged.',
        url: 'https://github.com/acme/k8s/pull/1',
      },
    ],
    listDeadLetters: async () => [
      { id: '7', key: 'github:acme/old', attempts: 3, lastError: FOREIGN, lastAt: at },
    ],
  }
  return parts as Store
}

const worker: Worker = { running: () => true, stop: async () => {} }
const ready: Parts = { store: storeWith(async () => {}), worker, stopping: false }

async function serve(context: TestContext, parts: () => Parts) {
  const lines: string[] = []
  const log = memoryLog(lines)
  const server = await startServer({ host: '127.0.0.1', port: 0, log })
  context.after(() => server.stop(0))
  const links = { title: 'Try it', links: [{ text: 'acme/web', path: '/sandbox/github/acme/web' }] }
  server.add([...healthRoutes(parts, log), statusPageRoute(parts, links, log)])
  return { url: `http://127.0.0.1:${server.port}`, port: server.port, lines }
}

test('the process is alive from its first moment, and ready when store and worker are', async (context) => {
  let parts: Parts = { store: null, worker: null, stopping: false }
  const { url } = await serve(context, () => parts)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  assert.equal((await fetch(`${url}/readyz`)).status, 503)
  parts = ready
  const answer = await fetch(`${url}/readyz`)
  assert.equal(answer.status, 200)
  assert.deepEqual(await answer.json(), {
    ready: true,
    checks: {
      process: { ok: true, message: 'The process runs.' },
      store: { ok: true, message: 'The store answers.' },
      worker: { ok: true, message: 'The worker runs.' },
    },
  })
})

test('a dead store, a stopped worker and a stopping process are not ready, and say which', async (context) => {
  const dead = storeWith(() => Promise.reject(new Error('connect 10.1.2.3')))
  const cases: [Parts, string][] = [
    [{ ...ready, store: dead }, 'store'],
    [{ ...ready, worker: { ...worker, running: () => false } }, 'worker'],
    [{ ...ready, stopping: true }, 'process'],
  ]
  let parts = ready
  const { url, lines } = await serve(context, () => parts)
  for (const [given, failing] of cases) {
    parts = given
    const answer = await fetch(`${url}/readyz`)
    assert.equal(answer.status, 503)
    const text = await answer.text()
    const { checks } = JSON.parse(text) as { checks: Record<string, { ok: boolean }> }
    assert.deepEqual(
      Object.keys(checks).filter((name) => checks[name]?.ok === false),
      [failing],
    )
    assert.doesNotMatch(text, /10\.1\.2\.3/)
  }
  assert.match(lines.join(), /10\.1\.2\.3/)
})

test('the page shows what happened, and foreign text stays text', async (context) => {
  const { url } = await serve(context, () => ready)
  const answer = await fetch(url)
  const html = await answer.text()
  assert.equal(answer.status, 200)
  for (const shown of [
    'The worker runs.',
    'Merged.',
    'Waits.',
    'web/staging',
    'github:acme/old',
    '/sandbox/github/acme/web',
  ]) {
    assert.ok(html.includes(shown), shown)
  }
  assert.match(html, /<a href="https:\/\/github\.com\/acme\/k8s\/pull\/1">/)
  assert.doesNotMatch(html, /<script|javascript:/)
  const policy = answer.headers.get('content-security-policy') ?? ''
  assert.match(policy, /^default-src 'none'; .*form-action 'none'$/)
  assert.doesNotMatch(policy, /unsafe|\*/)
})

test('the page stays readable while the store is away', async (context) => {
  const { url } = await serve(context, () => ({
    store: storeWith(() => Promise.reject(new Error('x'))),
    worker,
    stopping: false,
  }))
  const answer = await fetch(url)
  assert.equal(answer.status, 200)
  assert.match(await answer.text(), /The store does not answer\./)
})

test('the page is for people at this machine: no other name, no proxy, no other method', async (context) => {
  const { url, port } = await serve(context, () => ready)
  assert.equal(await statusOf(port, { host: 'rebound.example' }), 404)
  assert.equal(await statusOf(port, { host: `localhost.evil.example:${port}` }), 404)
  assert.equal(await statusOf(port, { host: 'localhost', 'x-forwarded-for': '203.0.113.9' }), 404)
  assert.equal(await statusOf(port, { host: `localhost:${port}` }), 200)
  assert.equal((await fetch(url, { method: 'POST', body: 'x' })).status, 405)
})

function statusOf(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
}
