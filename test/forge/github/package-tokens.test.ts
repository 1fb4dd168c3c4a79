import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPackageTokens } from '../../../src/forge/github/package-tokens.ts'
import { GITHUB_PERMISSIONS } from '../../../src/intake/github-app.ts'
import { startSandbox, TEST_APP } from '../../support/sandbox.ts'
import { PRIVATE_KEY, SILENT, startStub } from './stub.ts'

const TOKENS = 'POST /app/installations/7/access_tokens'

/** A stub on which the app is installed by `acme`, and the tokens of that. */
async function start(t: Parameters<typeof startStub>[0], clock = () => new Date()) {
  const stub = await startStub(t)
  stub.on('GET /orgs/acme/installation', { body: { id: 7 } })
  const credentials = { appId: 1, privateKey: PRIVATE_KEY }
  const tokenOf = createPackageTokens({ id: 'github', apiUrl: stub.apiUrl, credentials, log: SILENT, clock })
  const wishes = () => stub.seen.filter(({ path }) => path.endsWith('/access_tokens')).map(({ body }) => body)
  return { stub, tokenOf, wishes }
}

test('a token for packages may do nothing else, and is asked for once', async (t) => {
  const { stub, tokenOf, wishes } = await start(t)
  const [first, second] = await Promise.all([tokenOf('acme', 'read'), tokenOf('Acme', 'read')])
  assert.match(first ?? '', /^ghs_/)
  assert.equal(second, first)
  assert.equal(await tokenOf('acme', 'read'), first)
  assert.notEqual(await tokenOf('acme', 'write'), first)
  assert.deepEqual(wishes(), [{ permissions: { packages: 'read' } }, { permissions: { packages: 'write' } }])
  assert.equal(stub.seen.filter(({ path }) => path === '/orgs/acme/installation').length, 2)
})

test('a token for packages is replaced before it ends', async (t) => {
  let now = new Date()
  const { tokenOf, wishes } = await start(t, () => now)
  await tokenOf('acme', 'read')
  now = new Date(now.getTime() + 54 * 60_000)
  await tokenOf('acme', 'read')
  assert.equal(wishes().length, 1)
  now = new Date(now.getTime() + 2 * 60_000)
  await tokenOf('acme', 'read')
  assert.equal(wishes().length, 2)
})

test('an account without the app has no token, which is believed for ten minutes', async (t) => {
  let now = new Date()
  const { stub, tokenOf } = await start(t, () => now)
  assert.equal(await tokenOf('strangers', 'read'), null)
  assert.equal(await tokenOf('strangers', 'read'), null)
  assert.deepEqual(
    stub.seen.map(({ path }) => path),
    ['/orgs/strangers/installation', '/users/strangers/installation'],
  )
  now = new Date(now.getTime() + 11 * 60_000)
  await tokenOf('strangers', 'read')
  assert.equal(stub.seen.length, 4)
})

test('an installation without the permission reads as anybody, and is told so before it writes', async (t) => {
  const { stub, tokenOf } = await start(t)
  const message = 'The permissions requested are not granted to this installation.'
  stub.on(TOKENS, { status: 422, body: { message } })
  assert.equal(await tokenOf('acme', 'read'), null)
  await assert.rejects(tokenOf('acme', 'write'), { code: 'permission-missing', kind: 'permanent' })
})

test('a GitHub that fails is not an account without the app', async (t) => {
  const { stub, tokenOf } = await start(t)
  stub.on(TOKENS, { status: 502, body: {} })
  await assert.rejects(tokenOf('acme', 'read'), { code: 'forge-unavailable', kind: 'transient' })
  stub.on(TOKENS, { status: 201, body: { token: 'ghs_later', expires_at: '2100-01-01T00:00:00Z' } })
  assert.equal(await tokenOf('acme', 'read'), 'ghs_later')
})

test('the token of a person or a workflow is used as it is', async () => {
  const credentials = { token: 'ghp_personal' }
  const tokenOf = createPackageTokens({
    id: 'github',
    apiUrl: 'http://127.0.0.1:1',
    credentials,
    log: SILENT,
  })
  assert.equal(await tokenOf('acme', 'write'), 'ghp_personal')
})

test('the app as it is created may read packages, and no more', async (t) => {
  const { id, slug, clientId, privateKey: key } = TEST_APP
  const box = await startSandbox({ app: { id, slug, clientId, key, permissions: GITHUB_PERMISSIONS } })
  t.after(() => box.close())
  await box.repository('acme/web')
  const credentials = { appId: id, privateKey: key }
  const tokenOf = createPackageTokens({ id: 'github', apiUrl: box.api, credentials, log: SILENT })
  assert.match((await tokenOf('acme', 'read')) ?? '', /^ghs_/)
  await assert.rejects(tokenOf('acme', 'write'), { code: 'permission-missing' })
})
