import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MergeMode } from '../../src/config/model.ts'
import type { ManifestSnapshot } from '../../src/forge/forge.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { plan } from '../../src/plan/plan.ts'
import type { Lock } from '../../src/state/state.ts'
import { afterWriting } from '../support/applied.ts'
import { app, environment, line, manifests, NOW, onMain, world } from '../support/world.ts'

const BRANCH = 'supercargo/web/staging'
const LOCK: Lock = {
  by: 'alice',
  at: '2026-01-01T10:00:00.000Z',
  url: null,
  reason: 'looking into @acme/sre, <b>#1</b>',
  until: null,
  pin: null,
}
const POLICY = {
  accept: [
    {
      from: { forge: null, glob: 'acme/web' },
      paths: ['apps/web/**'],
      images: ['ghcr.io/acme/*'],
      merge: ['staging'],
      direct: ['staging'],
    },
  ],
}

function planned(snapshot: ManifestSnapshot, lock: Partial<Lock> | null, merge: MergeMode = 'auto'): Plan {
  const environments = {
    'web/staging': { lock: lock === null ? null : { ...LOCK, ...lock }, promotion: null },
  }
  const config = { apps: [app({ environments: [environment({ merge })] })] }
  const offers = onMain(line('bbbbbbb', 'aaaaaaa'))
  const policy = { ok: true as const, value: POLICY }
  return plan(world({ config, offers, snapshot, policy, said: { environments } }), { confirmRemovals: false })
}

/** With an open change request of the version that is wanted. */
function opened(): ManifestSnapshot {
  const snapshot = manifests('aaaaaaa')
  return afterWriting(snapshot, planned(snapshot, null).actions[0])
}

for (const merge of ['review', 'auto', 'direct'] as const) {
  test(`merge: ${merge}: nothing is proposed, merged or committed while an environment is locked, and it says why`, () => {
    const { actions, standings, lookAgain } = planned(manifests('aaaaaaa'), {}, merge)
    assert.deepEqual(actions, [])
    const [standing] = standings
    assert.deepEqual(
      [standing?.state, standing?.reason.code, standing?.from, standing?.to],
      ['held', 'locked', 'aaaaaaa', 'bbbbbbb'],
    )
    assert.equal(
      standing?.reason.message,
      'web/staging is locked by alice since 2026-01-01 10:00 UTC: looking into @acme/sre, <b>#1</b>.',
    )
    assert.equal(lookAgain, null)
  })
}

test('an open change request stays open and unmerged while its environment is locked, and says so until the lock is over', () => {
  const snapshot = opened()
  const [note, ...others] = planned(snapshot, {}).actions
  assert.deepEqual(others, [])
  assert.ok(note?.kind === 'describe-change-request')
  assert.match(note.body, /^<!-- supercargo:note -->\n> \[!NOTE\]\n> web\/staging is locked by alice since/)
  assert.doesNotMatch(note.body.split('supercargo:note')[1] ?? '', /@acme|<b>|#1/)
  const state = snapshot.changeRequests[BRANCH]
  assert.ok(state?.open)
  const noted = {
    ...snapshot,
    changeRequests: { [BRANCH]: { ...state, open: { ...state.open, body: note.body } } },
  }
  assert.deepEqual(planned(noted, {}).actions, [])
  assert.equal(planned(noted, {}).standings[0]?.url, state.open.url)
  const after = planned(noted, null).actions
  assert.deepEqual(
    after.map((action) => action.kind),
    ['describe-change-request', 'merge-change-request'],
  )
  assert.ok(after[0]?.kind === 'describe-change-request' && after[0].body === state.open.body)
})

test('an environment that has what it should have is locked as well, so that everybody sees it', () => {
  const { standings } = planned(manifests('bbbbbbb'), {})
  assert.deepEqual([standings[0]?.state, standings[0]?.reason.code], ['held', 'locked'])
})

test('a lock that is over is as none, and one that will be is looked at again in time', () => {
  const until = (seconds: number) => new Date(NOW.getTime() + seconds * 1000).toISOString()
  assert.deepEqual(planned(manifests('bbbbbbb'), { until: until(60) }).lookAgain?.at, new Date(until(60)))
  assert.match(
    planned(manifests('bbbbbbb'), { until: until(60) }).standings[0]?.reason.message ?? '',
    / until 2026-01-02 03:05 UTC: /,
  )
  for (const seconds of [0, -1]) {
    assert.deepEqual(
      planned(manifests('aaaaaaa'), { until: until(seconds) }),
      planned(manifests('aaaaaaa'), null),
    )
  }
})

test('the lock of another environment holds nothing', () => {
  const environments = { 'web/production': { lock: LOCK, promotion: null } }
  const offers = onMain(line('bbbbbbb', 'aaaaaaa'))
  const free = plan(world({ offers, snapshot: manifests('aaaaaaa'), said: { environments } }), {
    confirmRemovals: false,
  })
  assert.equal(free.actions.length, 1)
})
