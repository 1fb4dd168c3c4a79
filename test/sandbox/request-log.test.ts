import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startSandbox, TEST_TOKEN, type TestSandbox } from '../support/sandbox.ts'

let world: TestSandbox
before(async () => {
  world = await startSandbox()
  await world.repository('acme/web')
})
after(() => world.close())

test('the log says which repository a GraphQL query asked for, whatever its variables are called', async () => {
  const answer = await fetch(world.sandbox.model.urls.graphql(), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `bearer ${TEST_TOKEN}` },
    body: JSON.stringify({
      query: 'query ($v0: String!, $v1: String!) { repository(owner: $v1, name: $v0) { id } }',
      variables: { v0: 'web', v1: 'acme' },
    }),
  })
  await answer.arrayBuffer()
  assert.equal(world.model.faults.log.at(-1)?.repository, 'acme/web')
})
