import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { SupercargoError } from '../../../src/domain/errors.ts'
import { EMPTY_REPOSITORY, forgeFor, REPOSITORY, type Reply, type Stub, startStub } from './stub.ts'

const COMMENT = { number: 1, id: null, body: 'hello', marker: null }
const COMMENTS = 'POST /repos/acme/manifests/issues/1/comments'
const NOW = new Date('2026-03-01T12:00:00Z')
const clock = () => NOW

async function limited(
  t: TestContext,
  what: string,
  reply: Reply,
): Promise<{ stub: Stub; error: SupercargoError }> {
  const stub = await startStub(t)
  stub.on(what, reply)
  const forge = forgeFor(stub, { clock })
  const call =
    what === COMMENTS ? forge.writeComment(REPOSITORY, COMMENT) : forge.readRepository(REPOSITORY, [])
  const error = await call.then(
    () => assert.fail('It should have failed.'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof SupercargoError)
  assert.equal(error.code, 'rate-limited')
  assert.equal(error.kind, 'transient')
  return { stub, error }
}

const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)

test('a secondary limit says when to come again by retry-after', async (t) => {
  const message = 'You have exceeded a secondary rate limit.'
  const reply = { status: 403, headers: { 'retry-after': '90' }, body: { message } }
  const { stub, error } = await limited(t, COMMENTS, reply)
  assert.deepEqual(error.retryAt, after(90))
  assert.deepEqual(stub.calls(), [COMMENTS])
})

test('a limit that does not say until when is a minute', async (t) => {
  const { error } = await limited(t, COMMENTS, { status: 429, body: { message: 'Too many requests' } })
  assert.deepEqual(error.retryAt, after(60))
})

test('a secondary limit is not waited for by the reset of the primary one', async (t) => {
  const headers = { 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': `${NOW.getTime() / 1000 + 3000}` }
  const body = { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' }
  const { error } = await limited(t, COMMENTS, { status: 403, headers, body })
  assert.deepEqual(error.retryAt, after(60))
})

test('the primary limit ends at its reset', async (t) => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW.getTime() / 1000 + 600}` }
  const body = { message: 'API rate limit exceeded for installation ID 7.' }
  const { error } = await limited(t, COMMENTS, { status: 403, headers, body })
  assert.deepEqual(error.retryAt, after(601))
})

test('a GraphQL answer of status 200 that holds RATE_LIMITED is a limit and no result', async (t) => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW.getTime() / 1000 + 30}` }
  const body = { data: null, errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] }
  const { stub, error } = await limited(t, 'POST /graphql', { status: 200, headers, body })
  assert.deepEqual(error.retryAt, after(31))
  assert.deepEqual(stub.calls(), ['POST /graphql'])
})

test('a GraphQL answer of status 200 that tells of a secondary limit waits at least a minute', async (t) => {
  const errors = [{ message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' }]
  const { error } = await limited(t, 'POST /graphql', { status: 200, body: { data: {}, errors } })
  assert.deepEqual(error.retryAt, after(60))
})

test('nothing more is sent for an installation until its limit is over', async (t) => {
  const stub = await startStub(t)
  let now = NOW
  const forge = forgeFor(stub, { clock: () => now })
  stub.on('POST /graphql', { status: 429, headers: { 'retry-after': '120' } })
  await assert.rejects(forge.readRepository(REPOSITORY, []), { code: 'rate-limited' })
  await assert.rejects(forge.writeComment(REPOSITORY, COMMENT), { code: 'rate-limited', retryAt: after(120) })
  assert.deepEqual(stub.calls(), ['POST /graphql'])
  now = after(121)
  stub.on('POST /graphql', EMPTY_REPOSITORY)
  assert.equal((await forge.readRepository(REPOSITORY, [])).head, null)
})

test("another installation does not wait for one installation's limit", async (t) => {
  const stub = await startStub(t)
  const forge = forgeFor(stub)
  const other = { forge: 'github', path: 'globex/manifests' }
  stub.on('GET /repos/globex/manifests/installation', { body: { id: 8 } })
  stub.on('POST /graphql', { status: 429 })
  await assert.rejects(forge.readRepository(REPOSITORY, []), { code: 'rate-limited' })
  stub.on('POST /graphql', EMPTY_REPOSITORY)
  await assert.rejects(forge.readRepository(REPOSITORY, []), { code: 'rate-limited' })
  assert.equal((await forge.readRepository(other, [])).head, null)
})

test('a limit of a second is waited for, also by a write, because GitHub did nothing', async (t) => {
  const stub = await startStub(t)
  let answers = 0
  stub.on(COMMENTS, () =>
    ++answers === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 201, body: { id: 1 } },
  )
  await forgeFor(stub).writeComment(REPOSITORY, COMMENT)
  assert.deepEqual(stub.calls(), [COMMENTS, COMMENTS])
})
