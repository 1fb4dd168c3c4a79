import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GitClone } from '../support/git-clone.ts'
import { type RestAnswer, startSandbox, type TestSandbox } from '../support/sandbox.ts'

let world: TestSandbox
before(async () => {
  world = await startSandbox()
  await world.repository('acme/web')
})
after(() => world.close())

const names = ({ body }: RestAnswer): string[] => body.map((each: { full_name: string }) => each.full_name)

async function cloneAs(login: string, token: string, path: string): Promise<GitClone> {
  const url = new URL(`${world.url}/sandbox/github/${path}.git`)
  url.username = login
  url.password = token
  return await GitClone.open(url.href)
}

test('a new repository of an organisation takes a push, and the app hears of both', async () => {
  const made = await world.rest('POST', '/orgs/acme/repos', { name: 'api', description: 'An API' })
  assert.equal(made.status, 201)
  assert.deepEqual(
    [made.body.full_name, made.body.private, made.body.description],
    ['acme/api', false, 'An API'],
  )
  assert.equal(made.body.clone_url, `${world.url}/sandbox/github/acme/api.git`)
  const created = await world.hooks.wait('repository', ({ action }) => action === 'created')
  assert.equal(created.payload.repository.full_name, 'acme/api')
  const clone = await world.clone('acme/api')
  await clone.git('switch', '--quiet', '-c', 'main')
  const head = await clone.commit({ 'main.go': 'package main\n' })
  await clone.push()
  const push = await world.hooks.wait('push', ({ repository }) => repository.full_name === 'acme/api')
  assert.equal(push.payload.after, head)
  const token = await world.token('acme', { repositories: ['api'], permissions: { contents: 'read' } })
  assert.equal(
    (await world.rest('GET', '/repos/acme/api/contents/main.go', undefined, { token })).status,
    200,
  )
})

test('a repository of a person begins with a commit when that is wished, and the app is installed', async () => {
  const made = await world.rest('POST', '/user/repos', { name: 'mine', auto_init: true, private: true })
  assert.deepEqual([made.status, made.body.full_name, made.body.visibility], [201, 'you/mine', 'private'])
  const readme = await world.rest('GET', '/repos/you/mine/contents/README.md')
  assert.equal(Buffer.from(readme.body.content, 'base64').toString(), '# mine')
  const installed = await world.hooks.wait(
    'installation',
    ({ installation }) => installation.account.login === 'you',
  )
  assert.equal(installed.payload.action, 'created')
  assert.equal((await world.rest('GET', '/repos/you/mine', undefined, { token: null })).status, 404)
})

test('names that are taken or impossible, and owners that are not there, are refused', async () => {
  const wish = { name: 'taken' }
  const [first, second] = await Promise.all([
    world.rest('POST', '/orgs/acme/repos', wish),
    world.rest('POST', '/orgs/acme/repos', wish),
  ])
  assert.deepEqual([first.status, second.status].sort(), [201, 422], 'of two at once one is refused')
  const again = await world.rest('POST', '/orgs/acme/repos', { name: 'TAKEN' })
  assert.equal(again.status, 422)
  assert.equal(again.body.errors[0].message, 'name already exists on this account')
  for (const name of ['..', 'a/b', 'a b', 'x.git', '']) {
    const answer = await world.rest('POST', '/orgs/acme/repos', { name })
    assert.equal(answer.status, 422, name)
  }
  assert.equal((await world.rest('POST', '/orgs/nobody/repos', wish)).status, 404)
  assert.equal((await world.rest('POST', '/orgs/acme/repos', { name: 'x' }, { token: null })).status, 401)
  const token = await world.token()
  assert.equal((await world.rest('POST', '/orgs/acme/repos', { name: 'x' }, { token })).status, 403)
})

test('settings are changed, and the app hears of a new name and default branch', async () => {
  await world.rest('POST', '/orgs/acme/repos', { name: 'old', auto_init: true })
  await world.rest('POST', '/orgs/acme/repos', { name: 'other' })
  const { body } = await world.rest('GET', '/repos/acme/old/git/ref/heads/main')
  await world.rest('POST', '/repos/acme/old/git/refs', { ref: 'refs/heads/trunk', sha: body.object.sha })
  assert.equal((await world.rest('PATCH', '/repos/acme/old', { default_branch: 'nowhere' })).status, 422)
  assert.equal((await world.rest('PATCH', '/repos/acme/old', { name: 'other' })).status, 422)
  const changed = await world.rest('PATCH', '/repos/acme/old', {
    name: 'new',
    default_branch: 'trunk',
    allow_squash_merge: false,
    allow_auto_merge: true,
  })
  assert.deepEqual(
    [
      changed.body.full_name,
      changed.body.default_branch,
      changed.body.allow_squash_merge,
      changed.body.allow_auto_merge,
    ],
    ['acme/new', 'trunk', false, true],
  )
  const renamed = await world.hooks.wait('repository', ({ action }) => action === 'renamed')
  assert.deepEqual(renamed.payload.changes, { repository: { name: { from: 'old' } } })
  const edited = await world.hooks.wait('repository', ({ action }) => action === 'edited')
  assert.deepEqual(edited.payload.changes, { default_branch: { from: 'main' } })
  assert.equal((await world.rest('GET', '/repos/acme/old')).body.full_name, 'acme/new', 'as a redirect')
})

test('a removed repository is gone from the API, from git and from the lists', async () => {
  await world.rest('POST', '/orgs/acme/repos', { name: 'gone', auto_init: true })
  assert.ok(names(await world.rest('GET', '/orgs/acme/repos?per_page=100')).includes('acme/gone'))
  assert.equal((await world.rest('DELETE', '/repos/acme/gone')).status, 204)
  await world.hooks.wait('repository', ({ action }) => action === 'deleted')
  assert.equal((await world.rest('GET', '/repos/acme/gone')).status, 404)
  assert.equal(names(await world.rest('GET', '/orgs/acme/repos?per_page=100')).includes('acme/gone'), false)
  await assert.rejects(cloneAs('you', 'sandbox-person-token', 'acme/gone'), /not found/i)
})

// GitHub Enterprise Server's administration is not in the description of github.com's API.
const wrong = { wrong: true }

test('another person contributes from a fork, and pushes only where they are a collaborator', async () => {
  assert.equal((await world.rest('POST', '/admin/users', { login: 'alice' }, wrong)).status, 201)
  assert.equal((await world.rest('POST', '/admin/users', { login: 'alice' }, wrong)).status, 422)
  assert.equal((await world.rest('POST', '/admin/users', { login: 'api' }, wrong)).status, 422)
  const { body } = await world.rest('POST', '/admin/users/alice/authorizations', { scopes: ['repo'] }, wrong)
  const token: string = body.token
  assert.equal((await world.rest('GET', '/user', undefined, { token })).body.login, 'alice')
  assert.equal((await world.rest('POST', '/admin/users', { login: 'eve' }, { ...wrong, token })).status, 404)
  assert.equal((await world.rest('POST', '/orgs/acme/repos', { name: 'hers' }, { token })).status, 403)
  const direct = await cloneAs('alice', token, 'acme/web')
  await direct.commit({ a: 'a' })
  assert.match((await direct.try('push', 'origin', 'HEAD')).stderr, /denied to alice/)
  assert.equal((await world.rest('POST', '/repos/acme/web/forks', {}, { token })).status, 202)
  const fork = await cloneAs('alice', token, 'alice/web')
  await fork.git('switch', '--quiet', '-c', 'idea')
  await fork.commit({ idea: '1' })
  await fork.push()
  const opened = await world.rest(
    'POST',
    '/repos/acme/web/pulls',
    { title: 'Idea', head: 'alice:idea', base: 'main' },
    { token },
  )
  assert.deepEqual(
    [opened.status, opened.body.user.login, opened.body.head.label],
    [201, 'alice', 'alice:idea'],
  )
  assert.equal(
    (await world.rest('PUT', '/repos/acme/web/collaborators/alice', { permission: 'push' })).status,
    204,
  )
  await direct.push()
  await world.rest('DELETE', '/repos/acme/web/collaborators/alice')
  await direct.commit({ b: 'b' })
  assert.match((await direct.try('push', 'origin', 'HEAD')).stderr, /denied to alice/)
  await Promise.all([direct.remove(), fork.remove()])
})

test('a new organisation gets repositories', async () => {
  const made = await world.rest('POST', '/admin/organizations', { login: 'globex', admin: 'you' }, wrong)
  assert.deepEqual([made.status, made.body.login], [201, 'globex'])
  assert.equal((await world.rest('GET', '/orgs/globex')).body.public_repos, 0)
  await world.rest('POST', '/orgs/globex/repos', { name: 'shop' })
  assert.deepEqual(names(await world.rest('GET', '/orgs/globex/repos')), ['globex/shop'])
  assert.ok((await world.token('globex')).startsWith('ghs_'))
})
