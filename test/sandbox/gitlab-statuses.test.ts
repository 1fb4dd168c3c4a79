import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { BOT, startGitLab, type TestGitLab } from '../support/gitlab.ts'
import { headOf } from '../support/sandbox.ts'

let world: TestGitLab
let head: string
const BASE = '/projects/acme%2Fweb'
const asBot = { token: BOT }

before(async () => {
  world = await startGitLab()
  const project = await world.project('acme/web')
  head = (await headOf(world, project, 'main')) ?? ''
})
after(() => world.close())

test('a status moves on under its name, and cannot be set to what it is', async () => {
  const set = (state: string) =>
    world.rest('POST', `${BASE}/statuses/${head}`, { state, name: 'supercargo', ref: 'main' }, asBot)
  const first = await set('pending')
  assert.deepEqual([first.status, first.body.status, first.body.name], [201, 'pending', 'supercargo'])
  const again = await set('pending')
  assert.equal(again.status, 400)
  assert.match(again.body.message, /^Cannot transition status via :enqueue from :pending/)
  const running = await set('running')
  assert.equal(running.body.id, first.body.id)
  assert.match((await set('running')).body.message, /via :run from :running/)
  assert.equal((await set('success')).body.status, 'success')
  const anew = await set('pending')
  assert.notEqual(anew.body.id, first.body.id)
  const listed = await world.rest('GET', `${BASE}/repository/commits/${head}/statuses?ref=main`)
  assert.deepEqual(
    listed.body.map(({ id, status }: Record<string, unknown>) => [id, status]),
    [[anew.body.id, 'pending']],
  )
  const all = await world.rest('GET', `${BASE}/repository/commits/${head}/statuses?all=true`)
  assert.equal(all.body.length, 2)
})

test('a status on a commit that does not exist is refused', async () => {
  const { status, body } = await world.rest(
    'POST',
    `${BASE}/statuses/${'1'.repeat(40)}`,
    { state: 'success' },
    asBot,
  )
  assert.deepEqual([status, body], [404, { message: '404 Commit Not Found' }])
})

test('statuses carry a pipeline that was made for their commit', async () => {
  const made = await world.rest('POST', `${BASE}/pipeline`, { ref: 'main' }, { ...asBot, wrong: true })
  assert.deepEqual([made.status, made.body.status, made.body.sha], [201, 'pending', head])
  const wish = { state: 'success', name: 'build', ref: 'main', pipeline_id: made.body.id }
  await world.rest('POST', `${BASE}/statuses/${head}`, wish, asBot)
  const done = await world.rest('GET', `${BASE}/pipelines/${made.body.id}`)
  assert.deepEqual([done.body.status, done.body.user.username], ['success', 'supercargo'])
  const found = await world.rest('GET', `${BASE}/pipelines?sha=${head}&status=success`)
  assert.deepEqual(
    found.body.map(({ id }: { id: number }) => id),
    [made.body.id],
  )
  assert.equal(
    (await world.rest('GET', `${BASE}/repository/commits/${head}`)).body.last_pipeline.id,
    made.body.id,
  )
})

test('a deployment makes its environment, which is stopped before it is deleted', async () => {
  const wish = { environment: 'staging', sha: head, ref: 'main', tag: false, status: 'running' }
  const made = await world.rest('POST', `${BASE}/deployments`, wish, asBot)
  assert.deepEqual([made.status, made.body.environment.name], [201, 'staging'])
  const path = `${BASE}/deployments/${made.body.id}`
  const done = await world.rest('PUT', path, { status: 'success' }, asBot)
  assert.equal(done.body.status, 'success')
  const found = await world.rest('GET', `${BASE}/deployments?environment=staging&status=success`)
  assert.equal(found.body.length, 1)
  const [environment] = (await world.rest('GET', `${BASE}/environments?name=staging`)).body
  assert.deepEqual([environment.state, environment.tier], ['available', 'staging'])
  const one = `${BASE}/environments/${environment.id}`
  const url = 'https://staging.example'
  assert.equal((await world.rest('PUT', one, { external_url: url }, asBot)).body.external_url, url)
  assert.equal((await world.rest('DELETE', one, undefined, asBot)).status, 403)
  assert.equal((await world.rest('POST', `${one}/stop`, {}, asBot)).body.state, 'stopped')
  assert.equal((await world.rest('DELETE', one, undefined, asBot)).status, 204)
  const twice = await world.rest('POST', `${BASE}/environments`, { name: 'review/1' }, asBot)
  assert.equal(twice.body.slug, 'review-1')
})
