import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/rest'
import { install, suspend, uninstall } from '../../src/sandbox/model/installations.ts'
import { withOracles } from '../support/oracles/with-oracles.ts'
import { appJwt, startSandbox, TEST_APP, type TestSandbox } from '../support/sandbox.ts'

let world: TestSandbox
before(async () => {
  world = await startSandbox()
  await world.repository('acme/web')
  await world.repository('acme/secret', undefined, { private: true })
  await world.repository('other/private', undefined, { private: true })
})
after(() => world.close())

test('octokit authenticates as the app and as an installation, unchanged', async () => {
  const auth = { appId: TEST_APP.id, privateKey: TEST_APP.privateKey }
  const request = { fetch: withOracles() }
  const app = new Octokit({ authStrategy: createAppAuth, auth, baseUrl: world.api, request })
  assert.equal((await app.apps.getAuthenticated()).data?.slug, 'supercargo')
  const { data: found } = await app.apps.getRepoInstallation({ owner: 'acme', repo: 'web' })
  assert.equal(found.id, world.installation().id)
  assert.equal((await app.apps.getOrgInstallation({ org: 'acme' })).data.id, found.id)
  assert.equal((await app.apps.listInstallations()).data.length, 2)
  const octokit = new Octokit({
    authStrategy: createAppAuth,
    auth: { ...auth, installationId: found.id },
    baseUrl: world.api,
    request,
  })
  const { data } = await octokit.apps.listReposAccessibleToInstallation({ per_page: 1 })
  assert.equal(data.total_count, 2)
  const all = await octokit.paginate(octokit.apps.listReposAccessibleToInstallation, { per_page: 1 })
  assert.deepEqual(
    all.map(({ full_name }) => full_name),
    ['acme/web', 'acme/secret'],
  )
})

test('a JWT that is expired, from the future, too long, foreign or unsigned is refused', async () => {
  const now = Math.floor(Date.now() / 1000)
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const wrong = [
    appJwt({ exp: now - 10 }),
    appJwt({ iat: now + 600, exp: now + 900 }),
    appJwt({ exp: now + 3600 }),
    appJwt({ iss: 12 }),
    appJwt({}, other.export({ type: 'pkcs8', format: 'pem' }).toString()),
    `${appJwt().split('.').slice(0, 2).join('.')}.`,
  ]
  for (const token of wrong) assert.equal((await world.rest('GET', '/app', undefined, { token })).status, 401)
  assert.equal((await world.rest('GET', '/app', undefined, { token: appJwt() })).status, 200)
  const byClientId = appJwt({ iss: TEST_APP.clientId })
  assert.equal((await world.rest('GET', '/app', undefined, { token: byClientId })).status, 200)
  const token = await world.token()
  assert.equal((await world.rest('GET', '/app', undefined, { token })).status, 401, 'no JWT')
})

test('an installation token lasts an hour and may be narrower than the installation, never wider', async () => {
  const path = `/app/installations/${world.installation().id}/access_tokens`
  const ask = (body: unknown) => world.rest('POST', path, body, { token: appJwt() })
  const wide = await ask({})
  assert.match(wide.body.token, /^ghs_[A-Za-z0-9]{36}$/)
  const life = new Date(wide.body.expires_at).getTime() - Date.now()
  assert.ok(life > 3_500_000 && life <= 3_600_000)
  assert.equal(wide.body.repository_selection, 'all')
  const narrow = await ask({ repositories: ['web'], permissions: { contents: 'read' } })
  assert.deepEqual(narrow.body.permissions, { metadata: 'read', contents: 'read' })
  assert.deepEqual(
    narrow.body.repositories.map(({ full_name }: { full_name: string }) => full_name),
    ['acme/web'],
  )
  const tooMuch = await ask({ permissions: { administration: 'write' } })
  assert.equal(tooMuch.status, 422)
  assert.match(tooMuch.body.message, /permissions requested are not granted/)
  const foreign = await ask({ repositories: ['private'] })
  assert.equal(foreign.status, 422)
  assert.match(foreign.body.message, /does not exist or is not accessible/)
})

test('what a token does not reach is 404 when it is private, 403 when it is only not allowed', async () => {
  const narrow = await world.token('acme', { repositories: ['web'], permissions: { contents: 'read' } })
  const get = (path: string) => world.rest('GET', path, undefined, { token: narrow })
  assert.equal((await get('/repos/acme/web')).status, 200)
  assert.equal((await get('/repos/acme/secret')).status, 404)
  assert.equal((await get('/repos/other/private')).status, 404)
  const blob = { content: 'x' }
  const denied = await world.rest('POST', '/repos/acme/web/git/blobs', blob, { token: narrow })
  assert.equal(denied.status, 403)
  assert.equal(denied.body.message, 'Resource not accessible by integration')
  const anonymous = await world.rest('POST', '/repos/acme/web/git/blobs', blob, { token: null })
  assert.equal(anonymous.status, 401)
  assert.equal((await world.rest('GET', '/repos/acme/web', undefined, { token: null })).status, 200)
  assert.equal((await world.rest('GET', '/repos/acme/secret', undefined, { token: null })).status, 404)
  const unknown = await world.rest('GET', '/repos/acme/web', undefined, { token: 'ghs_unknown' })
  assert.equal(unknown.status, 401)
  assert.equal(unknown.body.message, 'Bad credentials')
})

test('each permission opens its own routes', async () => {
  await world.repository('acme/rights')
  const { body } = await world.rest('GET', '/repos/acme/rights/commits/main')
  const check = { name: 'x', head_sha: body.sha, status: 'queued' }
  const status = { state: 'success', context: 'ci' }
  const checks = await world.token('acme', { permissions: { checks: 'write' } })
  const post = (path: string, payload: unknown, token: string) =>
    world.rest('POST', `/repos/acme/rights${path}`, payload, { token })
  assert.equal((await post('/check-runs', check, checks)).status, 201)
  assert.equal((await post(`/statuses/${body.sha}`, status, checks)).status, 403)
  assert.equal((await post('/git/refs', { ref: 'refs/heads/x', sha: body.sha }, checks)).status, 403)
  const contents = await world.token('acme', { permissions: { contents: 'write' } })
  assert.equal((await post('/git/refs', { ref: 'refs/heads/x', sha: body.sha }, contents)).status, 201)
  const pull = { title: 'x', head: 'x', base: 'main' }
  assert.equal((await post('/pulls', pull, contents)).status, 403)
  assert.equal((await post('/check-runs', check, contents)).status, 403)
})

test('an installation that is suspended, removed or changed works accordingly, and says so', async () => {
  await world.repository('third/one', undefined, { private: true })
  const two = await world.repository('third/two', undefined, { private: true })
  const token = await world.token('third')
  const get = (path: string) => world.rest('GET', path, undefined, { token })
  assert.equal((await get('/repos/third/one')).status, 200)
  install(world.model, 'third', { repositories: [two] })
  const removed = await world.hooks.wait('installation_repositories')
  assert.equal(removed.payload.action, 'removed')
  assert.equal(removed.payload.repositories_removed[0].full_name, 'third/one')
  assert.equal((await get('/repos/third/one')).status, 404)
  suspend(world.model, world.installation('third'), true)
  assert.equal((await get('/repos/third/two')).status, 401)
  suspend(world.model, world.installation('third'), false)
  assert.equal((await get('/repos/third/two')).status, 200)
  uninstall(world.model, 'third')
  assert.equal((await get('/repos/third/two')).status, 401)
  await world.hooks.wait('installation', ({ action }) => action === 'deleted')
})

test('the person is who they are, with every right', async () => {
  const { body } = await world.rest('GET', '/user')
  assert.equal(body.login, 'you')
  const repository = await world.rest('GET', '/repos/acme/secret')
  assert.equal(repository.body.permissions.admin, true)
  assert.match(repository.body.clone_url, /\/sandbox\/github\/acme\/secret\.git$/)
})
