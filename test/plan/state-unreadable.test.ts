import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MergeMode } from '../../src/config/model.ts'
import type { ManifestSnapshot } from '../../src/forge/forge.ts'
import { plan } from '../../src/plan/plan.ts'
import type { World } from '../../src/plan/world.ts'
import { afterWriting } from '../support/applied.ts'
import {
  app,
  environment,
  file,
  line,
  manifests,
  offers,
  onMain,
  previews,
  pullRequest,
  world,
} from '../support/world.ts'

const OPTIONS = { confirmRemovals: true }
const NEW = onMain(line('bbbbbbb', 'aaaaaaa'))
const POLICY = {
  accept: [{ from: { forge: null, glob: '**' }, paths: ['**'], images: ['**'], merge: ['*'], direct: ['*'] }],
}
const UNREADABLE = { ok: false as const, message: 'The branch cannot be used. Put it back.' }

function planned(each: World, isReadable: boolean) {
  const withState = each.manifests.map((one) => (isReadable ? one : { ...one, state: UNREADABLE }))
  return plan({ ...each, manifests: withState as World['manifests'] }, OPTIONS)
}

function staging(merge: MergeMode, snapshot: ManifestSnapshot): World {
  const config = { apps: [app({ environments: [environment({ merge })] })] }
  return world({ config, offers: NEW, snapshot, policy: { ok: true, value: POLICY } })
}

function kinds({ actions }: ReturnType<typeof plan>): string[] {
  return actions.map(({ kind }) => kind)
}

test('what the bot would merge is not merged while nobody knows what is locked', () => {
  const snapshot = manifests('aaaaaaa')
  const first = planned(staging('auto', snapshot), false)
  assert.deepEqual(kinds(first), ['open-change-request'])
  const open = staging('auto', afterWriting(snapshot, first.actions[0]))
  assert.deepEqual(kinds(planned(open, true)), ['merge-change-request'])
  const { actions, standings } = planned(open, false)
  assert.deepEqual(actions, [])
  const [standing] = standings
  assert.deepEqual(standing?.reason, { code: 'state-unreadable', message: UNREADABLE.message })
  assert.equal(standing?.state, 'waiting')
})

test('what would be committed directly is not committed while nobody knows what is locked', () => {
  const each = staging('direct', manifests('aaaaaaa'))
  assert.deepEqual(kinds(planned(each, true)), ['commit'])
  const { actions, standings } = planned(each, false)
  assert.deepEqual(actions, [])
  assert.equal(standings[0]?.reason.code, 'state-unreadable')
})

test('people may review and merge what they want while nobody knows what is locked', () => {
  const snapshot = manifests('aaaaaaa')
  const first = planned(staging('review', snapshot), false)
  assert.deepEqual(kinds(first), ['open-change-request'])
  const { actions, standings } = planned(staging('review', afterWriting(snapshot, first.actions[0])), false)
  assert.deepEqual([actions, standings[0]?.reason.code], [[], 'waits-for-review'])
})

test('an environment that has its version has it, whatever is locked', () => {
  for (const merge of ['review', 'auto', 'direct'] as const) {
    assert.equal(planned(staging(merge, manifests('bbbbbbb')), false).standings[0]?.state, 'current')
  }
})

for (const merge of ['review', 'auto', 'direct'] as const) {
  test(`previews stay as they are while nobody knows which of them are kept (merge: ${merge})`, () => {
    const template = file('apps/web/preview/kustomization.yaml', 'namePrefix: pr-{number}-\n')
    const orphan = file('apps/web/previews/pr-9/kustomization.yaml', 'namePrefix: pr-9-\n')
    const each = world({
      config: { apps: [app({ environments: [], previews: previews({ merge }) })] },
      offers: offers({ pullRequests: { complete: true, items: [pullRequest(4)] } }),
      snapshot: manifests('x', { tree: [template, orphan] }),
      policy: { ok: true, value: POLICY },
    })
    assert.equal(kinds(planned(each, true)).length, 1)
    const { actions, standings, orphans } = planned(each, false)
    assert.deepEqual([actions, orphans], [[], { web: null }])
    assert.deepEqual([standings[0]?.state, standings[0]?.reason.code], ['waiting', 'state-unreadable'])
  })
}
