import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { BOT, startGitLab, type TestGitLab, YOU } from '../support/gitlab.ts'
import type { RestAnswer } from '../support/sandbox.ts'

let world: TestGitLab
before(async () => {
  world = await startGitLab()
  await world.project('acme/web')
  await world.project('acme/platform/api', undefined, { level: 20 })
})
after(() => world.close())

const asBot = { token: BOT }

test('a project is found by its number and by its escaped path, in nested groups as well', async () => {
  const { rest, url } = world
  const { status, body } = await rest('GET', '/projects/acme%2Fplatform%2Fapi')
  assert.equal(status, 200)
  assert.equal(body.path_with_namespace, 'acme/platform/api')
  assert.equal(body.web_url, `${url}/acme/platform/api`)
  assert.equal(body.namespace.full_path, 'acme/platform')
  assert.deepEqual((await rest('GET', `/projects/${body.id}`)).body, body)
})

test('a project that one may not see is not found', async () => {
  await world.project('secret/vault', undefined, { level: null })
  const { status, body } = await world.rest('GET', '/projects/secret%2Fvault', undefined, asBot)
  assert.deepEqual([status, body], [404, { message: '404 Project Not Found' }])
  const { body: mine } = await world.rest('GET', '/projects?membership=true', undefined, asBot)
  const paths = mine.map((project: { path_with_namespace: string }) => project.path_with_namespace)
  assert.deepEqual(paths.sort(), ['acme/platform/api', 'acme/web'])
})

test('projects are listed by access level, page by page, with totals or by keys', async () => {
  const { rest } = world
  const maintained = await rest('GET', '/projects?min_access_level=40', undefined, asBot)
  assert.deepEqual(
    maintained.body.map((project: { path: string }) => project.path),
    ['web'],
  )
  const first = await rest('GET', '/projects?membership=true&per_page=1', undefined, asBot)
  assert.equal(first.headers.get('x-total'), '2')
  assert.equal(first.headers.get('x-next-page'), '2')
  const keyed = '/projects?membership=true&per_page=1&order_by=id&sort=asc&pagination=keyset'
  const one = await rest('GET', keyed, undefined, asBot)
  assert.equal(one.headers.get('x-total'), null)
  const next = /<([^>]+)>; rel="next"/.exec(one.headers.get('link') ?? '')?.[1] ?? ''
  const two = await rest('GET', next.slice(next.indexOf('/projects')), undefined, asBot)
  assert.deepEqual([one.body[0].path, two.body[0].path], ['web', 'api'])
  assert.equal(two.headers.get('link'), null)
})

test('a project that was moved is found under its old path by redirect, and only for reading', async () => {
  const { rest } = world
  const project = await world.project('acme/old-name')
  const moved = await rest('PUT', `/projects/${project.id}`, { path: 'new-name' })
  assert.equal(moved.body.path_with_namespace, 'acme/new-name')
  const { status, headers } = await rest('GET', '/projects/acme%2Fold-name/repository/branches', undefined, {
    wrong: true,
  })
  assert.equal(status, 301)
  assert.match(headers.get('location') ?? '', new RegExp(`/projects/${project.id}/repository/branches$`))
  const write = await rest('DELETE', '/projects/acme%2Fold-name/repository/branches/main')
  assert.equal(write.status, 405)
  await rest('PUT', `/projects/${project.id}/transfer`, { namespace: 'acme/platform' })
  assert.equal(
    (await rest('GET', `/projects/${project.id}`)).body.path_with_namespace,
    'acme/platform/new-name',
  )
})

test('groups are made inside groups, and projects inside them', async () => {
  const { rest } = world
  const group = (await rest('POST', '/groups', { name: 'globex', path: 'globex' })).body
  const sub = (await rest('POST', '/groups', { name: 'web', path: 'web', parent_id: group.id })).body
  assert.equal(sub.full_path, 'globex/web')
  const made = await rest('POST', '/projects', { name: 'shop', namespace_id: sub.id })
  assert.equal(made.status, 201)
  assert.equal(made.body.empty_repo, true)
  const again = await rest('POST', '/projects', { name: 'shop', namespace_id: sub.id })
  assert.equal(again.status, 400)
  const below = await rest('GET', `/groups/globex/projects?include_subgroups=true`)
  assert.deepEqual(
    below.body.map((project: { path_with_namespace: string }) => project.path_with_namespace),
    ['globex/web/shop'],
  )
})

test('access levels are inherited from the groups above, and the highest counts', async () => {
  const { rest, sandbox, model } = world
  sandbox.addPerson('alice', 'token-of-alice')
  sandbox.addMember('acme', 'alice', 20)
  const { id } = model.tables.accounts.by('alice')[0] ?? { id: 0 }
  const inherited = await rest('GET', `/projects/acme%2Fplatform%2Fapi/members/all/${id}`)
  assert.deepEqual([inherited.body.username, inherited.body.access_level], ['alice', 20])
  const direct = await rest('GET', `/projects/acme%2Fplatform%2Fapi/members/${id}`)
  assert.deepEqual([direct.status, direct.body], [404, { message: '404 Not found' }])
  await rest('POST', '/projects/acme%2Fplatform%2Fapi/members', { user_id: id, access_level: 30 })
  const both = await rest('GET', `/projects/acme%2Fplatform%2Fapi/members/all/${id}`)
  assert.equal(both.body.access_level, 30)
  const twice = await rest('POST', '/projects/acme%2Fplatform%2Fapi/members', {
    user_id: id,
    access_level: 30,
  })
  assert.deepEqual([twice.status, twice.body], [409, { message: 'Member already exists' }])
})

test('a token tells who it is, until when, and what it may do', async () => {
  const { rest, sandbox } = world
  const self = await rest('GET', '/personal_access_tokens/self', undefined, asBot)
  assert.deepEqual([self.body.scopes, self.body.active], [['api'], true])
  const me = await rest('GET', '/user', undefined, asBot)
  assert.deepEqual([me.body.username, me.body.bot, me.body.id], ['supercargo', true, self.body.user_id])
  sandbox.addPerson('reader', 'token-of-reader', { scopes: ['read_api'] })
  sandbox.addMember('acme', 'reader', 40)
  const reader = { token: 'token-of-reader' }
  assert.equal((await rest('GET', '/projects/acme%2Fweb', undefined, reader)).status, 200)
  const write = await rest('POST', '/projects/acme%2Fweb/labels', { name: 'x', color: '#ff0000' }, reader)
  assert.equal(write.status, 403)
  assert.equal(write.body.error, 'insufficient_scope')
  sandbox.addPerson('late', 'token-of-late', { expiresAt: '2020-01-01' })
  const late = await rest('GET', '/user', undefined, { token: 'token-of-late' })
  assert.deepEqual([late.status, late.body.error], [401, 'invalid_token'])
  const wrong = await rest('GET', '/user', undefined, { token: 'nobody-knows-this' })
  assert.deepEqual([wrong.status, wrong.body], [401, { message: '401 Unauthorized' }])
  const bearer = { token: null, headers: { authorization: `Bearer ${BOT}` } }
  assert.equal((await rest('GET', '/user', undefined, bearer)).body.username, 'supercargo')
})

test('a project access token has a bot user with an access level, until it is revoked', async () => {
  const { rest } = world
  const wish = { name: 'supercargo', scopes: ['api'], access_level: 30 }
  const { status, body } = await rest('POST', '/projects/acme%2Fweb/access_tokens', wish)
  assert.equal(status, 201)
  const token = { token: body.token }
  const me = (await rest('GET', '/user', undefined, token)).body
  assert.match(me.username, /^project_\d+_bot_/)
  const member = await rest('GET', `/projects/acme%2Fweb/members/all/${me.id}`, undefined, token)
  assert.equal(member.body.access_level, 30)
  await rest('DELETE', `/projects/acme%2Fweb/access_tokens/${body.id}`)
  const revoked = await rest('GET', '/user', undefined, token)
  assert.match(revoked.body.error_description, /revoked/)
})

test('too many requests are answered 429, with the time to wait', async () => {
  const { rest, model, sandbox } = world
  sandbox.addPerson('eager', 'token-of-eager')
  model.faults.rateLimit = 2
  const eager = { token: 'token-of-eager' }
  await rest('GET', '/user', undefined, eager)
  const second = await rest('GET', '/user', undefined, eager)
  assert.equal(second.headers.get('ratelimit-remaining'), '0')
  const third = await rest('GET', '/user', undefined, eager)
  assert.equal(third.status, 429)
  assert.ok(Number(third.headers.get('retry-after')) > 0)
  model.faults.clear()
})

test('forms are taken as well as JSON, as people send them by hand', async () => {
  const form = async (path: string, fields: string, method = 'POST'): Promise<RestAnswer> => {
    const headers = { 'private-token': YOU, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await fetch(`${world.url}/api/v4${path}`, { method, headers, body: fields })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  }
  const group = await form('/groups', 'name=initech&path=initech')
  const made = await form('/projects', `name=shop&namespace_id=${group.body.id}`)
  assert.equal(made.status, 201)
  const { id } = world.model.bot
  const added = await form('/projects/initech%2Fshop/members', `user_id=${id}&access_level=40`)
  assert.equal(added.body.access_level, 40)
  const set = await form('/projects/initech%2Fshop', 'only_allow_merge_if_pipeline_succeeds=true', 'PUT')
  assert.equal(set.body.only_allow_merge_if_pipeline_succeeds, true)
  const user = await form('/users', 'username=bob&name=Bob&email=bob@example.com')
  const token = await form(`/users/${user.body.id}/personal_access_tokens`, 'name=mine&scopes[]=api')
  const me = await world.rest('GET', '/user', undefined, { token: token.body.token })
  assert.equal(me.body.username, 'bob')
})

test('a person who was blocked is shown as such, and gets nothing until they are let in again', async () => {
  const { rest } = world
  const { body } = await rest('POST', '/users', { username: 'eve', name: 'Eve', email: 'eve@example.com' })
  const wish = { name: 'mine', scopes: ['api'] }
  const { token } = (await rest('POST', `/users/${body.id}/personal_access_tokens`, wish)).body
  const ask = async () => (await rest('GET', '/user', undefined, { token })).status
  const state = async () => (await rest('GET', '/users?username=eve')).body[0].state
  assert.deepEqual([await ask(), await state()], [200, 'active'])
  assert.equal((await rest('POST', `/users/${body.id}/block`, undefined, asBot)).status, 403)
  await rest('POST', `/users/${body.id}/block`)
  assert.deepEqual([await ask(), await state()], [403, 'blocked'])
  await rest('POST', `/users/${body.id}/unblock`)
  assert.deepEqual([await ask(), await state()], [200, 'active'])
})
