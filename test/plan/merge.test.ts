import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Accept, MergeMode, Policy } from '../../src/config/model.ts'
import { GITHUB_WORDS } from '../../src/domain/vocabulary.ts'
import type { ManifestSnapshot, Mergeability } from '../../src/forge/forge.ts'
import { aftermath } from '../../src/plan/aftermath.ts'
import { plan } from '../../src/plan/plan.ts'
import { afterWriting } from '../support/applied.ts'
import { app, environment, line, MANIFESTS, manifests, oid, onMain, world } from '../support/world.ts'

const BRANCH = 'supercargo/web/staging'
const NEW = onMain(line('bbbbbbb', 'aaaaaaa'))

function consent(change: Partial<Accept> = {}): Policy {
  const from = { forge: null, glob: 'acme/web' }
  return {
    accept: [
      { from, paths: ['apps/web/**'], images: ['ghcr.io/acme/*'], merge: ['staging'], direct: [], ...change },
    ],
  }
}

function planned(snapshot: ManifestSnapshot, policy: Policy | null, merge: MergeMode = 'auto') {
  const config = { apps: [app({ environments: [environment({ merge })] })] }
  return plan(world({ config, offers: NEW, snapshot, policy: { ok: true, value: policy } }), {
    confirmRemovals: false,
  })
}

function opened(mergeability: Mergeability, policy = consent()): ManifestSnapshot {
  const snapshot = manifests('aaaaaaa')
  const written = afterWriting(snapshot, planned(snapshot, policy).actions[0])
  const state = written.changeRequests[BRANCH]
  assert.ok(state?.open)
  return { ...written, changeRequests: { [BRANCH]: { ...state, open: { ...state.open, mergeability } } } }
}

test('merge: auto merges what the forge calls clean, pinned to the head that was judged', () => {
  const { actions } = planned(opened('clean'), consent())
  assert.deepEqual(
    actions.map((action) => action.kind === 'merge-change-request' && action.wish),
    [{ number: 7, expectedHead: oid('c0de'), branch: BRANCH }],
  )
})

for (const mergeability of ['pending', 'blocked', 'unstable', 'draft'] as const) {
  test(`merge: auto leaves a change request open that is ${mergeability}, and says why`, () => {
    const { actions, standings, lookAgain } = planned(opened(mergeability), consent())
    assert.deepEqual(actions, [])
    assert.equal(standings[0]?.reason.code, `merge-${mergeability}`)
    assert.equal(lookAgain !== null, mergeability === 'pending')
  })
}

test('merge: auto looks again soon after it has opened a change request', () => {
  assert.equal(planned(manifests('aaaaaaa'), consent()).lookAgain?.seconds, 5)
})

test('merge: auto without consent acts as review and says so in the change request', () => {
  const snapshot = manifests('aaaaaaa')
  const policy = consent({ merge: [] })
  const [action] = planned(snapshot, policy).actions
  assert.ok(action?.kind === 'open-change-request')
  assert.match(action.wish.body, /A person merges this.*merge.*staging/s)
  assert.deepEqual(planned(opened('clean', policy), policy).actions, [])
})

test('without a policy a source of the same owner gets review and nothing more', () => {
  assert.deepEqual(
    planned(opened('clean'), null).actions.filter(({ kind }) => kind === 'merge-change-request'),
    [],
  )
})

test('a policy that does not name the source, the path or the image refuses with what would have to be added', () => {
  const from = { forge: null, glob: 'other/*' }
  for (const change of [{ from }, { paths: ['apps/api/**'] }, { images: ['ghcr.io/other/*'] }]) {
    const { actions, standings } = planned(manifests('aaaaaaa'), consent(change))
    assert.deepEqual(actions, [])
    assert.equal(standings[0]?.state, 'refused')
    assert.match(standings[0]?.reason.code ?? '', /not-accepted$/)
  }
})

test('a broken policy accepts nothing', () => {
  const broken = world({
    offers: NEW,
    snapshot: manifests('aaaaaaa'),
    policy: { ok: false, problems: [] },
  })
  const { actions, standings } = plan(broken, { confirmRemovals: false })
  assert.deepEqual(actions, [])
  assert.equal(standings[0]?.reason.code, 'policy-broken')
})

test('merge: direct with consent is one commit on the manifest branch, pinned to its head', () => {
  const snapshot = manifests('aaaaaaa')
  const { actions } = planned(snapshot, consent({ direct: ['staging'] }), 'direct')
  assert.deepEqual(
    actions.map(({ kind }) => kind),
    ['commit'],
  )
  assert.ok(actions[0]?.kind === 'commit')
  assert.equal(actions[0].wish.expectedHead, snapshot.base)
})

test('what was committed directly and then edited by hand is left alone', () => {
  const path = environment().path
  const policy = consent({ direct: ['staging'] })
  const history = (ours: boolean) => ({
    [path]: [{ oid: oid('1'), ours, message: 's\n\nSupercargo-Version: web/staging bbbbbbb' }],
  })
  const byBot = planned(manifests('aaaaaaa', { history: history(true) }), policy, 'direct')
  assert.deepEqual(byBot.actions, [])
  assert.equal(byBot.standings[0]?.reason.code, 'edited-by-hand')
  assert.equal(planned(manifests('aaaaaaa', { history: history(false) }), policy, 'direct').actions.length, 1)
})

test('manifests that cannot be read refuse their targets with the reason', () => {
  const unreadable = world({ offers: NEW, snapshot: manifests('aaaaaaa') })
  const reason = { code: 'repository-not-found', message: 'The repository was not found.' }
  const manifestWorlds = [{ repository: MANIFESTS, branch: null, snapshot: null, reason }]
  const { actions, standings } = plan(
    { ...unreadable, manifests: manifestWorlds },
    { confirmRemovals: false },
  )
  assert.deepEqual(actions, [])
  assert.deepEqual(standings[0]?.reason, reason)
})

test('after a pass the standings say what the next pass would say by itself', () => {
  const snapshot = manifests('aaaaaaa')
  const first = planned(snapshot, null)
  const [action] = first.actions
  assert.ok(action)
  const link = { number: 7, url: 'https://forge.example/acme/k8s-manifests/pull/7' }
  const said = aftermath(first.standings, [{ action, words: GITHUB_WORDS, opened: link, merge: null }])
  assert.deepEqual(said, planned(afterWriting(snapshot, action), null).standings)
})
