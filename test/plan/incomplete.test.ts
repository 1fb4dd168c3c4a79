import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseImageName } from '../../src/domain/image.ts'
import { plan } from '../../src/plan/plan.ts'
import { afterWriting } from '../support/applied.ts'
import { app, environment, file, line, manifests, oid, onMain, world } from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }
const NEW = onMain(line('bbbbbbb', 'aaaaaaa'))
const POLICY = {
  accept: [{ from: { forge: null, glob: '**' }, paths: ['**'], images: ['**'], merge: ['*'], direct: ['*'] }],
}

for (const merge of ['review', 'auto', 'direct'] as const) {
  test(`manifests that could not be read completely are neither written nor merged (merge: ${merge})`, () => {
    const parts = {
      config: { apps: [app({ environments: [environment({ merge })] })] },
      offers: NEW,
      policy: { ok: true as const, value: POLICY },
    }
    const snapshot = manifests('aaaaaaa')
    const [action] = plan(world({ ...parts, snapshot }), OPTIONS).actions
    const open = action?.kind === 'commit' ? snapshot : afterWriting(snapshot, action)
    for (const each of [snapshot, open]) {
      const { actions, standings } = plan(
        world({ ...parts, snapshot: { ...each, complete: false } }),
        OPTIONS,
      )
      assert.deepEqual(actions, [])
      assert.equal(standings[0]?.reason.code, 'manifests-incomplete')
    }
  })
}

test('however many versions the manifests show, all that must be compared is asked for at once', () => {
  const names = ['one', 'two', 'three', 'four']
  const images = names.map((name) => parseImageName(`ghcr.io/acme/${name}`))
  const text = names.map((name, i) => `---\nspec: { image: "ghcr.io/acme/${name}:${i}cccccc" }\n`).join('')
  const each = world({
    config: { apps: [app({ environments: [environment({ images, path: 'apps' })] })] },
    offers: NEW,
    snapshot: manifests('x', { tree: [file('apps/all.yaml', text)] }),
  })
  const needed = plan(each, OPTIONS).comparisonsNeeded
  assert.deepEqual(
    needed.map(({ base }) => base),
    ['0cccccc', '1cccccc', '2cccccc', '3cccccc'],
  )
  const ahead = { status: 'ahead' as const, commits: [], total: 0, url: '' }
  const comparisons = Object.fromEntries(needed.map(({ base, head }) => [`${base}...${head}`, ahead]))
  assert.equal(plan({ ...each, comparisons }, OPTIONS).actions[0]?.kind, 'open-change-request')
  const behind = { ...comparisons, [`3cccccc...${oid('bbbbbbb')}`]: { ...ahead, status: 'behind' as const } }
  assert.equal(plan({ ...each, comparisons: behind }, OPTIONS).standings[0]?.reason.code, 'never-backwards')
})
