import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ensureGroup, setMember } from '../../../src/sandbox/gitlab/state/groups.ts'
import { findAccount, findRepository } from '../../../src/sandbox/model/access.ts'
import { updateRepository } from '../../../src/sandbox/model/repositories.ts'
import { cloneOf } from '../../contract/forge-world.ts'
import { startGitLabWorld } from '../../contract/gitlab-world.ts'
import { startStub } from '../github/stub.ts'
import { forgeFor, PROJECT, REPOSITORY } from './stub.ts'

test('a membership of a group above counts, and the highest of them', async (t) => {
  const { model, forge, createRepository } = await startGitLabWorld(t)
  const repository = await createRepository('acme/platform/web')
  const access = () => forge.readAccess(repository, 'Alice')
  setMember(model, ensureGroup(model, 'acme'), 'alice', 40)
  assert.equal(await access(), 'maintain')
  setMember(model, ensureGroup(model, 'acme/platform'), 'alice', 20)
  assert.equal(await access(), 'maintain')
  setMember(model, ensureGroup(model, 'acme'), 'alice', null)
  assert.equal(await access(), 'read')
})

test('guests of a private project, expired members and blocked people have no access', async (t) => {
  const { model, forge, createRepository } = await startGitLabWorld(t)
  const repository = await createRepository('acme/web')
  const project = findRepository(model, 'acme', 'web')
  assert.ok(project)
  const today = new Date().toISOString().slice(0, 10)
  setMember(model, project, 'guest', 10)
  setMember(model, project, 'left', 50, today)
  setMember(model, project, 'stays', 50, '2999-01-01')
  setMember(model, project, 'blocked', 50)
  const blocked = findAccount(model, 'blocked')
  assert.ok(blocked)
  model.save(['accounts', { ...blocked, blocked: true }])
  const told = await Promise.all(
    ['guest', 'left', 'stays', 'blocked'].map((login) => forge.readAccess(repository, login)),
  )
  assert.deepEqual(told, ['none', 'none', 'admin', 'none'])
  await updateRepository(model, project, { private: false })
  const open = await Promise.all(
    ['guest', 'left', 'blocked', 'nobody'].map((login) => forge.readAccess(repository, login)),
  )
  assert.deepEqual(open, ['read', 'read', 'none', 'none'])
})

test('what GitLab answers about somebody else, or not at all, is no access', async (t) => {
  const stub = await startStub(t)
  const forge = forgeFor(stub)
  const users = [{ id: 8, username: 'alice-2', state: 'active' }]
  stub.on(/^GET \/v4\/users\?/, { body: users })
  assert.equal(await forge.readAccess(REPOSITORY, 'alice'), 'none')
  stub.on(/^GET \/v4\/users\?/, { body: [{ id: 8, username: 'alice', state: 'active' }] })
  const member = `GET ${PROJECT}/members/all/8`
  stub.on(member, { status: 502 })
  await assert.rejects(forge.readAccess(REPOSITORY, 'alice'), { code: 'forge-unavailable' })
  stub.on(member, { status: 403, body: { message: '403 Forbidden' } })
  await assert.rejects(forge.readAccess(REPOSITORY, 'alice'), { code: 'repository-forbidden' })
  stub.on(member, { body: { access_level: 40, membership_state: 'awaiting' } })
  stub.on(`GET ${PROJECT}`, { body: { visibility: 'public', repository_access_level: 'private' } })
  assert.equal(await forge.readAccess(REPOSITORY, 'alice'), 'none')
})

test('an environment is one of a folder, and is gone at its end', async (t) => {
  const world = await startGitLabWorld(t)
  const repository = await world.createRepository('acme/web')
  const clone = await cloneOf(t, world, repository)
  const commit = await clone.push({ a: '1' })
  const place = { environment: 'preview-web', slot: 'pr-1' }
  const url = 'https://pr-1.example.com'
  const wish = { ...place, commit, branch: 'main', state: 'success', url } as const
  await world.forge.ensureDeployment(repository, wish)
  const shown = () =>
    world.model.tables.environments.all().map(({ name, state, tier }) => [name, state, tier])
  assert.deepEqual(shown(), [['preview-web/pr-1', 'available', 'development']])
  await world.forge.ensureDeployment(repository, { ...wish, url: `${url}/new` })
  assert.equal(world.model.tables.environments.all()[0]?.externalUrl, `${url}/new`)
  await world.forge.endDeployment(repository, place)
  assert.deepEqual(shown(), [])
})

test('an environment that a job of the team has to stop first is left to that job', async (t) => {
  const stub = await startStub(t)
  const forge = forgeFor(stub)
  const known = { id: 3, name: 'preview-web/pr-1', state: 'available', external_url: null }
  stub.on(/^GET .*\/environments\?/, { body: [known] })
  stub.on(`POST ${PROJECT}/environments/3/stop`, { body: { ...known, state: 'stopping' } })
  await forge.endDeployment(REPOSITORY, { environment: 'preview-web', slot: 'pr-1' })
  assert.deepEqual(
    stub.seen.filter(({ method }) => method === 'DELETE'),
    [],
  )
})

test('requirement 10: a membership that is inherited, has ended or is not let in yet makes nobody one of a group', async (t) => {
  const { model, forge, createRepository } = await startGitLabWorld(t)
  const repository = await createRepository('acme/web')
  const group = ensureGroup(model, 'acme/sre')
  setMember(model, ensureGroup(model, 'acme'), 'above', 50)
  setMember(model, group, 'left', 30, new Date().toISOString().slice(0, 10))
  setMember(model, group, 'alice', 10)
  const told = ['above', 'left', 'alice'].map((login) => forge.readMembership(repository, 'acme/sre', login))
  assert.deepEqual(await Promise.all(told), [false, false, true])
  assert.deepEqual(await forge.readMembers(repository, 'acme/sre'), { complete: true, items: ['alice'] })
})

test('requirement 10: a group that the bot may not look into says so, and no answer is none', async (t) => {
  const stub = await startStub(t)
  const forge = forgeFor(stub)
  stub.on(/^GET \/v4\/users\?/, { body: [{ id: 8, username: 'alice', state: 'active' }] })
  const path = 'GET /v4/groups/acme%2Fsre/members/8'
  const is = () => forge.readMembership(REPOSITORY, 'acme/sre', 'alice')
  stub.on(path, { status: 403, body: { message: '403 Forbidden' } })
  await assert.rejects(is(), { code: 'permission-missing', kind: 'permanent' })
  stub.on(path, { status: 502 })
  await assert.rejects(is(), { code: 'forge-unavailable', kind: 'transient' })
})
