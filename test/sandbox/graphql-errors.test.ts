import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRepository } from '../../src/sandbox/model/repositories.ts'
import { newJudgement } from '../support/oracles/judgement.ts'
import { withOracles } from '../support/oracles/with-oracles.ts'
import { graphqlWorld } from './graphql-world.ts'

const R = 'repository(owner: "acme", name: "manifests")'

test('what is not there is null with NOT_FOUND at its path, beside the data that is', async (t) => {
  const { ask } = await graphqlWorld(t)
  const { status, data, errors } = await ask(
    `{ viewer { login } none: repository(owner: "acme", name: "nothing") { id } ${R} { pullRequest(number: 9) { id } } node(id: "x") { id } }`,
  )
  assert.equal(status, 200)
  assert.deepEqual(data, {
    viewer: { login: 'you' },
    none: null,
    repository: { pullRequest: null },
    node: null,
  })
  assert.deepEqual(errors.map(({ type, path }) => [type, path?.join('.')]).sort(), [
    ['NOT_FOUND', 'node'],
    ['NOT_FOUND', 'none'],
    ['NOT_FOUND', 'repository.pullRequest'],
  ])
})

test('a private repository of somebody else is not found, and an ungranted permission is FORBIDDEN', async (t) => {
  const { ask, model, installation } = await graphqlWorld(t)
  await createRepository(model, { owner: 'other', name: 'secret', private: true })
  const bot = installation({ metadata: 'read', contents: 'read' })
  const { data, errors } = await ask(
    `{ viewer { login } other: repository(owner: "other", name: "secret") { id }
      ${R} { viewerPermission defaultBranchRef { name } pullRequest(number: 1) { id } } }`,
    {},
    bot,
  )
  assert.equal(data.viewer.login, 'supercargo[bot]')
  assert.equal(data.other, null)
  assert.equal(data.repository.defaultBranchRef.name, 'main')
  assert.deepEqual(errors.map(({ type, message }) => [type, message]).sort(), [
    ['FORBIDDEN', 'Resource not accessible by integration'],
    ['NOT_FOUND', "Could not resolve to a Repository with the name 'other/secret'."],
  ])
})

test('nobody is answered without credentials', async (t) => {
  const { ask } = await graphqlWorld(t)
  assert.equal((await ask('{ viewer { login } }', {}, 'nobody')).status, 401)
})

test('a field or argument that the sandbox does not have is an error, never made up', async (t) => {
  const { ask } = await graphqlWorld(t)
  const field = await ask(`{ ${R} { name forkCount } }`)
  assert.match(field.errors[0]?.message ?? '', /sandbox does not implement Repository\.forkCount/)
  const argument = await ask(
    `{ ${R} { name object(expression: "main") { ... on Commit { history(first: 1, author: { emails: ["a"] }) { totalCount } } } } }`,
  )
  assert.match(argument.errors[0]?.message ?? '', /argument "author" of Commit\.history/)
})

test('connections want a first or last of at most 100', async (t) => {
  const { ask } = await graphqlWorld(t)
  const without = await ask(`{ ${R} { refs(refPrefix: "refs/heads/") { nodes { name } } } }`)
  assert.equal(without.errors[0]?.type, 'MISSING_PAGINATION_BOUNDARIES')
  const many = await ask(`{ ${R} { refs(refPrefix: "refs/heads/", first: 101) { nodes { name } } } }`)
  assert.equal(many.errors[0]?.type, 'EXCESSIVE_PAGINATION')
  const count = await ask(`{ ${R} { refs(refPrefix: "refs/heads/") { totalCount } } }`)
  assert.equal(count.data.repository.refs.totalCount, 1)
})

test('a query that could return more than 500,000 nodes is refused', async (t) => {
  const { ask } = await graphqlWorld(t)
  const { data, errors } = await ask(
    `query ($n: Int!) { ${R} { pullRequests(first: $n) { nodes { commits(first: $n) { nodes { commit {
    history(first: $n) { nodes { oid } } } } } } } } }`,
    { n: 100 },
  )
  assert.equal(data, null)
  assert.equal(errors[0]?.type, 'MAX_NODE_LIMIT_EXCEEDED')
})

test('a listing that fails half-way gives the first part, and an error for the rest', async (t) => {
  const { ask, model, commit } = await graphqlWorld(t)
  for (const branch of ['a', 'b', 'c']) await commit(branch, { [branch]: '1' })
  model.faults.cutListingsAt = 2
  const query = `query ($after: String) { ${R} { refs(refPrefix: "refs/heads/", first: 3, after: $after) {
    nodes { name } pageInfo { hasNextPage endCursor } } } }`
  const first = await ask(query)
  assert.deepEqual(first.data.repository.refs.nodes, [{ name: 'a' }, { name: 'b' }])
  assert.equal(first.data.repository.refs.pageInfo.hasNextPage, true)
  const second = await ask(query, { after: first.data.repository.refs.pageInfo.endCursor })
  assert.match(second.errors[0]?.message ?? '', /Something went wrong/)
})

test('a wrong document is answered with errors and no data, as the oracle says too', async (t) => {
  const { model, ask } = await graphqlWorld(t)
  await ask('{ viewer { login } }')
  const judgement = newJudgement()
  const response = await withOracles(fetch, judgement)(model.urls.graphql(), {
    method: 'POST',
    headers: { authorization: 'bearer 0' },
    body: JSON.stringify({ query: '{ viewer { nickname } }' }),
  })
  assert.equal(response.status, 200)
  const body = (await response.json()) as { data?: unknown; errors: { message: string }[] }
  assert.equal('data' in body, false)
  assert.match(body.errors[0]?.message ?? '', /Cannot query field "nickname"/)
  assert.match(judgement.failures.join(), /Cannot query field "nickname"/)
})

test('the rate limit is shown in headers and goes down', async (t) => {
  const { ask } = await graphqlWorld(t)
  const remaining = async () =>
    Number((await ask('{ viewer { login } }')).headers.get('x-ratelimit-remaining'))
  const before = await remaining()
  assert.equal(await remaining(), before - 1)
})
