import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { headOf, startSandbox, type TestSandbox } from '../support/sandbox.ts'

let world: TestSandbox
let repository: Repository
let sha: string
before(async () => {
  world = await startSandbox()
  repository = await world.repository('acme/web')
  sha = (await headOf(world, repository, 'main')) ?? ''
})
after(() => world.close())
afterEach(() => world.model.faults.clear())

const get = (path = '/repos/acme/web') => world.rest('GET', path, undefined, { wrong: true })

test('the next requests that match are answered with something else', async () => {
  world.model.faults.fail({
    matches: ({ path }) => path.endsWith('/repos/acme/web'),
    times: 2,
    answer: {
      status: 403,
      headers: { 'retry-after': '7' },
      body: { message: 'You have exceeded a secondary rate limit.' },
    },
  })
  const first = await get()
  assert.deepEqual([first.status, first.headers.get('retry-after')], [403, '7'])
  assert.equal((await get('/repos/acme/web/branches')).status, 200)
  assert.equal((await get()).status, 403)
  assert.equal((await get()).status, 200)
})

test('GraphQL can answer 200 with an error, as secondary limits do', async () => {
  const body = { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] }
  world.model.faults.fail({
    matches: ({ query }) => query?.includes('viewer') === true,
    answer: { status: 200, body },
  })
  const response = await fetch(`${world.url}/sandbox/github/api/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await world.token()}` },
    body: JSON.stringify({ query: '{ viewer { login } }' }),
  })
  assert.deepEqual([response.status, await response.json()], [200, body])
})

test('an answer can be lost after the work was done', async () => {
  const create = { ref: 'refs/heads/lost', sha }
  world.model.faults.fail({ matches: ({ method }) => method === 'POST', answer: 'disconnect', when: 'after' })
  await assert.rejects(world.rest('POST', '/repos/acme/web/git/refs', create, { wrong: true }))
  assert.equal(await headOf(world, repository, 'lost'), sha)
  world.model.faults.fail({ matches: ({ method }) => method === 'POST', answer: 'disconnect' })
  const other = { ref: 'refs/heads/never', sha }
  await assert.rejects(world.rest('POST', '/repos/acme/web/git/refs', other, { wrong: true }))
  assert.equal(await headOf(world, repository, 'never'), null)
})

test('git fails as well', async () => {
  world.model.faults.fail({
    matches: ({ path }) => path.includes('git-upload-pack'),
    answer: { status: 502 },
  })
  await assert.rejects(world.clone('acme/web'), /502/)
})

test('a listing can fail half-way, and a tree be cut', async () => {
  for (const name of ['a', 'b', 'c']) {
    await world.rest('POST', '/repos/acme/web/git/refs', { ref: `refs/heads/${name}`, sha })
  }
  world.model.faults.cutListingsAt = 1
  assert.equal((await get('/repos/acme/web/branches?per_page=1')).status, 200)
  assert.equal((await get('/repos/acme/web/branches?per_page=1&page=2')).status, 502)
  world.model.faults.cutListingsAt = 0
  const tree = await get(`/repos/acme/web/git/trees/${sha}?recursive=1`)
  assert.deepEqual([tree.body.truncated, tree.body.tree.length], [true, 0])
})

test('what was just written is not found for a while', async () => {
  world.model.faults.replicationLagMs = 60_000
  await world.rest('POST', '/repos/acme/web/git/refs', { ref: 'refs/heads/lagging', sha })
  assert.equal((await get('/repos/acme/web/git/ref/heads/lagging')).status, 404)
  assert.equal((await get('/repos/acme/web/git/ref/heads/main')).status, 200)
  const pull = { title: 'x', head: 'lagging', base: 'main' }
  const early = await world.rest('POST', '/repos/acme/web/pulls', pull)
  assert.deepEqual([early.status, early.body.errors[0].message], [422, "Head sha can't be blank"])
  world.model.faults.replicationLagMs = 0
  assert.equal((await get('/repos/acme/web/git/ref/heads/lagging')).status, 200)
})

test('the limit of requests is counted per credential', async () => {
  world.model.faults.rateLimit = 0
  const refused = await get()
  assert.deepEqual([refused.status, refused.headers.get('x-ratelimit-remaining')], [403, '0'])
  assert.match(refused.body.message, /rate limit exceeded/)
})

test('every request is counted by repository', async () => {
  world.model.faults.clear()
  await get()
  await world.rest('POST', '/repos/acme/web/git/blobs', { content: 'x' })
  await fetch(`${world.url}/sandbox/github/api/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await world.token()}` },
    body: JSON.stringify({
      query: 'query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id } }',
      variables: { owner: 'acme', name: 'web' },
    }),
  })
  await world.clone('acme/web')
  const log = world.model.faults.log.filter((each) => each.repository === 'acme/web')
  assert.deepEqual(
    log.map(({ method, path, status }) => [
      method,
      path.replace('/sandbox/github', '').split('?')[0],
      status,
    ]),
    [
      ['GET', '/api/v3/repos/acme/web', 200],
      ['POST', '/api/v3/repos/acme/web/git/blobs', 201],
      ['POST', '/api/graphql', 200],
      ['GET', '/acme/web.git/info/refs', 401],
      ['GET', '/acme/web.git/info/refs', 200],
      ['POST', '/acme/web.git/git-upload-pack', 200],
      ['POST', '/acme/web.git/git-upload-pack', 200],
    ].filter(([, , status]) => status !== 401),
  )
  assert.ok(log.every(({ responseBytes, path }) => responseBytes > 0 || !path.includes('/api/')))
})
