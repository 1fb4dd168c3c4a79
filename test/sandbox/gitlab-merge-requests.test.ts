import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createPipeline, setPipelineStatus } from '../../src/sandbox/gitlab/state/pipelines.ts'
import { BOT, startGitLab, type TestGitLab } from '../support/gitlab.ts'
import { commitFiles, fileText, headOf } from '../support/sandbox.ts'

let world: TestGitLab
before(async () => {
  world = await startGitLab()
})
after(() => world.close())

const asBot = { token: BOT }

/** A fresh project with a branch `work` that changes a file, and the bot's merge request for it. */
async function opened(name: string, wish: Record<string, unknown> = {}) {
  const path = `acme/${name}`
  const project = await world.project(path)
  const you = { kind: 'person', account: world.model.you } as const
  await world.rest('POST', `/projects/acme%2F${name}/repository/branches`, { branch: 'work', ref: 'main' })
  const head = await commitFiles(
    { ...world, you },
    project,
    'work',
    { 'a.yaml': 'tag: two\n' },
    'Set the tag',
  )
  const base = `/projects/${encodeURIComponent(path)}/merge_requests`
  const body = { source_branch: 'work', target_branch: 'main', title: 'Set the tag', ...wish }
  const made = await world.rest('POST', base, body, asBot)
  const push = (text: string) => commitFiles({ ...world, you }, project, 'work', { 'a.yaml': text }, 'More')
  return { project, base, head, made, one: `${base}/1`, push }
}

test('a merge request is opened once for a branch', async () => {
  const { base, made, head } = await opened('once', { description: 'Because.', labels: 'one,two' })
  assert.equal(made.status, 201)
  const { iid, state, sha, labels, author, detailed_merge_status, web_url } = made.body
  assert.deepEqual(
    [iid, state, sha, labels, author.username, detailed_merge_status],
    [1, 'opened', head, ['one', 'two'], 'supercargo', 'unchecked'],
  )
  assert.equal(web_url, `${world.url}/acme/once/-/merge_requests/1`)
  const body = { source_branch: 'work', target_branch: 'main', title: 'Again' }
  const again = await world.rest('POST', base, body, asBot)
  assert.deepEqual(
    [again.status, again.body],
    [409, { message: ['Another open merge request already exists for this source branch: !1'] }],
  )
  const missing = await world.rest('POST', base, { ...body, source_branch: 'none' }, asBot)
  assert.deepEqual([missing.status, missing.body], [400, { message: { source_branch: ['does not exist'] } }])
})

test('whether it can be merged is worked out after somebody has asked, for every new head', async () => {
  const { base, one, push } = await opened('asked')
  const status = async (path: string) => {
    const { body } = await world.rest('GET', path)
    return (body.detailed_merge_status ?? body[0].detailed_merge_status) as string
  }
  assert.equal(await status(base), 'unchecked')
  assert.equal(await status(one), 'checking')
  assert.equal(await status(one), 'mergeable')
  assert.equal(await status(base), 'mergeable')
  await push('tag: three\n')
  assert.equal(await status(base), 'unchecked')
})

test('the merge status tells of drafts, conflicts, missing commits and pipelines', async () => {
  const { project, one, head, base } = await opened('states', { title: 'Draft: Set the tag' })
  const status = async (path = one) => {
    await world.rest('GET', path)
    return (await world.rest('GET', path)).body.detailed_merge_status
  }
  assert.equal(await status(), 'draft_status')
  await world.rest('PUT', one, { title: 'Set the tag' }, asBot)
  assert.equal(await status(), 'mergeable')
  await world.rest('PUT', `/projects/${project.id}`, { only_allow_merge_if_pipeline_succeeds: true })
  assert.equal(await status(), 'ci_must_pass')
  await world.rest(
    'POST',
    `/projects/${project.id}/statuses/${head}`,
    { state: 'running', ref: 'work' },
    asBot,
  )
  assert.equal(await status(), 'ci_still_running')
  await world.rest(
    'POST',
    `/projects/${project.id}/statuses/${head}`,
    { state: 'success', ref: 'work' },
    asBot,
  )
  assert.equal(await status(), 'mergeable')
  const you = { kind: 'person', account: world.model.you } as const
  await commitFiles({ ...world, you }, project, 'main', { 'a.yaml': 'tag: other\n' })
  assert.equal(await status(), 'conflict')
  await world.rest('POST', `/projects/${project.id}/repository/branches`, { branch: 'empty', ref: 'main' })
  const body = { source_branch: 'empty', target_branch: 'main', title: 'Nothing' }
  const empty = await world.rest('POST', base, body, asBot)
  assert.equal(empty.status, 201)
  assert.equal(await status(`${base}/2`), 'commits_status')
  await world.rest('PUT', `${base}/2`, { state_event: 'close' }, asBot)
  assert.equal(await status(`${base}/2`), 'not_open')
})

test('a merge is pinned to the head that was judged', async () => {
  const { project, one, head, push } = await opened('pinned')
  const later = await push('tag: three\n')
  const stale = await world.rest('PUT', `${one}/merge`, { sha: head }, asBot)
  assert.deepEqual(
    [stale.status, stale.body],
    [409, { message: `SHA does not match HEAD of source branch: ${later}` }],
  )
  const merged = await world.rest(
    'PUT',
    `${one}/merge`,
    { sha: later, should_remove_source_branch: true },
    asBot,
  )
  assert.deepEqual(
    [merged.status, merged.body.state, merged.body.merged_by.username],
    [200, 'merged', 'supercargo'],
  )
  assert.equal(await headOf(world, project, 'main'), merged.body.merge_commit_sha)
  assert.equal(await headOf(world, project, 'work'), null)
  assert.equal(await fileText(world, project, 'main', 'a.yaml'), 'tag: three\n')
  const again = await world.rest('PUT', `${one}/merge`, { sha: later }, asBot)
  assert.deepEqual([again.status, again.body], [405, { message: '405 Method Not Allowed' }])
})

test('who may not merge into the branch is refused, and so are conflicts', async () => {
  const { project, one, base } = await opened('refused')
  world.sandbox.addMember('acme/refused', 'supercargo', 30)
  const protect = { name: 'main', push_access_level: 40, merge_access_level: 40 }
  await world.rest('POST', `/projects/${project.id}/protected_branches`, protect)
  const refused = await world.rest('PUT', `${one}/merge`, {}, asBot)
  assert.deepEqual([refused.status, refused.body], [401, { message: '401 Unauthorized' }])
  const you = { kind: 'person', account: world.model.you } as const
  await commitFiles({ ...world, you }, project, 'main', { 'a.yaml': 'tag: other\n' })
  const conflict = await world.rest('PUT', `${one}/merge`, {})
  assert.deepEqual([conflict.status, conflict.body], [422, { message: 'Branch cannot be merged' }])
  const closed = await world.rest('PUT', one, { state_event: 'close' }, asBot)
  assert.equal(closed.body.state, 'closed')
  assert.equal((await world.rest('GET', `${base}?state=opened`)).body.length, 0)
})

test('a merge may wait for the pipeline of its head', async () => {
  const { project, one, head } = await opened('waiting')
  const you = world.model.you
  const pipeline = createPipeline(world.model, project, you, { oid: head, ref: 'work', status: 'running' })
  const waits = await world.rest(
    'PUT',
    `${one}/merge`,
    { merge_when_pipeline_succeeds: true, sha: head },
    asBot,
  )
  assert.deepEqual([waits.body.state, waits.body.merge_when_pipeline_succeeds], ['opened', true])
  setPipelineStatus(world.model, project, you, pipeline, 'success')
  const deadline = Date.now() + 10_000
  let state = 'opened'
  while (state === 'opened' && Date.now() < deadline) state = (await world.rest('GET', one)).body.state
  assert.equal(state, 'merged')
})

test('merge requests are listed by branch, author, state and time', async () => {
  const { project, base, one } = await opened('listed')
  await world.rest('POST', `/projects/${project.id}/repository/branches`, { branch: 'other', ref: 'work' })
  const other = {
    source_branch: 'other',
    target_branch: 'main',
    title: 'Mine',
    target_project_id: project.id,
  }
  await world.rest('POST', base, other)
  const iids = async (query: string) =>
    (await world.rest('GET', `${base}?${query}`)).body.map(({ iid }: { iid: number }) => iid)
  assert.deepEqual(await iids('source_branch=work'), [1])
  assert.deepEqual(await iids('author_username=supercargo'), [1])
  assert.deepEqual(await iids(`author_id=${world.model.you.id}`), [2])
  await world.rest('PUT', one, { state_event: 'close' }, asBot)
  assert.deepEqual(await iids('state=opened'), [2])
  assert.deepEqual(await iids('state=closed&order_by=updated_at&sort=asc'), [1])
  assert.deepEqual(await iids('state=all&order_by=created_at&sort=asc'), [1, 2])
  assert.deepEqual(await iids('updated_after=2999-01-01T00:00:00Z'), [])
  const reopened = await world.rest(
    'PUT',
    one,
    { state_event: 'reopen', description: 'New', add_labels: 'x' },
    asBot,
  )
  assert.deepEqual(
    [reopened.body.state, reopened.body.description, reopened.body.labels],
    ['opened', 'New', ['x']],
  )
})

test('deleting the source branch closes it, and pushing to it leaves a system note', async () => {
  const { project, one, push } = await opened('pushed')
  await push('tag: three\n')
  const notes = await world.rest('GET', `${one}/notes?activity_filter=only_activity`)
  assert.deepEqual(
    notes.body.map(({ system, body }: Record<string, unknown>) => [system, body]),
    [[true, 'added 1 commit\n\n[Compare with previous version]']],
  )
  await world.rest('DELETE', `/projects/${project.id}/repository/branches/work`)
  assert.equal((await world.rest('GET', one)).body.state, 'closed')
})

test('its commits, files and versions are shown, and approvals count', async () => {
  const { one, head } = await opened('shown')
  const commits = await world.rest('GET', `${one}/commits`)
  assert.deepEqual(
    commits.body.map(({ id }: { id: string }) => id),
    [head],
  )
  const diffs = await world.rest('GET', `${one}/diffs`)
  assert.deepEqual([diffs.body[0].new_path, diffs.body[0].new_file], ['a.yaml', true])
  assert.equal((await world.rest('GET', `${one}/versions`)).body[0].head_commit_sha, head)
  const approved = await world.rest('POST', `${one}/approve`, { sha: head })
  assert.deepEqual([approved.status, approved.body.approved], [201, true])
  const shown = await world.rest('GET', `${one}/approvals`, undefined, asBot)
  assert.deepEqual(
    shown.body.approved_by.map(({ user }: { user: { username: string } }) => user.username),
    ['you'],
  )
  const pipelines = await world.rest('GET', `${one}/pipelines`)
  assert.deepEqual(pipelines.body, [])
})
