import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayChange, mergeabilityOf } from '../../../src/forge/gitlab/mergeability.ts'
import { startStub } from '../github/stub.ts'
import { forgeFor, PROJECT, REPOSITORY } from './stub.ts'

const HEAD = 'b'.repeat(40)
const WISH = { number: 3, branch: 'supercargo/web/staging', expectedHead: HEAD }
const MERGE = `PUT ${PROJECT}/merge_requests/3/merge`

test('what GitLab says of a merge request is understood in either spelling', () => {
  const expected = {
    mergeable: 'clean',
    UNCHECKED: 'pending',
    checking: 'pending',
    preparing: 'pending',
    approvals_syncing: 'pending',
    CONFLICT: 'conflicting',
    need_rebase: 'behind',
    DRAFT_STATUS: 'draft',
    not_approved: 'blocked',
    ci_still_running: 'blocked',
    discussions_not_resolved: 'blocked',
  }
  const found = Object.keys(expected).map((status) => [status, mergeabilityOf(status, false)])
  assert.deepEqual(Object.fromEntries(found), expected)
  assert.equal(mergeabilityOf('mergeable', true), 'draft')
})

test('a status that nobody knows yet is never clean', () => {
  assert.equal(mergeabilityOf('moon_phase_wrong', false), 'blocked')
  assert.equal(mergeabilityOf(null, false), 'pending')
  assert.deepEqual([mayChange('moon_phase_wrong'), mayChange('checking')], [false, true])
})

for (const { status, state, again, reason } of [
  { status: 409, state: 'mergeable', again: true, reason: /head of the branch changed/ },
  { status: 405, state: 'not_approved', again: false, reason: /not approved/ },
  { status: 405, state: 'checking', again: true, reason: /checking/ },
  { status: 422, state: 'conflict', again: true, reason: /conflict/ },
  { status: 406, state: 'need_rebase', again: true, reason: /need rebase/ },
  { status: 401, state: 'mergeable', again: false, reason: /may not merge/ },
]) {
  test(`a merge that is refused with ${status} (${state}) says why, and whether to ask again`, async (t) => {
    const stub = await startStub(t)
    stub.on(MERGE, { status, body: { message: `${status} Refused` } })
    stub.on(`GET ${PROJECT}/merge_requests/3`, { body: { state: 'opened', detailed_merge_status: state } })
    const result = await forgeFor(stub).mergeChangeRequest(REPOSITORY, WISH)
    assert.ok(!result.merged)
    assert.equal(result.again, again)
    assert.match(result.reason, reason)
    assert.match(result.reason, /^GitLab refused to merge: .*[^.]\.$/)
    assert.deepEqual(stub.seen.find(({ method }) => method === 'PUT')?.body, { sha: HEAD })
  })
}

test('a merge that goes on in the background has not happened yet', async (t) => {
  const stub = await startStub(t)
  stub.on(MERGE, { body: { state: 'locked', sha: HEAD, merge_commit_sha: null } })
  const result = await forgeFor(stub).mergeChangeRequest(REPOSITORY, WISH)
  assert.deepEqual([result.merged, result.merged || result.again], [false, true])
  assert.deepEqual(stub.calls(), [MERGE])
})
