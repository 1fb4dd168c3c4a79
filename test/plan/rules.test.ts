import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BranchState, ManifestSnapshot } from '../../src/forge/forge.ts'
import type { Action } from '../../src/plan/action.ts'
import { readBlock, replaceBlock } from '../../src/plan/change-requests/block.ts'
import { plan } from '../../src/plan/plan.ts'
import { afterMerging, afterWriting } from '../support/applied.ts'
import { branchState, file, kustomization, line, manifests, oid, onMain, world } from '../support/world.ts'

const BRANCH = 'supercargo/web/staging'
const OPTIONS = { confirmRemovals: false }
const OLD = onMain(line('aaaaaaa'))
const NEW = onMain(line('bbbbbbb', 'aaaaaaa'))
const NEWER = onMain(line('ccccccc', 'bbbbbbb', 'aaaaaaa'))

function planned(offers: typeof OLD, snapshot: ManifestSnapshot) {
  const result = plan(world({ offers, snapshot }), OPTIONS)
  const [standing] = result.standings
  return { ...result, first: result.actions[0], code: standing?.reason.code, state: standing?.state }
}

function stateOf(snapshot: ManifestSnapshot): BranchState {
  const state = snapshot.changeRequests[BRANCH]
  assert.ok(state)
  return state
}

function opened(): ManifestSnapshot {
  const snapshot = manifests('aaaaaaa')
  return afterWriting(snapshot, planned(NEW, snapshot).first)
}

function kinds(actions: Action[]): string[] {
  return actions.map(({ kind }) => kind)
}

test('a newer commit opens one change request with the new tag and nothing else changed', () => {
  const { first, actions } = planned(NEW, manifests('aaaaaaa'))
  assert.deepEqual(kinds(actions), ['open-change-request'])
  assert.ok(first?.kind === 'open-change-request')
  assert.equal(first.wish.branch, BRANCH)
  assert.deepEqual(first.wish.commit.changes, [
    { path: 'apps/web/overlays/staging/kustomization.yaml', content: kustomization('bbbbbbb') },
  ])
})

test('planning again after the change request was opened does nothing', () => {
  const { actions, code } = planned(NEW, opened())
  assert.deepEqual(actions, [])
  assert.equal(code, 'waits-for-review')
})

test('a newer candidate updates the same change request and says what it supersedes', () => {
  const { first, actions } = planned(NEWER, opened())
  assert.deepEqual(kinds(actions), ['update-change-request'])
  assert.ok(first?.kind === 'update-change-request')
  assert.deepEqual(readBlock(first.wish.body)?.supersedes, ['bbbbbbb'])
  assert.match(first.wish.body, /Supersedes `bbbbbbb`/)
})

test('an older commit that arrives later changes nothing: an environment never moves backwards', () => {
  const history = onMain(line('bbbbbbb', 'aaaaaaa'))
  const late = {
    ...history,
    branches: { main: { head: oid('aaaaaaa'), commits: history.branches.main?.commits ?? [] } },
  }
  const { actions, code } = planned(late, manifests('bbbbbbb'))
  assert.deepEqual(actions, [])
  assert.equal(code, 'never-backwards')
})

test('history that was rewritten holds the environment until a person decides', () => {
  const rewritten = world({
    offers: NEW,
    snapshot: manifests('fffffff'),
    comparisons: { [`fffffff...${oid('bbbbbbb')}`]: { status: 'diverged', commits: [], total: 0, url: '' } },
  })
  const { actions, standings } = plan(rewritten, OPTIONS)
  assert.deepEqual(actions, [])
  assert.equal(standings[0]?.reason.code, 'diverged')
})

test('a tag that names no commit is replaced, and the body says that the commits are not known', () => {
  const { first } = planned(NEW, manifests('latest'))
  assert.ok(first?.kind === 'open-change-request')
  assert.match(first.wish.body, /cannot be listed/)
})

test('a human commit on the branch stops the bot, which says so once', () => {
  const snapshot = opened()
  const state = stateOf(snapshot)
  const touched: BranchState = {
    ...state,
    branch: state.branch && { ...state.branch, head: oid('beef'), ours: false },
  }
  const { first, actions, code } = planned(NEWER, { ...snapshot, changeRequests: { [BRANCH]: touched } })
  assert.deepEqual(kinds(actions), ['describe-change-request'])
  assert.equal(code, 'person-committed')
  assert.ok(first?.kind === 'describe-change-request' && touched.open)
  const noted = { ...touched, open: { ...touched.open, body: first.body } }
  assert.deepEqual(planned(NEWER, { ...snapshot, changeRequests: { [BRANCH]: noted } }).actions, [])
})

test('a closed change request is not opened again for the same version, but for a newer one', () => {
  const snapshot = opened()
  const closed = branchState({ closed: stateOf(snapshot).open })
  const after = { ...snapshot, changeRequests: { [BRANCH]: closed } }
  assert.deepEqual(planned(NEW, after).actions, [])
  assert.equal(planned(NEW, after).code, 'closed-by-person')
  assert.deepEqual(kinds(planned(NEWER, after).actions), ['open-change-request'])
})

test('what the bot itself closed is opened again when it is wanted again', () => {
  const snapshot = opened()
  const { open } = stateOf(snapshot)
  const block = readBlock(open?.body ?? '')
  assert.ok(open && block)
  const closed = { ...open, body: replaceBlock(open.body, { ...block, closed: 'emptied' }) }
  const after = { ...snapshot, changeRequests: { [BRANCH]: branchState({ closed }) } }
  assert.deepEqual(kinds(planned(NEW, after).actions), ['open-change-request'])
})

test('a hand-edited tag is left alone until a newer candidate exists', () => {
  const snapshot = manifests('aaaaaaa')
  const merged = afterMerging(snapshot, planned(NEW, snapshot).first)
  assert.equal(planned(NEW, merged).code, 'up-to-date')
  const edited = { ...merged, tree: manifests('aaaaaaa').tree }
  assert.deepEqual(planned(NEW, edited).actions, [])
  assert.equal(planned(NEW, edited).code, 'edited-by-hand')
  assert.deepEqual(kinds(planned(NEWER, edited).actions), ['open-change-request'])
})

test('the base moved and conflicts: the branch is rebuilt on it, and the change request stays open', () => {
  const snapshot = opened()
  const state = stateOf(snapshot)
  const tree = [file('apps/web/overlays/staging/kustomization.yaml', `# moved\n${kustomization('aaaaaaa')}`)]
  const conflicting = {
    ...state,
    open: state.open && { ...state.open, mergeability: 'conflicting' as const },
  }
  const moved = { ...snapshot, base: oid('ba5e2'), tree, changeRequests: { [BRANCH]: conflicting } }
  const { first, actions } = planned(NEW, moved)
  assert.deepEqual(kinds(actions), ['update-change-request'])
  assert.ok(first?.kind === 'update-change-request')
  assert.equal(first.wish.baseOid, oid('ba5e2'))
  assert.match(first.wish.commit.changes[0]?.content ?? '', /^# moved\n/)
})

test('the base moved elsewhere: a change request that still merges is left as it is', () => {
  assert.deepEqual(planned(NEW, { ...opened(), base: oid('ba5e2') }).actions, [])
})

test('a change request that has become empty is closed with the reason', () => {
  const emptied = { ...opened(), base: oid('ba5e2'), tree: manifests('bbbbbbb').tree }
  const { first, actions, code } = planned(NEW, emptied)
  assert.deepEqual(kinds(actions), ['close-change-request'])
  assert.equal(code, 'up-to-date')
  assert.ok(first?.kind === 'close-change-request')
  assert.match(first.wish.body, /already has everything/)
  assert.equal(readBlock(first.wish.body)?.closed, 'emptied')
})

test('a change request that a hand edit has overtaken is closed, for it would move backwards', () => {
  const overtaken = { ...opened(), tree: manifests('ccccccc').tree }
  const history = onMain(line('ccccccc', 'bbbbbbb', 'aaaaaaa'))
  const late = {
    ...history,
    branches: { main: { head: oid('bbbbbbb'), commits: history.branches.main?.commits ?? [] } },
  }
  assert.deepEqual(kinds(planned(late, overtaken).actions), ['close-change-request'])
})

test('half of a write, a branch without a change request, is healed', () => {
  const snapshot = opened()
  const half = { ...snapshot, changeRequests: { [BRANCH]: { ...stateOf(snapshot), open: null } } }
  const { first, actions } = planned(NEW, half)
  assert.deepEqual(kinds(actions), ['open-change-request'])
  assert.equal(first?.kind === 'open-change-request' && first.wish.leftover, oid('c0de'))
})

test('a left-over branch of the bot with nothing to change is deleted', () => {
  const snapshot = manifests('bbbbbbb')
  const branch = { head: oid('c0de'), parents: [snapshot.base], ours: true, tree: [] }
  const leftover = { ...snapshot, changeRequests: { [BRANCH]: branchState({ branch }) } }
  assert.deepEqual(kinds(planned(NEW, leftover).actions), ['delete-branch'])
})

test('a change request that somebody else opened from the branch is not touched', () => {
  const snapshot = opened()
  const state = stateOf(snapshot)
  const taken = { ...state, open: state.open && { ...state.open, ours: false } }
  const { actions, code } = planned(NEWER, { ...snapshot, changeRequests: { [BRANCH]: taken } })
  assert.deepEqual(actions, [])
  assert.equal(code, 'branch-taken')
})

test('an app of the same name from another repository does not take over the change request', () => {
  const snapshot = opened()
  const state = stateOf(snapshot)
  const block = readBlock(state.open?.body ?? '')
  assert.ok(block && state.open)
  const open = {
    ...state.open,
    body: replaceBlock(state.open.body, { ...block, source: 'github:other/web', sourceId: 'R_other' }),
  }
  const { actions, code } = planned(NEWER, { ...snapshot, changeRequests: { [BRANCH]: { ...state, open } } })
  assert.deepEqual(actions, [])
  assert.equal(code, 'name-taken')
})

test('a repository that was renamed goes on with its change request', () => {
  const snapshot = opened()
  const each = world({ offers: NEWER, snapshot })
  const renamed = { ...each, source: { ...each.source, repository: { forge: 'github', path: 'acme/shop' } } }
  assert.deepEqual(kinds(plan(renamed, OPTIONS).actions), ['update-change-request'])
})

test('manifests that nobody names the image in are refused with what was seen instead', () => {
  const other = kustomization('aaaaaaa').replaceAll('acme/web', 'acme/web-ui')
  const tree = [
    file('apps/web/overlays/staging/values.yaml', 'image: ghcr.io/acme/web-ui:1\n'),
    file('x', other),
  ]
  const { actions, standings } = planned(NEW, { ...manifests('aaaaaaa'), tree })
  assert.deepEqual(actions, [])
  assert.equal(standings[0]?.reason.code, 'image-not-found')
  assert.match(standings[0]?.reason.message ?? '', /acme\/web-ui/)
})
