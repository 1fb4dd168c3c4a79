import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { withOracles } from '../support/oracles/with-oracles.ts'
import { appJwt, startSandbox, TEST_TOKEN, type TestSandbox } from '../support/sandbox.ts'

let world: TestSandbox
before(async () => {
  world = await startSandbox()
  await world.repository('acme/web', undefined, { private: true })
  await world.repository('acme/k8s-manifests', undefined, { private: true })
})
after(() => world.close())

const judged = withOracles()
const QUERY = `{ viewer { login }
  web: repository(owner: "acme", name: "web") { id viewerPermission }
  manifests: repository(owner: "acme", name: "k8s-manifests") { id } }`

async function ask(token: string | null, query = QUERY) {
  const response = await judged(world.sandbox.model.urls.graphql(), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: answers are as deep as the documents that ask for them
  return { status: response.status, body: (await response.json()) as any }
}

test('a person’s token and an installation’s token ask in their own name', async () => {
  const person = await ask(TEST_TOKEN)
  assert.equal(person.body.data.viewer.login, 'you')
  assert.equal(person.body.data.web.viewerPermission, 'ADMIN')
  const bot = await ask(await world.token())
  assert.equal(bot.body.data.viewer.login, 'supercargo[bot]')
  assert.equal(bot.body.data.web.viewerPermission, 'WRITE')
})

test('a token that was narrowed to one repository does not find the other', async () => {
  const token = await world.token('acme', { repositories: ['web'], permissions: { contents: 'read' } })
  const { body } = await ask(token)
  assert.equal(body.data.web.viewerPermission, 'READ')
  assert.equal(body.data.manifests, null)
  assert.equal(body.errors[0].type, 'NOT_FOUND')
})

test('no token, a wrong token and the app’s own JWT are refused', async () => {
  assert.equal((await ask(null)).status, 401)
  assert.equal((await ask('ghs_wrong')).status, 401)
  assert.equal((await ask(appJwt())).status, 401)
})

test('a limit that is reached is told with status 200, as GitHub may do', async () => {
  const errors = [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for installation ID 1.' }]
  world.model.faults.fail({
    matches: ({ query }) => query !== null,
    answer: { status: 200, headers: { 'x-ratelimit-remaining': '0' }, body: { errors } },
  })
  const limited = await ask(TEST_TOKEN)
  assert.deepEqual([limited.status, limited.body.errors[0].type], [200, 'RATE_LIMITED'])
  assert.equal((await ask(TEST_TOKEN)).body.errors, undefined)
})
