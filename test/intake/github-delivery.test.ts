import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { readGitHubDelivery } from '../../src/intake/github-delivery.ts'
import { parseSecrets, secretProblem } from '../../src/intake/secret.ts'
import { verifySignature } from '../../src/intake/signature.ts'

const SECRET = "It's a Secret to Everybody"

test("the signature of GitHub's own documentation is accepted", () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
  assert.equal(verifySignature([SECRET], Buffer.from('Hello, World!'), signature), true)
})

test('each of several secrets verifies, and any other byte, secret or form does not', () => {
  const body = Buffer.from('{"a":1}')
  const sign = (secret: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  assert.equal(verifySignature(['new', 'old'], body, sign('new')), true)
  assert.equal(verifySignature(['new', 'old'], body, sign('old')), true)
  assert.equal(verifySignature(['new', 'old'], body, sign('older')), false)
  assert.equal(verifySignature(['new'], Buffer.from('{"a":2}'), sign('new')), false)
  assert.equal(verifySignature([], body, sign('')), false)
  const wrong = [
    undefined,
    '',
    'sha256=',
    sign('new').slice(0, -1),
    `${sign('new')}0`,
    sign('new').replace('sha256', 'sha1'),
  ]
  for (const header of wrong) assert.equal(verifySignature(['new'], body, header), false, header)
})

const headers = {
  'content-type': 'application/json',
  'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  'x-github-event': 'push',
}

function read(body: string, changed: Record<string, string | undefined> = {}) {
  const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`
  return readGitHubDelivery(
    [SECRET],
    { ...headers, 'x-hub-signature-256': signature, ...changed },
    Buffer.from(body),
  )
}

test('a signed request is a delivery', () => {
  assert.deepEqual(read('{"ref":"é"}'), {
    ok: true,
    delivery: { source: 'github', id: headers['x-github-delivery'], event: 'push', payload: { ref: 'é' } },
  })
})

test('the signature is judged before anything else of the request', () => {
  const everythingWrong = {
    'content-type': 'text/plain',
    'x-github-event': undefined,
    'x-github-delivery': '',
  }
  for (const signature of [undefined, 'sha256=00']) {
    const received = read('not JSON', { ...everythingWrong, 'x-hub-signature-256': signature })
    assert.equal(received.ok ? 0 : received.status, 401)
  }
})

test('what is signed and still wrong is refused with a sentence that holds nothing of the body', () => {
  const cases: [string, Record<string, string | undefined>, number][] = [
    ['{"secret-in-body"', {}, 400],
    ['"secret-in-body"', {}, 400],
    ['["secret-in-body"]', {}, 400],
    ['null', {}, 400],
    ['{}', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['{}', { 'content-type': undefined }, 415],
    ['{}', { 'x-github-delivery': undefined }, 400],
    ['{}', { 'x-github-delivery': "1'; drop table" }, 400],
    ['{}', { 'x-github-event': undefined }, 400],
    ['{}', { 'x-github-event': 'Push!' }, 400],
  ]
  for (const [body, changed, status] of cases) {
    const received = read(body, changed)
    assert.equal(received.ok ? 0 : received.status, status, `${body} ${JSON.stringify(changed)}`)
    assert.match(received.ok ? '' : received.problem, /^[A-Z].*\.$/)
    assert.doesNotMatch(JSON.stringify(received), /secret-in-body|drop table/)
  }
})

test('secrets may be separated by commas or line breaks', () => {
  assert.deepEqual(parseSecrets(' a,b\n c \r\n,'), ['a', 'b', 'c'])
  assert.deepEqual(parseSecrets(' '), [])
})

test('weak secrets are refused by a sentence that does not hold them', () => {
  const good = '9c1185a5c5e9fc54612808977ee8f548'
  assert.equal(secretProblem([good]), null)
  assert.equal(secretProblem([good, `${good}x`]), null)
  for (const bad of [
    [],
    ['development'],
    [`DEVELOPMENT${good}`],
    [good.slice(1)],
    ['ab'.repeat(16)],
    [good, 'short'],
  ]) {
    const problem = secretProblem(bad)
    assert.match(problem ?? '', /^(The|There|Webhook) .*\.$/, bad.join())
    assert.ok(bad.every((secret) => secret === 'development' || !problem?.includes(secret)))
  }
})
