import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { type GitLabDoor, readGitLabDelivery } from '../../src/intake/gitlab-delivery.ts'
import { signingProblem, verifySigned } from '../../src/intake/gitlab-signature.ts'
import { verifyToken } from '../../src/intake/token.ts'
import { PUSH } from './gitlab-payloads.ts'

const NOW = new Date('2026-11-25T12:00:00Z')
const KEY = Buffer.alloc(32, 'new key ')
const SECRET = `whsec_${KEY.toString('base64')}`
const OLD = `whsec_${Buffer.alloc(32, 'old key ').toString('base64')}`
const TOKEN = '9c1185a5c5e9fc54612808977ee8f548'
const BODY = JSON.stringify(PUSH)
const SIGNED: GitLabDoor = { forge: 'gitlab', signingSecrets: [SECRET, OLD], webhookTokens: [TOKEN] }
const BY_TOKEN: GitLabDoor = { forge: 'internal', signingSecrets: [], webhookTokens: [TOKEN, `${TOKEN}2`] }

function signed(body: string, { secret = SECRET, id = 'msg-1', seconds = NOW.getTime() / 1000 } = {}) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  }
}

function read(door: GitLabDoor, headers: Record<string, string>, body = BODY) {
  return readGitLabDelivery(door, headers, Buffer.from(body), NOW)
}

function statusOf(door: GitLabDoor, headers: Record<string, string>, body = BODY): number {
  const received = read(door, headers, body)
  return received.ok ? 202 : received.status
}

test("the signature of the specification's own example is accepted", () => {
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
  const headers = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: '1614265330',
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  }
  const body = Buffer.from('{"test": 2432232314}')
  const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']
  const at = (seconds: number) => verifySigned(secrets, headers, body, new Date(seconds * 1000))
  assert.deepEqual([at(1614265330), at(1614265631), at(1614265029)], ['valid', 'stale', 'stale'])
  assert.equal(verifySigned(secrets, headers, Buffer.from('{}'), NOW), 'invalid')
})

test('a signed request is a delivery, named by the id that was signed', () => {
  const received = read(SIGNED, { ...signed(BODY), 'x-gitlab-event': 'Push Hook' })
  assert.deepEqual(received, {
    ok: true,
    delivery: { source: 'gitlab', id: 'msg-1', event: 'push', payload: PUSH },
  })
})

test('each of several secrets signs, also among several signatures, and nothing else does', () => {
  assert.equal(statusOf(SIGNED, signed(BODY, { secret: OLD })), 202)
  const both = `v1a,AAAA v1,${'A'.repeat(43)}= ${signed(BODY)['webhook-signature']}`
  assert.equal(statusOf(SIGNED, { ...signed(BODY), 'webhook-signature': both }), 202)
  const other = `whsec_${Buffer.alloc(32, 'other').toString('base64')}`
  const wrong: Record<string, string>[] = [
    signed(BODY, { secret: other }),
    signed(`${BODY} `),
    { ...signed(BODY), 'webhook-id': 'msg-2' },
    { ...signed(BODY), 'webhook-timestamp': String(NOW.getTime() / 1000 + 1) },
    { ...signed(BODY), 'webhook-timestamp': 'now' },
    { ...signed(BODY), 'webhook-signature': '' },
    { ...signed(BODY), 'webhook-signature': signed(BODY)['webhook-signature'].replace('v1', 'v2') },
  ]
  for (const headers of wrong) assert.equal(statusOf(SIGNED, headers), 401, JSON.stringify(headers))
})

test('a signature counts for 5 minutes in both directions', () => {
  const seconds = NOW.getTime() / 1000
  for (const [away, status] of [
    [0, 202],
    [300, 202],
    [-300, 202],
    [301, 401],
    [-301, 401],
  ] as const) {
    assert.equal(statusOf(SIGNED, signed(BODY, { seconds: seconds + away })), status, String(away))
  }
})

test('where signing is configured, a right token without a signature is refused', () => {
  assert.equal(statusOf(SIGNED, { 'x-gitlab-token': TOKEN }), 401)
  assert.equal(
    statusOf(SIGNED, { 'x-gitlab-token': TOKEN, ...signed(BODY, { id: 'x' }), 'webhook-id': 'y' }),
    401,
  )
})

test('without signing, each of several tokens opens the door, and no other does', () => {
  assert.equal(statusOf(BY_TOKEN, { 'x-gitlab-token': TOKEN }), 202)
  assert.equal(statusOf(BY_TOKEN, { 'x-gitlab-token': `${TOKEN}2` }), 202)
  for (const token of ['', TOKEN.slice(1), `${TOKEN} `, TOKEN.toUpperCase()]) {
    assert.equal(statusOf(BY_TOKEN, { 'x-gitlab-token': token }), 401, token)
  }
  assert.equal(statusOf(BY_TOKEN, {}), 401)
  assert.equal(statusOf({ ...BY_TOKEN, webhookTokens: [] }, { 'x-gitlab-token': '' }), 401)
  assert.equal(verifyToken([''], undefined), false)
})

test('credentials are judged before anything is read, and the answer holds nothing of the request', () => {
  const received = read(SIGNED, { 'webhook-id': 'secret-id' }, 'secret-body')
  assert.deepEqual([received.ok, received.ok ? 0 : received.status], [false, 401])
  assert.doesNotMatch(JSON.stringify(received), /secret-/)
})

test('what is authentic and cannot be read is answered with 200, so that GitLab keeps the hook', () => {
  for (const body of ['', '{"a":', '[]', 'null', '"x"', '\u00ff']) {
    assert.equal(statusOf(SIGNED, signed(body), body), 200, body)
  }
  assert.equal(statusOf(SIGNED, signed('{}'), '{}'), 202)
})

test('a delivery that is sent again has the same id', () => {
  const id = (headers: Record<string, string>, body = BODY) => {
    const received = read(BY_TOKEN, { 'x-gitlab-token': TOKEN, ...headers }, body)
    return received.ok ? received.delivery.id : ''
  }
  const key = { 'idempotency-key': 'f5e5f430-f57b-4e6e-9fac-d9128cd7232f', 'x-gitlab-event-uuid': 'shared' }
  assert.equal(id(key), key['idempotency-key'])
  // before 17.4
  const old = { 'x-gitlab-webhook-uuid': 'hook-1', 'x-gitlab-event-uuid': 'event-1' }
  assert.match(id(old), /^sha256-[0-9a-f]{40}$/)
  assert.equal(id(old), id({ ...old }))
  const others = [
    id({ ...old, 'x-gitlab-webhook-uuid': 'hook-2' }),
    id({ ...old, 'x-gitlab-event-uuid': 'event-2' }),
    id(old, `${BODY} `),
    id({ ...old, 'idempotency-key': "1'; drop table" }),
  ]
  assert.equal(new Set([id(old), ...others.slice(0, 3)]).size, 4)
  assert.equal(others[3], id(old))
})

test('the kind of an event is read from the signed body, never from a header', () => {
  const received = read(SIGNED, { ...signed(BODY), 'x-gitlab-event': 'Deployment Hook' })
  assert.equal(received.ok && received.delivery.event, 'push')
})

test('signing secrets that are no keys are refused by a sentence that does not hold them', () => {
  assert.equal(signingProblem([SECRET, OLD]), null)
  for (const bad of ['short', TOKEN, 'whsec_', 'whsec_c2hvcnQ=', 'whsec_not base64!!']) {
    const problem = signingProblem([SECRET, bad])
    assert.match(problem ?? '', /^Signing secret 2 is not /)
    assert.ok(!problem?.includes('c2hvcnQ') && !problem?.includes(TOKEN))
  }
})
