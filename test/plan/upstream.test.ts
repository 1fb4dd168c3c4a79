import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plan } from '../../src/plan/plan.ts'
import { app, environment, file, kustomization, line, manifests, onMain, world } from '../support/world.ts'

const STAGING = 'apps/web/overlays/staging'
const PRODUCTION = 'apps/web/overlays/production'
const MAIN = ['ccccccc', 'bbbbbbb', 'aaaaaaa']

function planned(staging: string, production: string, more: Record<string, string> = {}) {
  const environments = [
    environment({ path: STAGING }),
    environment({ name: 'production', path: PRODUCTION, upstream: 'staging' }),
  ]
  const tree = [
    file(`${STAGING}/kustomization.yaml`, kustomization(staging)),
    file(`${PRODUCTION}/kustomization.yaml`, kustomization(production)),
    ...Object.entries(more).map(([path, tag]) => file(`${STAGING}/${path}`, kustomization(tag))),
  ]
  const { actions, standings } = plan(
    world({
      config: { apps: [app({ environments })] },
      offers: onMain(line(...MAIN)),
      snapshot: manifests('', { tree }),
    }),
    { confirmRemovals: false },
  )
  const opened = actions.flatMap((action) =>
    action.kind === 'open-change-request' && action.target === 'web/production' ? [action.wish] : [],
  )
  return { opened, standing: standings[1] }
}

test('an environment that follows another one gets what that one has in Git, not what its rule has', () => {
  const { opened } = planned('bbbbbbb', 'aaaaaaa')
  assert.deepEqual(
    opened.map(({ title }) => title),
    ['web production: aaaaaaa → bbbbbbb'],
  )
  assert.match(opened[0]?.body ?? '', /It is what web\/staging has\./)
})

test('it stays where it is while it has what the other one has, and never goes back with it', () => {
  assert.deepEqual(
    [planned('bbbbbbb', 'bbbbbbb').opened, planned('bbbbbbb', 'bbbbbbb').standing?.state],
    [[], 'current'],
  )
  const back = planned('aaaaaaa', 'bbbbbbb')
  assert.deepEqual([back.opened, back.standing?.reason.code], [[], 'never-backwards'])
})

test('it waits while the other one has several versions', () => {
  const { opened, standing } = planned('bbbbbbb', 'aaaaaaa', { 'other.yaml': 'ccccccc' })
  assert.deepEqual(opened, [])
  assert.deepEqual([standing?.state, standing?.reason.code], ['waiting', 'upstream-mixed'])
})
