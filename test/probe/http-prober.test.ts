import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import pino from 'pino'
import { createProber } from '../../src/probe/http-prober.ts'

const LOG = pino({ level: 'silent' })
const MEGABYTE = 1024 * 1024

let port = 0
let seen: IncomingMessage[] = []
let open = 0
let most = 0
let sent = 0

const PAGES: Record<string, (response: ServerResponse, request: IncomingMessage) => void> = {
  '/ok': (response) => response.end('version: 9fceb02'),
  '/broken': (response) => response.writeHead(503).end('later'),
  '/moved': (response) => response.writeHead(302, { location: '/ok' }).end(),
  '/circle': (response) => response.writeHead(307, { location: '/circle' }).end(),
  '/login': (response) => response.writeHead(302, { location: 'https://login.acme.example/' }).end(),
  '/inside': (response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/ok` }).end(),
  '/other-port': (response) => response.writeHead(302, { location: 'http://localhost:1/ok' }).end(),
  '/odd': (response) => response.writeHead(302, { location: 'http://[' }).end(),
  '/never': () => {},
  '/slow': (response) => {
    open += 1
    most = Math.max(most, open)
    setTimeout(() => {
      open -= 1
      response.end('ok')
    }, 20)
  },
  '/drip': (response) => {
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  },
  '/huge': (response) => {
    const more = () => {
      while (!response.destroyed && sent < 64 * MEGABYTE) {
        sent += MEGABYTE
        if (!response.write('x'.repeat(MEGABYTE))) return void response.once('drain', more)
      }
      response.end('9fceb02')
    }
    more()
  },
}

const server = createServer((request, response) => {
  seen.push(request)
  PAGES[request.url ?? '']?.(response, request)
})
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, resolve))
  port = (server.address() as AddressInfo).port
})
after(() => {
  server.closeAllConnections()
  server.close()
})

function ask(
  path: string,
  change: { status?: number[]; expect?: string; hosts?: string[]; timeout?: number } = {},
) {
  const { status = [200], expect = null, hosts = [`localhost:${port}`], timeout = 5_000 } = change
  seen = []
  const url = path.startsWith('/') ? `http://localhost:${port}${path}` : path
  return createProber({ hosts, log: LOG, timeout }).ask({ url, status, expect })
}

test('a page answers when it has one of the statuses, and holds the text that is expected', async () => {
  assert.deepEqual(await ask('/ok'), { answers: true })
  assert.deepEqual(await ask('/ok', { expect: '9fceb02' }), { answers: true })
  assert.deepEqual(await ask('/broken', { status: [200, 503] }), { answers: true })
  const silent = (message: string) => ({ answers: false, message })
  assert.deepEqual(await ask('/broken'), silent('It answers 503.'))
  assert.deepEqual(
    await ask('/ok', { expect: '1a2b3c4' }),
    silent('It answers 200, but not yet with "1a2b3c4".'),
  )
})

test('a GET without credentials or cookies is all that it gets', async () => {
  await ask('/ok')
  const [request, ...others] = seen
  assert.deepEqual([others.length, request?.method], [0, 'GET'])
  assert.equal(request?.headers.authorization, undefined)
  assert.equal(request?.headers.cookie, undefined)
})

test('a redirect is followed on its host only, and to no address that is not allowed', async () => {
  assert.deepEqual(await ask('/moved'), { answers: true })
  assert.deepEqual(await ask('/login', { status: [200, 302] }), { answers: true })
  const everywhere = [`localhost:${port}`, `127.0.0.1:${port}`, 'login.acme.example']
  for (const [path, to] of [
    ['/login', 'https://login.acme.example'],
    ['/inside', `http://127.0.0.1:${port}`],
    ['/other-port', 'http://localhost:1'],
  ] as const) {
    const message = `It answers 302 and leads to ${to}, which is not followed.`
    assert.deepEqual(await ask(path, { hosts: everywhere }), { answers: false, message })
    assert.equal(seen.length, 1)
  }
  assert.deepEqual(await ask('/odd'), { answers: false, message: 'It answers 302.' })
  const circle = await ask('/circle')
  assert.deepEqual([circle.answers, seen.length], [false, 5])
})

test('what does not answer in time does not answer, however it takes its time', async () => {
  const late = { answers: false, message: 'It does not answer in time.' }
  assert.deepEqual(await ask('/never', { timeout: 60 }), late)
  assert.deepEqual(await ask('/drip', { timeout: 100, expect: 'x' }), late)
})

test('what cannot be reached does not answer, and says why in one word', async () => {
  const gone = createServer()
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(gone.address() as AddressInfo).port}`
  await new Promise((resolve) => gone.close(resolve))
  const message = 'It cannot be reached (ECONNREFUSED).'
  assert.deepEqual(await ask(`http://${host}/`, { hosts: [host] }), { answers: false, message })
})

test('of an answer without end no more than a little is read', async () => {
  sent = 0
  assert.equal((await ask('/huge', { expect: '9fceb02' })).answers, false)
  assert.ok(sent < 32 * MEGABYTE, `${sent} bytes were sent`)
  assert.deepEqual(await ask('/huge'), { answers: true })
})

test('requirement 20: no host is connected to that the operator has not allowed', async () => {
  const hosts = ['*.preview.acme.dev', '127.0.0.1:1']
  for (const url of [
    `http://localhost:${port}/ok`,
    `http://127.0.0.1:${port}/ok`,
    `http://2130706433:${port}/ok`,
    `http://[::1]:${port}/ok`,
    `http://a.preview.acme.dev@localhost:${port}/ok`,
    `http://localhost:${port}/#.preview.acme.dev`,
    'https://preview.acme.dev/',
    'https://a.preview.acme.dev.evil.example/',
    'https://a.preview.acme.dev:8443/',
    'https://alice@a.preview.acme.dev/',
    'ftp://a.preview.acme.dev/',
  ]) {
    await assert.rejects(ask(url, { hosts }), { code: 'preview-host-denied', kind: 'permanent' }, url)
    assert.deepEqual(seen, [])
  }
  await assert.rejects(ask('/ok', { hosts: [] }), { code: 'preview-host-denied' })
  assert.deepEqual(seen, [])
})

test('many pages are asked at once, but not all of them', async () => {
  const prober = createProber({ hosts: [`localhost:${port}`], log: LOG })
  const question = { url: `http://localhost:${port}/slow`, status: [200], expect: null }
  most = 0
  const answers = await Promise.all(Array.from({ length: 90 }, () => prober.ask(question)))
  assert.ok(answers.every((each) => each.answers))
  assert.ok(most > 1 && most <= 50, `${most} at once`)
})

test('the log says once that a host is not allowed, and how to allow it', async () => {
  const lines: string[] = []
  const prober = createProber({
    hosts: [],
    log: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }),
  })
  for (let time = 0; time < 3; time++)
    await assert.rejects(prober.ask({ url: 'https://pr-1.acme.dev', status: [200], expect: null }))
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /may not ask pr-1\.acme\.dev.*PREVIEW_HOSTS/)
})
