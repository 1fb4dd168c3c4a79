import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { startServer } from '../../src/web/server.ts'
import type { CreatedApp } from '../../src/web/setup/convert.ts'
import { readAddress, webUrlOf } from '../../src/web/setup/manifest.ts'
import { createSetup } from '../../src/web/setup/routes.ts'
import { memoryLog } from './support.ts'

const CREATED = {
  id: 4711,
  slug: 'supercargo-acme',
  pem: '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n',
  webhook_secret: 'e340154128314309424b7c8e90325147d99fdafa',
  client_secret: '1726be1638095a19edd134c77bde3aa2ece1e5d8',
  html_url: 'https://github.com/apps/supercargo-acme',
}

/** GitHub's one endpoint, and a server in setup. */
async function begin(context: TestContext, answer: { status: number; body: string; location?: string }) {
  const asked: string[] = []
  const github = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(answer.status, answer.location ? { location: answer.location } : {})
    response.end(answer.body)
  })
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve))
  context.after(() => github.close())
  const lines: string[] = []
  const log = memoryLog(lines)
  const server = await startServer({ host: '127.0.0.1', port: 0, log })
  context.after(() => server.stop(0))
  const saved: CreatedApp[] = []
  const setup = createSetup({
    apiUrl: `http://127.0.0.1:${(github.address() as AddressInfo).port}/api/v3`,
    blueprint: { name: 'Supercargo', description: 'x', permissions: { contents: 'write' }, events: ['push'] },
    webhookPath: '/webhooks/github',
    save: (app) => {
      saved.push(app)
      return '/data/github-app.json'
    },
    log,
  })
  server.add(setup.routes)
  const origin = `http://127.0.0.1:${server.port}`
  return { origin, entrance: origin + setup.entrance, asked, saved, lines }
}

/** The state that the page gives to the browser on its way to GitHub. */
async function stateOf(entrance: string): Promise<string> {
  const html = await (await fetch(`${entrance}&address=https://cargo.acme.dev&organization=acme`)).text()
  return /apps\/new\?state=([\w-]+)/.exec(html)?.[1] ?? 'none'
}

test('the manifest flow ends with credentials in the data directory and none on a page', async (context) => {
  const { origin, entrance, asked, saved, lines } = await begin(context, {
    status: 201,
    body: JSON.stringify(CREATED),
  })
  assert.match(await (await fetch(entrance)).text(), /Address at which GitHub reaches/)
  const answer = await fetch(`${entrance}&address=https://cargo.acme.dev&organization=acme`)
  const html = await answer.text()
  assert.match(
    html,
    /action="http:\/\/127\.0\.0\.1:\d+\/organizations\/acme\/settings\/apps\/new\?state=[\w-]{32}"/,
  )
  assert.match(answer.headers.get('content-security-policy') ?? '', /form-action http:\/\/127\.0\.0\.1:\d+$/)
  const manifest: unknown = JSON.parse(
    (/name="manifest" value="([^"]*)"/.exec(html)?.[1] ?? '').replace(/&#(\d+);/g, (_, code) =>
      String.fromCharCode(Number(code)),
    ),
  )
  assert.deepEqual(manifest, {
    name: 'Supercargo',
    description: 'x',
    url: 'https://cargo.acme.dev',
    hook_attributes: { url: 'https://cargo.acme.dev/webhooks/github', active: true },
    redirect_url: `${origin}/setup/github/callback`,
    public: false,
    default_permissions: { contents: 'write' },
    default_events: ['push'],
  })

  const done = await fetch(`${origin}/setup/github/callback?code=a1b2c3&state=${await stateOf(entrance)}`)
  const text = await done.text()
  assert.equal(done.status, 200)
  assert.match(text, /https:\/\/github\.com\/apps\/supercargo-acme\/installations\/new/)
  assert.deepEqual(asked, ['POST /api/v3/app-manifests/a1b2c3/conversions'])
  assert.deepEqual(
    saved.map(({ appId, webhookSecret, url }) => [appId, webhookSecret, url]),
    [['4711', CREATED.webhook_secret, CREATED.html_url]],
  )
  for (const secret of [CREATED.webhook_secret, CREATED.client_secret, 'MIIE']) {
    assert.ok(!text.includes(secret) && !lines.join().includes(secret))
  }
})

test('without the token of the log there is nothing, and after the setup there is nothing either', async (context) => {
  const { origin, entrance } = await begin(context, { status: 201, body: JSON.stringify(CREATED) })
  for (const path of ['/setup/github', '/setup/github?token=', '/setup/github?token=guess']) {
    assert.equal((await fetch(origin + path)).status, 404)
  }
  const state = await stateOf(entrance)
  const callback = `${origin}/setup/github/callback?code=a1&state=${state}`
  assert.equal((await fetch(callback)).status, 200)
  assert.equal((await fetch(callback)).status, 404)
  assert.equal((await fetch(entrance)).status, 404)
})

test('a callback with a foreign state asks GitHub nothing and saves nothing', async (context) => {
  const { origin, asked, saved } = await begin(context, { status: 201, body: JSON.stringify(CREATED) })
  for (const query of ['code=a1', 'code=a1&state=', 'code=a1&state=guess']) {
    assert.equal((await fetch(`${origin}/setup/github/callback?${query}`)).status, 404)
  }
  assert.deepEqual([asked, saved], [[], []])
})

test('an answer of GitHub that cannot be used is told without its text, and may be tried again', async (context) => {
  const bad = [
    { status: 404, body: 'leak' },
    { status: 302, body: '', location: 'http://127.0.0.1:1/leak' },
    { status: 201, body: '{"leak":1}' },
    { status: 201, body: 'leak' },
    { status: 201, body: 'leak'.repeat(100_000) },
  ]
  for (const answer of bad) {
    const { origin, entrance, saved } = await begin(context, answer)
    const state = await stateOf(entrance)
    const failed = await fetch(`${origin}/setup/github/callback?code=a1&state=${state}`)
    assert.equal(failed.status, 502)
    assert.doesNotMatch(await failed.text(), /leak/)
    assert.deepEqual(saved, [])
    assert.equal((await fetch(entrance)).status, 200)
  }
})

test('an address that GitHub cannot reach is refused, and a relay is taken as it is', () => {
  for (const bad of [
    '',
    'cargo.acme.dev',
    'ftp://x',
    'http://localhost:3000',
    'http://127.0.0.1',
    'https://a:b@c.d',
  ]) {
    assert.match(String(readAddress(bad, '/webhooks/github')), /\.$/)
  }
  assert.deepEqual(readAddress('https://smee.io/abc', '/webhooks/github'), {
    webhookUrl: 'https://smee.io/abc',
    homeUrl: 'https://smee.io',
  })
})

test('the pages of a server are found from its API address', () => {
  assert.equal(webUrlOf('https://api.github.com'), 'https://github.com')
  assert.equal(webUrlOf('https://ghe.acme.dev/api/v3'), 'https://ghe.acme.dev')
  assert.equal(
    webUrlOf('http://127.0.0.1:3000/sandbox/github/api/v3'),
    'http://127.0.0.1:3000/sandbox/github',
  )
})

test('an organization that is no name is refused', async (context) => {
  const { entrance } = await begin(context, { status: 201, body: '' })
  const answer = await fetch(
    `${entrance}&address=https://cargo.acme.dev&organization=${encodeURIComponent('a/../"><b>')}`,
  )
  assert.equal(answer.status, 400)
  assert.doesNotMatch(await answer.text(), /<b>/)
})
