import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { protect } from '../../src/sandbox/model/protection.ts'
import { updatePull } from '../../src/sandbox/model/pulls.ts'
import { forkRepository, setRole, updateRepository } from '../../src/sandbox/model/repositories.ts'
import type { Repository } from '../../src/sandbox/model/types.ts'
import {
  commitFiles,
  fileText,
  fsck,
  headOf,
  type RestAnswer,
  startSandbox,
  type TestSandbox,
} from '../support/sandbox.ts'

let world: TestSandbox
before(async () => {
  world = await startSandbox()
  world.sandbox.addPerson('alice', 'token-of-alice')
})
after(() => world.close())

/** A repository with a branch `feature` that changes one file. */
async function withFeature(path: string): Promise<{ repository: Repository; base: string; head: string }> {
  const repository = await world.repository(path, { f: '0\n', g: '0\n' })
  setRole(world.model, repository, 'alice', 'write')
  const base = (await headOf(world, repository, 'main')) ?? ''
  await world.rest('POST', `/repos/${path}/git/refs`, { ref: 'refs/heads/feature', sha: base })
  const head = await commitFiles(world, repository, 'feature', { f: '1\n' }, 'Change f')
  return { repository, base, head }
}

function said({ status, body }: RestAnswer): string {
  const first = body.errors?.[0]
  return `${status} ${first?.message ?? (first === undefined ? body.message : `${first.field} ${first.code}`)}`
}

test('a pull request is opened, edited, closed and reopened, each with its webhook', async () => {
  const { head } = await withFeature('acme/life')
  const wish = { title: 'Change f', body: 'Why', head: 'feature', base: 'main' }
  const opened = await world.rest('POST', '/repos/acme/life/pulls', wish)
  assert.equal(opened.status, 201)
  const { body } = opened
  assert.deepEqual(
    [body.number, body.state, body.mergeable, body.mergeable_state],
    [1, 'open', true, 'clean'],
  )
  assert.deepEqual(
    [body.head.sha, body.head.label, body.commits, body.changed_files],
    [head, 'acme:feature', 1, 1],
  )
  assert.ok(body.html_url.endsWith('/sandbox/github/acme/life/pull/1'))
  const twin = await world.rest('POST', '/repos/acme/life/pulls', wish)
  assert.equal(said(twin), '422 A pull request already exists for acme:feature.')
  await world.rest('PATCH', '/repos/acme/life/pulls/1', { title: 'Better' })
  const edited = await world.hooks.wait('pull_request', ({ action }) => action === 'edited')
  assert.deepEqual(edited.payload.changes, { title: { from: 'Change f' } })
  assert.equal(
    (await world.rest('PATCH', '/repos/acme/life/pulls/1', { state: 'closed' })).body.state,
    'closed',
  )
  const closed = await world.hooks.wait('pull_request', ({ action }) => action === 'closed')
  assert.equal(closed.payload.pull_request.merged, false)
  assert.equal((await world.rest('PATCH', '/repos/acme/life/pulls/1', { state: 'open' })).body.state, 'open')
  await world.hooks.wait('pull_request', ({ action }) => action === 'reopened')
  const listed = await world.rest('GET', '/repos/acme/life/pulls?head=acme:feature&state=all')
  assert.equal(listed.body.length, 1)
  assert.equal((await world.rest('GET', '/repos/acme/life/pulls?head=acme:other')).body.length, 0)
})

test('what cannot become a pull request is refused in the words of GitHub', async () => {
  const { base } = await withFeature('acme/refused')
  const open = async (wish: Record<string, unknown>) =>
    said(await world.rest('POST', '/repos/acme/refused/pulls', { title: 'x', base: 'main', ...wish }))
  await world.rest('POST', '/repos/acme/refused/git/refs', { ref: 'refs/heads/same', sha: base })
  assert.equal(await open({ head: 'same' }), '422 No commits between main and same')
  assert.equal(await open({ head: 'nowhere' }), '422 head invalid')
  assert.equal(await open({ head: 'feature', base: 'nowhere' }), '422 base invalid')
  assert.equal((await world.rest('GET', '/repos/acme/refused/pulls/1')).status, 404)
})

test('a closed pull request whose branch was rewritten or deleted cannot be reopened', async () => {
  const { repository, base } = await withFeature('acme/rewritten')
  await world.rest('POST', '/repos/acme/rewritten/pulls', { title: 'x', head: 'feature', base: 'main' })
  await world.rest('PATCH', '/repos/acme/rewritten/pulls/1', { state: 'closed' })
  const ref = '/repos/acme/rewritten/git/refs/heads/feature'
  await world.rest('PATCH', ref, { sha: base, force: true })
  await commitFiles(world, repository, 'feature', { f: '2\n' })
  const reopen = async () =>
    said(await world.rest('PATCH', '/repos/acme/rewritten/pulls/1', { state: 'open' }))
  assert.match(await reopen(), /^422 state cannot be changed. The feature branch was force-pushed/)
  await world.rest('DELETE', ref)
  assert.match(await reopen(), /^422 state cannot be changed. The feature branch has been deleted/)
})

for (const method of ['merge', 'squash', 'rebase'] as const) {
  test(`a pull request is merged by ${method}`, async () => {
    const { repository, head } = await withFeature(`acme/by-${method}`)
    const path = `/repos/acme/by-${method}/pulls`
    await commitFiles(world, repository, 'main', { g: '1\n' }, 'Meanwhile on main')
    const base = await headOf(world, repository, 'main')
    await world.rest('POST', path, { title: 'Change f', head: 'feature', base: 'main' })
    const merged = await world.rest('PUT', `${path}/1/merge`, { merge_method: method, sha: head })
    assert.equal(merged.status, 200)
    assert.equal(await headOf(world, repository, 'main'), merged.body.sha)
    const { body } = await world.rest('GET', `/repos/acme/by-${method}/git/commits/${merged.body.sha}`)
    const parents = body.parents.map(({ sha }: { sha: string }) => sha)
    assert.deepEqual(parents, method === 'merge' ? [base, head] : [base])
    const messages = {
      merge: 'Merge pull request #1 from acme/feature\n\nChange f',
      squash: 'Change f (#1)',
      rebase: 'Change f',
    }
    assert.equal(body.message, messages[method])
    assert.equal(await fileText(world, repository, 'main', 'f'), '1\n')
    assert.equal(await fileText(world, repository, 'main', 'g'), '1\n')
    const { payload } = await world.hooks.wait(
      'pull_request',
      (each) => each.action === 'closed' && each.repository.name === `by-${method}`,
    )
    assert.equal(payload.pull_request.merged, true)
    assert.equal(payload.pull_request.merge_commit_sha, merged.body.sha)
    assert.equal(payload.pull_request.merged_by.login, 'you')
    assert.equal((await world.rest('GET', `${path}/1/merge`)).status, 204)
    assert.equal(await fsck(world, repository), '')
  })
}

test('only the expected head is merged, and a conflict is not', async () => {
  const { repository, head } = await withFeature('acme/expected')
  const path = '/repos/acme/expected/pulls'
  await world.rest('POST', path, { title: 'Change f', head: 'feature', base: 'main' })
  await commitFiles(world, repository, 'feature', { f: '2\n' })
  const merge = async (body: unknown) => said(await world.rest('PUT', `${path}/1/merge`, body))
  assert.equal(await merge({ sha: head }), '409 Head branch was modified. Review and try the merge again.')
  await commitFiles(world, repository, 'main', { f: 'other\n' })
  const { body } = await world.rest('GET', `${path}/1`)
  assert.deepEqual([body.mergeable, body.mergeable_state], [false, 'dirty'])
  assert.equal(await merge({}), '405 Pull Request is not mergeable')
  await updateRepository(world.model, repository, { allowSquashMerge: false })
  assert.equal(
    await merge({ merge_method: 'squash' }),
    '405 Squash merges are not allowed on this repository.',
  )
})

test('a protected branch wants its checks and reviews, and the state of the pull request says so', async () => {
  const { repository, head } = await withFeature('acme/guarded')
  const path = '/repos/acme/guarded'
  await world.rest('PUT', `${path}/branches/main/protection`, {
    required_status_checks: { strict: true, contexts: ['ci'] },
    required_pull_request_reviews: { required_approving_review_count: 1 },
    enforce_admins: true,
    restrictions: null,
  })
  await world.rest('POST', `${path}/pulls`, { title: 'x', head: 'feature', base: 'main', draft: true })
  const token = await world.token()
  const state = async () => (await world.rest('GET', `${path}/pulls/1`)).body.mergeable_state
  const merge = async () => said(await world.rest('PUT', `${path}/pulls/1/merge`, {}, { token }))
  assert.equal(await state(), 'draft')
  assert.equal(await merge(), '405 Pull Request is still a draft')
  await updatePull(world.model, repository, world.you, 1, { draft: false })
  await world.hooks.wait('pull_request', ({ action }) => action === 'ready_for_review')
  assert.equal(await state(), 'blocked')
  assert.match(await merge(), /^405 At least 1 approving review is required/)
  const own = await world.rest('POST', `${path}/pulls/1/reviews`, { event: 'APPROVE' })
  assert.equal(said(own), '422 Can not approve your own pull request')
  const alice = { token: 'token-of-alice' }
  await world.rest('POST', `${path}/pulls/1/reviews`, { event: 'APPROVE' }, alice)
  const review = await world.hooks.wait('pull_request_review')
  assert.equal(review.payload.review.state, 'approved')
  assert.equal(await merge(), '405 Required status check "ci" is expected.')
  await world.rest('POST', `${path}/statuses/${head}`, { state: 'success', context: 'ci' })
  assert.equal(await state(), 'clean')
  await world.rest('POST', `${path}/statuses/${head}`, { state: 'failure', context: 'optional' })
  assert.equal(await state(), 'unstable')
  protect(world.model, repository, 'main', { requiredChecks: ['ci'], strict: true })
  await commitFiles(world, repository, 'main', { g: '1\n' })
  assert.equal(await state(), 'behind')
  assert.match(await merge(), /^405 Head branch is not up to date/)
  const updated = await world.rest('PUT', `${path}/pulls/1/update-branch`, { expected_head_sha: head })
  assert.equal(updated.status, 202)
  assert.equal(await state(), 'blocked', 'the new head has not been checked')
})

test('mergeability is unknown at first when the forge is asked to think about it', async () => {
  await withFeature('acme/thinking')
  world.model.faults.mergeabilityUnknownFor = 2
  await world.rest('POST', '/repos/acme/thinking/pulls', { title: 'x', head: 'feature', base: 'main' })
  const answers = []
  for (let i = 0; i < 3; i++) {
    const { body } = await world.rest('GET', '/repos/acme/thinking/pulls/1')
    answers.push([body.mergeable, body.mergeable_state])
  }
  world.model.faults.clear()
  assert.deepEqual(answers, [
    [null, 'unknown'],
    [true, 'clean'],
    [true, 'clean'],
  ])
})

test('files, commits and comments of a pull request are listed', async () => {
  const { repository } = await withFeature('acme/inside')
  const path = '/repos/acme/inside'
  await commitFiles(world, repository, 'feature', { h: 'new\n' }, 'Add h')
  await world.rest('POST', `${path}/pulls`, { title: 'x', head: 'feature', base: 'main' })
  const files = await world.rest('GET', `${path}/pulls/1/files`)
  assert.deepEqual(
    files.body.map(({ filename, status, patch }: Record<string, unknown>) => [filename, status, patch]),
    [
      ['f', 'modified', '@@ -1 +1 @@\n-0\n+1'],
      ['h', 'added', '@@ -0,0 +1 @@\n+new'],
    ],
  )
  const commits = await world.rest('GET', `${path}/pulls/1/commits`)
  assert.deepEqual(
    commits.body.map(({ commit }: { commit: { message: string } }) => commit.message),
    ['Change f', 'Add h'],
  )
  const token = await world.token()
  const made = await world.rest('POST', `${path}/issues/1/comments`, { body: 'Hello' }, { token })
  assert.equal(made.body.user.login, 'supercargo[bot]')
  assert.equal(made.body.performed_via_github_app.slug, 'supercargo')
  const comment = `${path}/issues/comments/${made.body.id}`
  await world.rest('PATCH', comment, { body: 'Hello again' }, { token })
  const edited = await world.hooks.wait('issue_comment', ({ action }) => action === 'edited')
  assert.deepEqual(edited.payload.changes, { body: { from: 'Hello' } })
  assert.equal(edited.payload.issue.pull_request.html_url, edited.payload.issue.html_url)
  assert.equal((await world.rest('GET', `${path}/issues/1/comments`)).body[0].body, 'Hello again')
  assert.equal((await world.rest('GET', `${path}/issues/comments`)).body.length, 1)
  assert.equal((await world.rest('DELETE', comment, undefined, { token })).status, 204)
  assert.equal((await world.rest('GET', comment)).status, 404)
  assert.equal(
    said(await world.rest('POST', `${path}/issues/1/comments`, { body: ' ' })),
    "422 Body can't be blank",
  )
})

test('a fork has its own branches and opens pull requests on the original', async () => {
  const { repository } = await withFeature('acme/origin')
  const fork = await forkRepository(world.model, repository, 'alice')
  const head = await commitFiles(world, fork, 'feature', { f: 'from the fork\n' })
  const alice = { token: 'token-of-alice' }
  const wish = { title: 'From a fork', head: 'alice:feature', base: 'main' }
  const opened = await world.rest('POST', '/repos/acme/origin/pulls', wish, alice)
  assert.deepEqual([opened.body.head.label, opened.body.head.repo.fork], ['alice:feature', true])
  assert.equal(opened.body.head.sha, head)
  const next = await commitFiles(world, fork, 'feature', { f: 'again\n' })
  await world.hooks.wait('pull_request', ({ action, after }) => action === 'synchronize' && after === next)
  const merged = await world.rest('PUT', '/repos/acme/origin/pulls/1/merge', {})
  assert.equal(merged.status, 200)
  assert.equal(await fileText(world, repository, 'main', 'f'), 'again\n')
  assert.equal(await fsck(world, repository), '')
})
