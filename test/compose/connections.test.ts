import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { type Connections, meaningOf, webhookDoors } from '../../src/compose/connections.ts'
import type { Delivery } from '../../src/store/store.ts'
import { startServer } from '../../src/web/server.ts'
import { webhookRoutes } from '../../src/web/webhook.ts'
import { NOTE, PROJECT, PUSH } from '../intake/gitlab-payloads.ts'
import { PACKAGE } from '../intake/registry/payloads/ghcr.ts'
import { PUSH_BY_TAG } from '../intake/registry/payloads/harbor.ts'

const KEY = Buffer.alloc(32, 'a key of the tests')
const TOKEN = '9c1185a5c5e9fc54612808977ee8f548'
const COMMON = { url: 'https://git.example.com', token: 't', ca: null, projects: [] }
const REGISTRY = {
  url: '',
  auth: { kind: 'anonymous' },
  tokenServer: null,
  ca: null,
  scanner: null,
  retag: [],
} as const
const WEBHOOK = { secrets: [TOKEN], audience: null, email: null }
const CONNECTIONS: Connections = {
  github: { apiUrl: 'https://api.github.com', app: { appId: '1', privateKey: '', webhookSecrets: [TOKEN] } },
  gitlab: [
    { ...COMMON, id: 'gitlab', signingSecrets: [`whsec_${KEY.toString('base64')}`], webhookTokens: [] },
    { ...COMMON, id: 'internal', signingSecrets: [], webhookTokens: [TOKEN], projects: ['acme/platform/**'] },
  ],
  registries: [
    { ...REGISTRY, name: 'ghes', host: 'containers.example.com', webhook: { ...WEBHOOK, format: 'ghcr' } },
    { ...REGISTRY, name: 'gitlab', host: 'harbor.example.com', webhook: { ...WEBHOOK, format: 'harbor' } },
    { ...REGISTRY, name: 'silent', host: 'silent.example.com', webhook: null },
  ],
}
const BODY = JSON.stringify(PUSH)

function signed(): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', KEY).update(`m1.${timestamp}.${BODY}`).digest('base64')
  return { 'webhook-id': 'm1', 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}

test('every forge has a door of its own, which only its own secret opens', async (context) => {
  const stored: Delivery[] = []
  const lines: string[] = []
  const log = {
    info: () => {},
    warn: (_: object, line: string) => void lines.push(line),
    error: (_: object, line: string) => void lines.push(line),
  }
  const server = await startServer({ host: '127.0.0.1', port: 0, log })
  context.after(() => server.stop(0))
  const accept = async (delivery: Delivery) => {
    stored.push(delivery)
    return 'accepted' as const
  }
  for (const door of webhookDoors(CONNECTIONS))
    server.add(webhookRoutes({ ...door, maxBytes: 10_000, accept, log }))
  const send = async (path: string, headers: Record<string, string>, body = BODY) =>
    (await fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', headers, body })).status
  assert.equal(await send('/webhooks/gitlab', signed()), 202)
  assert.equal(await send('/webhooks/gitlab/gitlab', signed()), 202)
  assert.equal(await send('/webhooks/gitlab/internal', { 'x-gitlab-token': TOKEN }), 202)
  assert.deepEqual(
    stored.map(({ source, event }) => `${source} ${event}`),
    ['gitlab push', 'gitlab push', 'internal push'],
  )
  assert.equal(await send('/webhooks/gitlab/internal', signed()), 401)
  assert.equal(await send('/webhooks/gitlab', { 'x-gitlab-token': TOKEN }), 401)
  assert.equal(await send('/webhooks/github', { 'x-gitlab-token': TOKEN }), 401)
  assert.equal(await send('/webhooks/gitlab/partner', signed()), 404)
  assert.equal(await send('/webhooks/registry/gitlab', { 'x-gitlab-token': TOKEN }), 401)
  assert.equal(await send('/webhooks/registry/silent', { authorization: TOKEN }), 404)
  assert.equal(await send('/webhooks/gitlab/internal', { 'x-gitlab-token': TOKEN }, 'not JSON'), 200)
  assert.equal(await send('/webhooks/gitlab/internal', { 'x-gitlab-token': TOKEN }, 'x'.repeat(10_001)), 413)
  assert.equal(stored.length, 3)
  assert.match(lines.join('\n'), /A webhook request could not be used: The body is not a JSON object\./)
})

test('a delivery means what its own forge says, and of projects that are not served nothing is wanted', () => {
  const meaning = meaningOf(CONNECTIONS)
  const about = (source: string, payload: object, event = 'push') =>
    meaning({ source, id: 'x', event, payload })
  assert.deepEqual(about('gitlab', PUSH).keys, ['gitlab:acme/platform/web'])
  assert.deepEqual(about('internal', PUSH).keys, ['internal:acme/platform/web'])
  const other = { ...PUSH, project: { ...PROJECT, path_with_namespace: 'other/web' } }
  assert.deepEqual(about('internal', other), {
    keys: [],
    outcome: 'Not wanted: other/web is not among the projects that are served.',
  })
  const note = { ...NOTE, object_attributes: { ...NOTE.object_attributes, note: '/cargo status' } }
  assert.equal(about('internal', note, 'note').intents?.[0]?.repository, 'internal:acme/platform/web')
  assert.deepEqual(about('internal', { ...note, project: other.project }, 'note'), {
    keys: [],
    outcome: 'Not wanted: other/web is not among the projects that are served.',
  })
  assert.deepEqual(about('gone', PUSH), {
    keys: [],
    outcome: 'Not wanted: there is no forge named gone any more.',
  })
  const github = { repository: { full_name: 'acme/web' }, ref: 'refs/heads/main', after: PUSH.after }
  assert.deepEqual(about('github', github).keys, ['github:acme/web'])
})

test('a registry may have the name of a forge, and its images are of its own host', () => {
  const meaning = meaningOf(CONNECTIONS)
  const harbor = meaning({ source: 'registry:gitlab', id: 'x', event: 'harbor', payload: PUSH_BY_TAG })
  assert.deepEqual([harbor.keys, harbor.images], [[], ['harbor.example.com/test-webhook/debian']])
  const github = meaning({ source: 'github', id: 'x', event: 'package', payload: PACKAGE })
  assert.deepEqual([github.keys, github.images], [[], ['containers.example.com/codertocat/hello-world']])
})
