import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setRole } from '../../src/sandbox/model/repositories.ts'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { commitFiles, headOf, startSandbox, type TestSandbox } from '../support/sandbox.ts'

const ISSUE = '/repos/acme/web/issues/1'
let world: TestSandbox
let repository: Repository
before(async () => {
  world = await startSandbox()
  repository = await world.repository('acme/web')
  const sha = await headOf(world, repository, 'main')
  await world.rest('POST', '/repos/acme/web/git/refs', { ref: 'refs/heads/feature', sha })
  await commitFiles(world, repository, 'feature', { f: '1\n' }, 'Change f')
  await world.rest('POST', '/repos/acme/web/pulls', { title: 'x', head: 'feature', base: 'main' })
})
after(() => world.close())

test('labels are given and taken, each with its webhook', async () => {
  const labels = ['preview', 'needs: review']
  const given = await world.rest('POST', `${ISSUE}/labels`, { labels })
  assert.deepEqual([given.status, given.body.map(({ name }: { name: string }) => name)], [200, labels])
  const told = await world.hooks.wait('pull_request', ({ action }) => action === 'labeled')
  assert.ok(labels.includes(told.payload.label.name))
  const taken = await world.rest('DELETE', `${ISSUE}/labels/needs%3A%20Review`)
  assert.deepEqual([taken.status, taken.body.length], [200, 1])
  const gone = await world.hooks.wait('pull_request', ({ action }) => action === 'unlabeled')
  assert.equal(gone.payload.label.name, 'needs: review')
  assert.equal((await world.rest('DELETE', `${ISSUE}/labels/other`)).status, 404)
  const pull = await world.rest('GET', '/repos/acme/web/pulls/1')
  assert.equal(pull.body.labels[0].name, 'preview')
  assert.equal((await world.rest('GET', `${ISSUE}/labels`)).body.length, 1)
})

test('a reaction is there once, and is counted', async () => {
  const { body } = await world.rest('POST', `${ISSUE}/comments`, { body: 'Look' })
  const path = `/repos/acme/web/issues/comments/${body.id}/reactions`
  const statuses: number[] = []
  for (const content of ['eyes', 'eyes', '+1', 'thumb']) {
    statuses.push((await world.rest('POST', path, { content }, { wrong: content === 'thumb' })).status)
  }
  assert.deepEqual(statuses, [201, 200, 201, 422])
  const listed = await world.rest('GET', `${path}?content=eyes`)
  assert.deepEqual([listed.body.length, listed.body[0].user.login], [1, 'you'])
  const { reactions } = (await world.rest('GET', `/repos/acme/web/issues/comments/${body.id}`)).body
  assert.deepEqual([reactions.total_count, reactions.eyes, reactions.rocket], [2, 1, 0])
})

test('the permission of a person is told by role', async () => {
  setRole(world.model, repository, 'alice', 'maintain')
  const ask = async (login: string) =>
    await world.rest('GET', `/repos/acme/web/collaborators/${login}/permission`)
  const { permission, role_name, user } = (await ask('alice')).body
  assert.deepEqual([permission, role_name, user.login], ['write', 'maintain', 'alice'])
  assert.equal((await ask('nobody')).status, 404)
})

test('a deployment waits for checks, and ends the ones before it unless it is told not to', async () => {
  const path = '/repos/acme/web/deployments'
  const deploy = (wish: object) => world.rest('POST', path, { ref: 'main', environment: 'staging', ...wish })
  const tell = (id: number, wish: object) => world.rest('POST', `${path}/${id}/statuses`, wish)
  const state = async (id: number) => (await world.rest('GET', `${path}/${id}/statuses`)).body[0]?.state
  const ids: number[] = []
  for (const transient_environment of [false, true, false]) {
    const made = await deploy({ transient_environment })
    assert.equal(made.status, 201)
    ids.push(made.body.id)
    await tell(made.body.id, { state: 'success', auto_inactive: false })
  }
  const [first = 0, transient = 0, last = 0] = ids
  assert.equal(await state(first), 'success')
  await tell(last, { state: 'success' })
  assert.deepEqual(await Promise.all([first, transient, last].map(state)), ['inactive', 'success', 'success'])
  assert.equal((await world.rest('GET', `${path}?environment=staging&task=deploy`)).body.length, 3)
  assert.equal((await world.rest('GET', `${path}?task=other`)).body.length, 0)
  assert.equal((await deploy({ ref: 'nowhere' })).status, 422)
  const sha = await headOf(world, repository, 'main')
  await world.rest('POST', `/repos/acme/web/statuses/${sha}`, { state: 'failure', context: 'ci' })
  assert.equal((await deploy({})).status, 409)
  assert.equal((await deploy({ required_contexts: [] })).status, 201)
})
