import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createPipeline, setPipelineStatus } from '../../src/sandbox/gitlab/state/pipelines.ts'
import { BOT, startGitLab, type TestGitLab } from '../support/gitlab.ts'
import { startGitLabReceiver } from '../support/gitlab-receiver.ts'
import { commitFiles, headOf } from '../support/sandbox.ts'

let world: TestGitLab
before(async () => {
  world = await startGitLab()
})
after(() => world.close())

const asBot = { token: BOT }
const ZEROS = '0'.repeat(40)

/** A project in a group of its own, with a receiver for the group's hook. */
async function hooked(group: string, secrets: { token?: string; signingToken?: string } = {}) {
  const project = await world.project(`${group}/web`)
  const hooks = await world.receiver(group, secrets)
  const you = { kind: 'person', account: world.model.you } as const
  const base = `/projects/${encodeURIComponent(`${group}/web`)}`
  const commit = (branch: string, text: string) =>
    commitFiles({ ...world, you }, project, branch, { 'a.yaml': text }, `Write ${text}`)
  return { project, hooks, base, commit, main: (await headOf(world, project, 'main')) ?? '' }
}

test('a push says what moved and which files, and a deletion ends at zeros', async () => {
  const { hooks, base, commit, main, project } = await hooked('pushes')
  await world.rest('POST', `${base}/repository/branches`, { branch: 'work', ref: 'main' })
  const made = await hooks.wait('Push Hook')
  assert.deepEqual(
    [made.payload.ref, made.payload.before, made.payload.after, made.payload.commits],
    ['refs/heads/work', ZEROS, main, []],
  )
  const after = await commit('work', 'two')
  const pushed = await hooks.wait('Push Hook', (payload) => payload.after === after)
  assert.deepEqual(
    [pushed.payload.project.path_with_namespace, pushed.payload.project_id, pushed.payload.user_username],
    ['pushes/web', project.id, 'you'],
  )
  const [only] = pushed.payload.commits
  assert.deepEqual([only.id, only.added, only.title], [after, ['a.yaml'], 'Write two'])
  await world.rest('DELETE', `${base}/repository/branches/work`, undefined, asBot)
  const deleted = await hooks.wait('Push Hook', (payload) => payload.after === ZEROS)
  assert.deepEqual([deleted.payload.before, deleted.payload.checkout_sha], [after, null])
  assert.equal(deleted.payload.user_username, 'supercargo')
})

test('a tag is told, and more than three branches or tags in one push are not', async () => {
  const { hooks, base, main, project } = await hooked('tags')
  await world.rest('POST', `${base}/repository/tags`, { tag_name: 'v1', ref: 'main', message: 'One' })
  const { payload } = await hooks.wait('Tag Push Hook')
  assert.deepEqual([payload.ref, payload.checkout_sha, payload.message], ['refs/tags/v1', main, 'One'])
  await world.sandbox.deliveries.idle()
  hooks.clear()
  const clone = await world.clone('tags/web')
  await clone.push('origin', ...['a', 'b', 'c', 'd'].map((name) => `HEAD:refs/heads/${name}`))
  assert.equal(await headOf(world, project, 'd'), main)
  await clone.push('origin', ...['e', 'f'].map((name) => `HEAD:refs/heads/${name}`))
  await world.sandbox.deliveries.idle()
  assert.deepEqual(
    hooks.received.map((each) => each.payload.ref),
    ['refs/heads/e', 'refs/heads/f'],
  )
})

test('the life of a merge request is told, with the bot’s own writes', async () => {
  const { hooks, base, commit } = await hooked('merges')
  await world.rest('POST', `${base}/repository/branches`, { branch: 'work', ref: 'main' })
  const first = await commit('work', 'one')
  const wish = { source_branch: 'work', target_branch: 'main', title: 'Write' }
  await world.rest('POST', `${base}/merge_requests`, wish, asBot)
  const second = await commit('work', 'two')
  const one = `${base}/merge_requests/1`
  await world.rest('PUT', one, { title: 'Write more' }, asBot)
  await world.rest('PUT', one, { add_labels: 'preview' }, asBot)
  await world.rest('PUT', one, { state_event: 'close' }, asBot)
  await world.rest('PUT', one, { state_event: 'reopen' }, asBot)
  await world.rest('POST', `${one}/approve`, {})
  await world.rest('PUT', `${one}/merge`, { sha: second }, asBot)
  await world.sandbox.deliveries.idle()
  const told = hooks.received
    .filter((each) => each.event === 'Merge Request Hook')
    .map((each) => each.payload)
  assert.deepEqual(
    told.map(({ object_attributes: it }) => [it.action, it.state, it.last_commit.id]),
    [
      ['open', 'opened', first],
      ['update', 'opened', second],
      ['update', 'opened', second],
      ['update', 'opened', second],
      ['close', 'closed', second],
      ['reopen', 'opened', second],
      ['approved', 'opened', second],
      ['merge', 'merged', second],
    ],
  )
  assert.equal(told[1].object_attributes.oldrev, first)
  assert.deepEqual(told[2].changes.title, { previous: 'Write', current: 'Write more' })
  const { previous, current } = told[3].changes.labels
  assert.deepEqual([previous.length, current[0].title], [0, 'preview'])
  assert.deepEqual([told[0].user.username, told[6].user.username], ['supercargo', 'you'])
})

test('notes are told when they are written and when they are edited', async () => {
  const { hooks, base, commit } = await hooked('notes')
  await world.rest('POST', `${base}/repository/branches`, { branch: 'work', ref: 'main' })
  const head = await commit('work', 'one')
  await world.rest('POST', `${base}/merge_requests`, {
    source_branch: 'work',
    target_branch: 'main',
    title: 'T',
  })
  const note = await world.rest('POST', `${base}/merge_requests/1/notes`, { body: '/cargo status' })
  const made = await hooks.wait('Note Hook', (payload) => payload.object_attributes.action === 'create')
  assert.deepEqual(
    [
      made.payload.object_attributes.note,
      made.payload.merge_request.iid,
      made.payload.merge_request.last_commit.id,
    ],
    ['/cargo status', 1, head],
  )
  await world.rest('PUT', `${base}/merge_requests/1/notes/${note.body.id}`, { body: '/cargo plan' })
  const edited = await hooks.wait('Note Hook', (payload) => payload.object_attributes.action === 'update')
  assert.equal(edited.payload.object_attributes.id, note.body.id)
})

test('pipelines and deployments are told; commit statuses alone are not', async () => {
  const { hooks, base, main, project } = await hooked('pipelines')
  await world.rest('POST', `${base}/statuses/${main}`, { state: 'success', ref: 'main' }, asBot)
  const you = world.model.you
  const pipeline = createPipeline(world.model, project, you, { oid: main, ref: 'main' })
  setPipelineStatus(world.model, project, you, pipeline, 'success')
  const wish = { environment: 'production', sha: main, ref: 'main', tag: false, status: 'success' }
  await world.rest('POST', `${base}/deployments`, wish, asBot)
  await hooks.wait('Deployment Hook')
  const told = hooks.received.filter((each) => each.event === 'Pipeline Hook').map((each) => each.payload)
  assert.deepEqual(
    told.map(({ object_attributes: { id, status, sha } }) => [id, status, sha]),
    [
      [pipeline.id, 'pending', main],
      [pipeline.id, 'success', main],
    ],
  )
  const { payload } = await hooks.wait('Deployment Hook')
  assert.deepEqual([payload.environment, payload.status], ['production', 'success'])
})

test('the headers carry the token, ids that stay with a delivery, and a signature over the bytes', async () => {
  const secret = randomBytes(32)
  const signingToken = `whsec_${secret.toString('base64')}`
  const { hooks, base } = await hooked('signed', { token: 'shared secret', signingToken })
  await world.rest('POST', `${base}/repository/branches`, { branch: 'work', ref: 'main' })
  const { headers, body } = await hooks.wait('Push Hook')
  assert.equal(headers['x-gitlab-token'], 'shared secret')
  assert.equal(headers['idempotency-key'], headers['webhook-id'])
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const expected = createHmac('sha256', secret).update(signed).digest('base64')
  assert.equal(headers['webhook-signature'], `v1,${expected}`)
  assert.ok(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000) < 60)
  await world.rest('POST', `${base}/repository/branches`, { branch: 'more', ref: 'main' })
  const next = await hooks.wait('Push Hook', (payload) => payload.ref === 'refs/heads/more')
  assert.equal(next.headers['x-gitlab-webhook-uuid'], headers['x-gitlab-webhook-uuid'])
  assert.notEqual(next.headers['idempotency-key'], headers['idempotency-key'])
})

test('a hook of a project is made, edited, tested and deleted', async () => {
  const { base, hooks } = await hooked('managed')
  const { url } = hooks
  const made = await world.rest('POST', `${base}/hooks`, {
    url,
    token: 'x',
    push_events: false,
    note_events: true,
  })
  assert.equal(made.status, 201)
  assert.deepEqual(
    [made.body.note_events, made.body.push_events, made.body.token_present, made.body.alert_status],
    [true, false, true, 'executable'],
  )
  assert.equal('token' in made.body, false)
  const one = `${base}/hooks/${made.body.id}`
  const edited = await world.rest('PUT', one, { url, push_events: true })
  assert.deepEqual([edited.body.push_events, edited.body.note_events], [true, true])
  assert.equal((await world.rest('POST', `${one}/test/push_events`)).status, 201)
  assert.equal((await hooks.wait('Push Hook')).headers['x-gitlab-token'], 'x')
  const nothing = await world.rest('POST', `${one}/test/note_events`)
  assert.equal(nothing.status, 422)
  assert.equal((await world.rest('GET', `${base}/hooks`)).body.length, 1)
  assert.equal((await world.rest('DELETE', one)).status, 204)
  assert.equal((await world.rest('GET', one)).status, 404)
  const bad = await world.rest('POST', `${base}/hooks`, { url: 'ftp://x', signing_token: 'short' })
  assert.equal(bad.status, 422)
  world.sandbox.addMember('managed/web', 'supercargo', 30)
  assert.equal((await world.rest('GET', `${base}/hooks`, undefined, asBot)).status, 403)
})

test('four failures in a row switch a hook off, a test switches it on again, and the lost are sent anew', async () => {
  const { hooks, commit } = await hooked('failing')
  const [hook] = (await world.rest('GET', '/groups/failing/hooks')).body
  const one = `/groups/failing/hooks/${hook.id}`
  hooks.answer.status = 500
  for (const text of ['one', 'two', 'three', 'four', 'five']) await commit('main', text)
  await world.sandbox.deliveries.idle()
  assert.equal(hooks.received.length, 4)
  const off = await world.rest('GET', one)
  assert.equal(off.body.alert_status, 'temporarily_disabled')
  assert.ok(Date.parse(off.body.disabled_until) > Date.now())
  hooks.answer.status = 200
  assert.equal((await world.rest('POST', `${one}/test/push_events`)).status, 201)
  assert.equal((await world.rest('GET', one)).body.alert_status, 'executable')
  const failed = await world.rest('GET', `${one}/events?status[]=server_failure`, undefined, { wrong: true })
  assert.deepEqual(
    failed.body.map((event: { response_status: string }) => event.response_status),
    ['500', '500', '500', '500'],
  )
  const [event] = failed.body
  hooks.clear()
  const again = await world.rest('POST', `${one}/events/${event.id}/resend`)
  assert.deepEqual([again.status, again.body], [201, { response_status: 200 }])
  const { headers, payload } = await hooks.wait('Push Hook')
  assert.equal(headers['idempotency-key'], event.request_headers['idempotency-key'])
  assert.deepEqual(payload, event.request_data)
})

test('deliveries can be dropped, repeated and delayed by the faults', async () => {
  const { hooks, commit } = await hooked('faulty')
  world.model.faults.webhook = () => 'duplicate'
  await commit('main', 'twice')
  await world.sandbox.deliveries.idle()
  assert.equal(hooks.received.length, 2)
  const [first, second] = hooks.received
  assert.equal(first?.headers['idempotency-key'], second?.headers['idempotency-key'])
  world.model.faults.webhook = () => 'drop'
  await commit('main', 'never')
  await world.sandbox.deliveries.idle()
  assert.equal(hooks.received.length, 2)
  world.model.faults.clear()
})

test('a group is told of projects that come, move and go', async () => {
  const { hooks } = await hooked('projects')
  const { id } = world.model.tables.accounts.by('projects')[0] ?? { id: 0 }
  const made = await world.rest('POST', '/projects', { name: 'new', namespace_id: id })
  await world.rest('PUT', `/projects/${made.body.id}`, { path: 'newer' })
  await world.rest('DELETE', `/projects/${made.body.id}`)
  await world.sandbox.deliveries.idle()
  const told = hooks.received.filter(({ event }) => event === 'Project Hook').map(({ payload }) => payload)
  assert.deepEqual(
    told.map((it) => [it.event_name, it.path_with_namespace, it.old_path_with_namespace]),
    [
      ['project_create', 'projects/new', undefined],
      ['project_rename', 'projects/newer', 'projects/new'],
      ['project_destroy', 'projects/newer', undefined],
    ],
  )
})

test('what a stopped forge had not sent yet is sent when it is there again', async (context) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'supercargo-gitlab-'))
  const hooks = await startGitLabReceiver()
  const first = await startGitLab({ dataDir })
  let second: TestGitLab | null = null
  context.after(async () => {
    await second?.close()
    await hooks.close()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
  })
  first.sandbox.setWebhook('acme', { url: hooks.url })
  await first.project('acme/web')
  await hooks.wait('Push Hook')
  first.model.faults.webhook = () => ({ delayMs: 3_600_000 })
  await first.rest('POST', '/projects/acme%2Fweb/repository/branches', { branch: 'late', ref: 'main' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  await first.close()
  assert.equal(hooks.received.length, 1)
  second = await startGitLab({ dataDir })
  const { payload } = await hooks.wait('Push Hook', (it) => it.ref === 'refs/heads/late')
  assert.equal(payload.project.path_with_namespace, 'acme/web')
  const branches = await second.rest('GET', '/projects/acme%2Fweb/repository/branches')
  assert.equal(branches.body.length, 2)
})
