import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MergeMode, Policy, Reviewer } from '../../src/config/model.ts'
import type { ManifestSnapshot, Mergeability } from '../../src/forge/forge.ts'
import { readBlock } from '../../src/plan/change-requests/block.ts'
import { plan } from '../../src/plan/plan.ts'
import { afterWriting } from '../support/applied.ts'
import { app, environment, line, manifests, onMain, world } from '../support/world.ts'

const BRANCH = 'supercargo/web/staging'
const NEW = onMain(line('bbbbbbb', 'aaaaaaa'))
const ALICE: Reviewer = { kind: 'user', forge: 'github', login: 'alice' }
const SRE: Reviewer = { kind: 'team', forge: 'github', path: 'acme/sre' }

function consent(reviewers: Record<string, Reviewer[]>): Policy {
  const from = { forge: null, glob: 'acme/web' }
  const entry = { from, paths: ['apps/web/**'], images: ['ghcr.io/acme/*'], merge: ['staging'], direct: [] }
  const other = { ...entry, paths: ['other/**'], reviewers: { '*': [{ ...ALICE, login: 'mallory' }] } }
  return { accept: [{ ...entry, reviewers }, { ...entry, reviewers }, other] }
}

function planned(snapshot: ManifestSnapshot, policy: Policy, merge: MergeMode) {
  const config = { apps: [app({ environments: [environment({ merge })] })] }
  const { actions } = plan(world({ config, offers: NEW, snapshot, policy: { ok: true, value: policy } }), {
    confirmRemovals: false,
  })
  return actions
}

/** The change request as it stands once it was opened by this policy. */
function opened(mergeability: Mergeability, policy: Policy, merge: MergeMode): ManifestSnapshot {
  const snapshot = manifests('aaaaaaa')
  const written = afterWriting(snapshot, planned(snapshot, policy, merge)[0])
  const state = written.changeRequests[BRANCH]
  assert.ok(state?.open)
  return { ...written, changeRequests: { [BRANCH]: { ...state, open: { ...state.open, mergeability } } } }
}

test('whom the entries name that accept the change is asked as it is opened, each once, and remembered in it', () => {
  const policy = consent({ staging: [ALICE], '*': [SRE] })
  const [action] = planned(manifests('aaaaaaa'), policy, 'review')
  assert.ok(action?.kind === 'open-change-request' && action.asks !== undefined)
  assert.deepEqual(action.asks.reviewers, { users: ['alice'], teams: [] })
  assert.deepEqual(readBlock(action.asks.body)?.reviewers, ['user:alice'])
  assert.equal(readBlock(action.wish.body)?.reviewers, undefined)
  assert.deepEqual(planned(opened('blocked', policy, 'review'), policy, 'review'), [])
})

test('who is named later is asked later, and alone', () => {
  const before = opened('blocked', consent({ '*': [ALICE] }), 'review')
  const [action, another] = planned(before, consent({ staging: [ALICE, SRE] }), 'review')
  assert.ok(action?.kind === 'ask-reviewers')
  assert.deepEqual(action.reviewers, { users: [], teams: ['acme/sre'] })
  assert.deepEqual(readBlock(action.body)?.reviewers, ['user:alice', 'team:acme/sre'])
  assert.equal(another, undefined)
})

for (const [merge, mergeability, expected] of [
  ['review', 'draft', 'nobody'],
  ['review', 'pending', 'asks'],
  ['auto', 'clean', 'merges'],
  ['auto', 'pending', 'nobody'],
  ['auto', 'unstable', 'nobody'],
  ['auto', 'blocked', 'asks'],
] as const) {
  test(`merge: ${merge}, ${mergeability}: ${expected}`, () => {
    const before = opened(mergeability, consent({}), merge)
    const kinds = planned(before, consent({ '*': [SRE] }), merge).map(({ kind }) => kind)
    const actions = { nobody: [], asks: ['ask-reviewers'], merges: ['merge-change-request'] }
    assert.deepEqual(kinds, actions[expected])
  })
}

test('a change that the bot may merge by itself asks nobody as it is opened', () => {
  const [action] = planned(manifests('aaaaaaa'), consent({ '*': [SRE] }), 'auto')
  assert.ok(action?.kind === 'open-change-request')
  assert.equal(action.asks, undefined)
})
