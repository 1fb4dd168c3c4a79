import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EMPTY_REPOSITORY, forgeFor, REPOSITORY, startStub } from './stub.ts'

const COMMENTS = 'POST /repos/acme/manifests/issues/1/comments'

test('a creation that the server failed at is not sent again', async (t) => {
  for (const reply of [{ status: 502 }, { status: 500 }, { hangUp: true }]) {
    const stub = await startStub(t)
    stub.on(COMMENTS, reply)
    const wish = { number: 1, id: null, body: 'hello', marker: null }
    await assert.rejects(forgeFor(stub).writeComment(REPOSITORY, wish), {
      code: 'forge-unavailable',
      kind: 'transient',
    })
    assert.deepEqual(stub.calls(), [COMMENTS])
  }
})

test('a mutation that timed out is not sent again', async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', { silent: true })
  const wish = { number: 1, id: 'IC_1', body: 'hello', marker: null }
  await assert.rejects(forgeFor(stub, { timeout: 200 }).writeComment(REPOSITORY, wish), {
    code: 'forge-timeout',
    kind: 'transient',
  })
  assert.deepEqual(stub.calls(), ['POST /graphql'])
})

test('a read is tried three times, and then given up', async (t) => {
  const stub = await startStub(t)
  let answers = 0
  stub.on('POST /graphql', () => (++answers < 3 ? { status: 502 } : EMPTY_REPOSITORY))
  assert.equal((await forgeFor(stub).readRepository(REPOSITORY, [])).private, true)
  assert.equal(stub.calls().length, 3)

  stub.on('POST /graphql', { status: 503 })
  await assert.rejects(forgeFor(stub).readRepository(REPOSITORY, []), { code: 'forge-unavailable' })
  assert.equal(stub.calls().length, 6)
})

test('a query that GitHub could not finish is a failure of the server, not an answer', async (t) => {
  const stub = await startStub(t)
  const message = 'Something went wrong while executing your query. This may be the result of a timeout.'
  stub.on('POST /graphql', { body: { data: { repository: null }, errors: [{ message }] } })
  await assert.rejects(forgeFor(stub).readRepository(REPOSITORY, []), { kind: 'transient' })
})
