import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findRepository } from '../../../src/sandbox/model/access.ts'
import { install } from '../../../src/sandbox/model/installations.ts'
import { ensureAccount, setRole, updateRepository } from '../../../src/sandbox/model/repositories.ts'
import { cloneOf } from '../../contract/forge-world.ts'
import { startGitHubWorld } from '../../contract/github-world.ts'
import { forgeFor, REPOSITORY, startStub } from './stub.ts'

test('triage counts as read, and everybody may read what is public', async (t) => {
  const { model, forge, createRepository } = await startGitHubWorld(t)
  const repository = await createRepository('acme/web')
  const row = findRepository(model, 'acme', 'web')
  assert.ok(row)
  setRole(model, row, 'alice', 'triage')
  assert.equal(await forge.readAccess(repository, 'alice'), 'read')
  ensureAccount(model, 'stranger')
  assert.equal(await forge.readAccess(repository, 'stranger'), 'none')
  await updateRepository(model, row, { private: false })
  assert.equal(await forge.readAccess(repository, 'stranger'), 'read')
  assert.equal(await forge.readAccess(repository, 'nobody'), 'none')
})

test('a role of an organisation’s own counts as what it is built on, and one that is unknown as none', async (t) => {
  const stub = await startStub(t)
  const forge = forgeFor(stub)
  const told = async (body: object) => {
    stub.on(/\/collaborators\/alice\/permission$/, { body })
    return await forge.readAccess(REPOSITORY, 'alice')
  }
  assert.equal(await told({ permission: 'write', role_name: 'release manager' }), 'write')
  assert.equal(await told({ permission: 'read', role_name: 'maintain' }), 'read')
  assert.equal(await told({ permission: 'owner', role_name: 'admin' }), 'none')
  stub.on(/\/permission$/, { status: 403, body: { message: 'Resource not accessible by integration' } })
  await assert.rejects(forge.readAccess(REPOSITORY, 'alice'), { code: 'repository-forbidden' })
  stub.on(/\/permission$/, { status: 502, body: {} })
  await assert.rejects(forge.readAccess(REPOSITORY, 'alice'), { code: 'forge-unavailable' })
})

test('an app that may not deploy says which permission it lacks, and everything else works', async (t) => {
  const world = await startGitHubWorld(t)
  const repository = await world.createRepository('acme/web')
  const clone = await cloneOf(t, world, repository)
  const commit = await clone.push({ a: '1' })
  const { deployments: _, ...permissions } = world.model.app.permissions
  install(world.model, 'acme', { permissions })
  const place = { environment: 'preview-web', slot: 'pr-1' }
  const wish = { ...place, commit, branch: 'main', state: 'running', url: null } as const
  await assert.rejects(world.forge.ensureDeployment(repository, wish), { code: 'permission-missing' })
  assert.equal(await world.forge.readAccess(repository, 'you'), 'admin')
})

test('what a crash left active is ended by the next write', async (t) => {
  const world = await startGitHubWorld(t)
  const repository = await world.createRepository('acme/web')
  const clone = await cloneOf(t, world, repository)
  const place = { environment: 'preview-web', slot: 'pr-1' }
  const commits: string[] = []
  for (const a of ['1', '2', '3']) commits.push(await clone.push({ a }))
  const [first = '', second = '', third = ''] = commits
  const ensure = (commit: string, state: 'running' | 'success') =>
    world.forge.ensureDeployment(repository, { ...place, commit, branch: 'main', state, url: null })
  await ensure(first, 'success')
  await ensure(second, 'running')
  assert.deepEqual(await world.person.readDeployments(repository, place), [
    `${second} running`,
    `${first} success`,
  ])
  await ensure(third, 'success')
  assert.deepEqual(await world.person.readDeployments(repository, place), [`${third} success`])
})

test('requirement 10: an app that may not read members says which permission it lacks', async (t) => {
  const world = await startGitHubWorld(t)
  const repository = await world.createRepository('acme/web')
  await world.person.setTeam('acme/sre', ['alice'])
  const { members: _, ...permissions } = world.model.app.permissions
  install(world.model, 'acme', { permissions })
  const missing = { code: 'permission-missing', kind: 'permanent', message: /the team acme\/sre/ }
  await assert.rejects(world.again().readMembership(repository, 'acme/sre', 'alice'), missing)
  await assert.rejects(world.again().readMembers(repository, 'acme/sre'), missing)
})

test('requirement 10: who was only invited is no member, and no answer is none', async (t) => {
  const stub = await startStub(t)
  const forge = forgeFor(stub)
  const is = () => forge.readMembership(REPOSITORY, 'acme/sre', 'alice')
  const path = /\/orgs\/acme\/teams\/sre\/memberships\/alice$/
  stub.on(path, { body: { state: 'pending', role: 'member' } })
  assert.equal(await is(), false)
  stub.on(path, { status: 403, body: { message: 'Resource not accessible by integration' } })
  await assert.rejects(is(), { code: 'permission-missing' })
  stub.on(path, { status: 502, body: {} })
  await assert.rejects(is(), { code: 'forge-unavailable', kind: 'transient' })
})
