import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { BOT, startGitLab, type TestGitLab } from '../support/gitlab.ts'
import { commitFiles } from '../support/sandbox.ts'

let world: TestGitLab
let one: string
before(async () => {
  world = await startGitLab()
  await world.project('acme/web')
  one = await openAnother('work')
})
after(() => world.close())

const asBot = { token: BOT }

/** A merge request of the person's, from a branch of its own. */
async function openAnother(branch: string): Promise<string> {
  const project = world.model.tables.repositories.by('acme/web')[0]
  assert.ok(project)
  const you = { kind: 'person', account: world.model.you } as const
  await world.rest('POST', '/projects/acme%2Fweb/repository/branches', { branch, ref: 'main' })
  await commitFiles({ ...world, you }, project, branch, { [`${branch}.txt`]: 'x\n' })
  const wish = { source_branch: branch, target_branch: 'main', title: `From ${branch}` }
  const { body } = await world.rest('POST', '/projects/acme%2Fweb/merge_requests', wish)
  return `/projects/acme%2Fweb/merge_requests/${body.iid}`
}

test('a note is written, edited in place by its author alone, listed and deleted', async () => {
  const made = await world.rest('POST', `${one}/notes`, { body: 'Preview: *ready*' }, asBot)
  assert.deepEqual([made.status, made.body.author.username, made.body.system], [201, 'supercargo', false])
  const note = `${one}/notes/${made.body.id}`
  const edited = await world.rest('PUT', note, { body: 'Preview: gone' }, asBot)
  assert.deepEqual([edited.status, edited.body.body], [200, 'Preview: gone'])
  const foreign = await world.rest('PUT', note, { body: 'Mine' })
  assert.deepEqual([foreign.status, foreign.body], [403, { message: '403 Forbidden' }])
  const listed = await world.rest('GET', `${one}/notes?sort=asc&order_by=created_at`)
  assert.deepEqual(
    listed.body.map(({ body }: { body: string }) => body),
    ['Preview: gone'],
  )
  assert.equal((await world.rest('GET', note)).body.noteable_iid, 1)
  assert.equal((await world.rest('DELETE', note, undefined, asBot)).status, 204)
  assert.equal((await world.rest('GET', note)).status, 404)
})

test('a line that begins with a quick action is done with the author’s rights, and is not shown', async () => {
  const path = await openAnother('closing')
  const note = await world.rest('POST', `${path}/notes`, { body: 'Not any more.\n/close\n\nSorry.' }, asBot)
  assert.deepEqual([note.status, note.body.body], [201, 'Not any more.\n\nSorry.'])
  assert.equal((await world.rest('GET', path)).body.state, 'closed')
})

test('a note of quick actions only is answered 202, and no note is left', async () => {
  const path = await openAnother('merging')
  const answer = await world.rest('POST', `${path}/notes`, { body: '/merge' }, asBot)
  assert.equal(answer.status, 202)
  assert.deepEqual(answer.body.summary, ['Merged this merge request.'])
  assert.equal((await world.rest('GET', path)).body.state, 'merged')
  const notes = await world.rest('GET', `${path}/notes?activity_filter=only_comments`)
  assert.deepEqual(notes.body, [])
})

test('what the author may not do is taken away all the same', async () => {
  const path = await openAnother('guarded')
  world.sandbox.addPerson('guest', 'token-of-guest')
  world.sandbox.addMember('acme', 'guest', 20)
  const note = await world.rest(
    'POST',
    `${path}/notes`,
    { body: '/merge\nPlease.' },
    { token: 'token-of-guest' },
  )
  assert.equal(note.body.body, 'Please.')
  assert.equal((await world.rest('GET', path)).body.state, 'opened')
})

test('code blocks, escaped lines and unknown words are no quick actions', async () => {
  const path = await openAnother('quoted')
  const body = '```\n/close\n```\n\\/close\n /close\n/cargo status\n/usr/bin/env'
  const note = await world.rest('POST', `${path}/notes`, { body }, asBot)
  assert.equal(note.body.body, body)
  assert.equal((await world.rest('GET', path)).body.state, 'opened')
})

test('descriptions have quick actions as well', async () => {
  const path = await openAnother('described')
  const edited = await world.rest('PUT', path, { description: 'Text\n/title Another' }, asBot)
  assert.deepEqual([edited.body.description, edited.body.title], ['Text', 'Another'])
})

test('reactions are given once by each', async () => {
  const note = (await world.rest('POST', `${one}/notes`, { body: '/cargo status' })).body
  const path = `${one}/notes/${note.id}/award_emoji`
  const given = await world.rest('POST', path, { name: 'eyes' }, asBot)
  assert.deepEqual([given.status, given.body.name, given.body.awardable_id], [201, 'eyes', note.id])
  assert.equal((await world.rest('POST', path, { name: 'eyes' }, asBot)).status, 404)
  assert.equal((await world.rest('GET', path)).body.length, 1)
  await world.rest('DELETE', `${path}/${given.body.id}`, undefined, asBot)
  assert.deepEqual((await world.rest('GET', path)).body, [])
  assert.equal((await world.rest('POST', `${one}/award_emoji`, { name: 'rocket' }, asBot)).status, 201)
})

test('labels are made once', async () => {
  const label = { name: 'supercargo', color: '#1f75cb', description: 'By the bot' }
  assert.equal((await world.rest('POST', '/projects/acme%2Fweb/labels', label, asBot)).status, 201)
  const twice = await world.rest('POST', '/projects/acme%2Fweb/labels', label, asBot)
  assert.deepEqual([twice.status, twice.body], [409, { message: 'Label already exists' }])
  const listed = await world.rest('GET', '/projects/acme%2Fweb/labels?search=cargo')
  assert.deepEqual(
    listed.body.map(({ name }: { name: string }) => name),
    ['supercargo'],
  )
})
