import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../../src/config/model.ts'
import type { ManifestSnapshot } from '../../src/forge/forge.ts'
import { aftermath } from '../../src/plan/aftermath.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { plan } from '../../src/plan/plan.ts'
import type { EnvironmentState, Said } from '../../src/state/state.ts'
import { afterMerging, afterWriting } from '../support/applied.ts'
import {
  app,
  branchState,
  changeRequest,
  environment,
  line,
  manifests,
  oid,
  onMain,
  world,
} from '../support/world.ts'

const BRANCH = 'supercargo/web/staging'
const MAIN = ['ccccccc', 'bbbbbbb', 'aaaaaaa'] as const
const SAID: Said = { by: 'alice', at: '2026-01-01T10:00:00.000Z', url: null, reason: 'it burns' }

function pin(tag: string, at = SAID.at): EnvironmentState {
  const lock = { ...SAID, at, until: null, pin: { tag, commit: oid(tag) } }
  return { lock, promotion: null }
}

function promotion(tag: string, instead: string | null): EnvironmentState {
  return { lock: null, promotion: { ...SAID, version: { tag, commit: oid(tag) }, instead } }
}

function accepts(change: { merge?: string[]; direct?: string[] } = {}): Policy {
  const from = { forge: null, glob: 'acme/web' }
  return {
    accept: [
      { from, paths: ['apps/web/**'], images: ['ghcr.io/acme/*'], merge: ['staging'], direct: [], ...change },
    ],
  }
}

interface Asked {
  said: EnvironmentState | null
  main?: readonly string[]
  policy?: Policy
  merge?: 'review' | 'auto' | 'direct'
}

function planned(
  snapshot: ManifestSnapshot,
  { said, main = MAIN, policy = accepts(), merge = 'review' }: Asked,
): Plan {
  const config = { apps: [app({ environments: [environment({ merge })] })] }
  const environments = said === null ? {} : { 'web/staging': said }
  return plan(
    world({
      config,
      offers: onMain(line(...main)),
      snapshot,
      policy: { ok: true, value: policy },
      said: { environments },
    }),
    { confirmRemovals: false },
  )
}

const kinds = ({ actions }: Plan) => actions.map(({ kind }) => kind)
const standing = ({ standings }: Plan) => [standings[0]?.state, standings[0]?.reason.code]

test('a lock with a version brings the environment back to it, and shows which commits are taken back', () => {
  const snapshot = manifests('ccccccc')
  const [action, ...others] = planned(snapshot, { said: pin('aaaaaaa') }).actions
  assert.deepEqual(others, [])
  assert.ok(action?.kind === 'open-change-request')
  assert.equal(action.merge, 'auto')
  const { title, body, commit } = action.wish
  assert.equal(title, 'web staging: ccccccc → aaaaaaa')
  assert.match(
    body,
    /### 2 commits taken back · \[compare\]\(\S+\/a{7}\.\.\.c{7}\)\n\n- \S*c{7}.*\n- \S*b{7}/,
  )
  assert.match(body, /alice wants it to be brought back and held there: it burns\./)
  assert.match(commit.message, /^Asked for by alice: it burns$/m)
  assert.match(commit.message, /^Supercargo-Asked: web\/staging 2026-01-01T10:00:00.000Z$/m)
  assert.match(commit.changes[0]?.content ?? '', /newTag: "aaaaaaa"/)
  const written = afterWriting(snapshot, action)
  assert.deepEqual(kinds(planned(written, { said: pin('aaaaaaa') })), ['merge-change-request'])
})

test('what is held at a version stays there whatever comes, and says who holds it', () => {
  for (const main of [MAIN, ['ddddddd', ...MAIN]]) {
    const held = planned(manifests('aaaaaaa'), { said: pin('aaaaaaa'), main })
    assert.deepEqual(held.actions, [])
    assert.deepEqual(standing(held), ['held', 'locked'])
    assert.match(held.standings[0]?.reason.message ?? '', /^web\/staging is held at aaaaaaa by alice since /)
  }
})

test('after a pass that has brought it back, the standing is that of the next pass', () => {
  const snapshot = afterWriting(
    manifests('ccccccc'),
    planned(manifests('ccccccc'), { said: pin('aaaaaaa') }).actions[0],
  )
  const { actions, standings } = planned(snapshot, { said: pin('aaaaaaa') })
  const [action] = actions
  assert.ok(action?.kind === 'merge-change-request')
  const { words } = world({ offers: onMain([]), snapshot })
  const merge = { merged: true as const, commit: oid('1') }
  const done = aftermath(standings, [{ action, words, opened: null, merge }])
  assert.deepEqual(done, planned(manifests('aaaaaaa'), { said: pin('aaaaaaa') }).standings)
})

test('an open change request of the newest version becomes that of the version which is wished', () => {
  const snapshot = manifests('bbbbbbb')
  const open = afterWriting(snapshot, planned(snapshot, { said: null, merge: 'review' }).actions[0])
  assert.deepEqual(kinds(planned(open, { said: pin('aaaaaaa') })), ['update-change-request'])
  assert.deepEqual(kinds(planned(open, { said: pin('bbbbbbb') })), ['close-change-request'])
})

test('without consent to merge, a person merges what is brought back', () => {
  const asked = { said: pin('aaaaaaa'), policy: accepts({ merge: [] }) }
  const snapshot = manifests('ccccccc')
  const open = afterWriting(snapshot, planned(snapshot, asked).actions[0])
  assert.deepEqual(planned(open, asked).actions, [])
  assert.deepEqual(standing(planned(open, asked)), ['waiting', 'waits-for-review'])
})

test('a version that a person once closed, or edited away, is brought back when somebody asks for it', () => {
  const snapshot = manifests('ccccccc')
  const opened = planned(snapshot, { said: pin('aaaaaaa') }).actions[0]
  assert.ok(opened?.kind === 'open-change-request')
  const before = { ...opened.wish, body: opened.wish.body.replace(/,"asked":"[^"]*"/, '') }
  const with_ = (state: 'closed' | 'merged', { title, body }: { title: string; body: string }) => ({
    ...snapshot,
    changeRequests: { [BRANCH]: branchState({ [state]: changeRequest({ title, body }) }) },
  })
  for (const state of ['closed', 'merged'] as const) {
    assert.deepEqual(kinds(planned(with_(state, before), { said: pin('aaaaaaa') })), ['open-change-request'])
    const again = planned(with_(state, opened.wish), { said: pin('aaaaaaa') })
    assert.deepEqual(again.actions, [])
    assert.deepEqual(
      standing(again),
      ['held', state === 'closed' ? 'closed-by-person' : 'edited-by-hand'],
      'what was asked for and then undone by a person is not done twice',
    )
    const anew = planned(with_(state, opened.wish), { said: pin('aaaaaaa', '2026-01-02T00:00:00.000Z') })
    assert.deepEqual(kinds(anew), ['open-change-request'])
  }
})

test('merge: direct commits what is brought back once for each time that it was asked for', () => {
  const asked = { merge: 'direct' as const, policy: accepts({ direct: ['staging'] }), said: pin('aaaaaaa') }
  const [action] = planned(manifests('ccccccc'), asked).actions
  assert.ok(action?.kind === 'commit')
  const history = { [environment().path]: [{ oid: oid('1'), ours: true, message: action.wish.message }] }
  const edited = manifests('ccccccc', { history })
  assert.deepEqual(standing(planned(edited, asked)), ['held', 'edited-by-hand'])
  const anew = { ...asked, said: pin('aaaaaaa', '2026-01-02T00:00:00.000Z') }
  assert.deepEqual(kinds(planned(edited, anew)), ['commit'])
  assert.deepEqual(kinds(planned(manifests('bbbbbbb', { history }), { ...asked, said: null })), ['commit'])
})

test('a promoted version is merged without a review of the configuration, where the policy lets the bot merge', () => {
  const snapshot = manifests('aaaaaaa')
  const review = afterWriting(snapshot, planned(snapshot, { said: null }).actions[0])
  assert.deepEqual(planned(review, { said: null }).actions, [])
  const said = promotion('ccccccc', 'ccccccc')
  assert.deepEqual(kinds(planned(review, { said })), ['describe-change-request', 'merge-change-request'])
  const policy = accepts({ merge: [] })
  assert.deepEqual(kinds(planned(review, { said, policy })), ['describe-change-request'])
})

test('a promotion of an older version than the candidate counts until the environment has it', () => {
  const said = promotion('bbbbbbb', 'ccccccc')
  const snapshot = manifests('aaaaaaa')
  const [action] = planned(snapshot, { said }).actions
  assert.ok(action?.kind === 'open-change-request')
  assert.equal(action.wish.title, 'web staging: aaaaaaa → bbbbbbb')
  assert.deepEqual(kinds(planned(afterMerging(snapshot, action), { said })), [
    'open-change-request',
    'write-state',
  ])
})

test('a promotion is over, and forgotten, when the rule has a newer version than it had', () => {
  const said = promotion('bbbbbbb', 'ccccccc')
  const { actions } = planned(manifests('aaaaaaa'), { said, main: ['ddddddd', ...MAIN] })
  const [opened, forgotten] = actions
  assert.ok(opened?.kind === 'open-change-request')
  assert.equal(opened.wish.title, 'web staging: aaaaaaa → ddddddd')
  assert.equal(opened.merge, 'review')
  assert.ok(forgotten?.kind === 'write-state')
  assert.deepEqual(
    forgotten.wish.changes.map(({ content }) => content),
    [null],
  )
})

test('a promotion never leads backwards: an environment that has gone on stays', () => {
  const { actions } = planned(manifests('ccccccc'), { said: promotion('bbbbbbb', null) })
  assert.deepEqual(
    actions.map(({ kind }) => kind),
    ['write-state'],
  )
})

test('a plain lock holds back what was promoted, and both are told', () => {
  const said = { ...promotion('bbbbbbb', 'ccccccc'), lock: { ...SAID, until: null, pin: null } }
  const held = planned(manifests('aaaaaaa'), { said })
  assert.deepEqual(held.actions, [])
  assert.deepEqual([...standing(held), held.standings[0]?.to], ['held', 'locked', 'bbbbbbb'])
})
