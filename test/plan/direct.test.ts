import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { App, Policy } from '../../src/config/model.ts'
import { parseImageName } from '../../src/domain/image.ts'
import type { ManifestSnapshot, PathCommit } from '../../src/forge/forge.ts'
import { plan } from '../../src/plan/plan.ts'
import { app, environment, file, line, manifests, oid, onMain, world } from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }
const NEW = onMain(line('bbbbbbb', 'aaaaaaa'))
const SHARED = 'apps/all/deployments.yaml'
const POLICY: Policy = {
  accept: [
    {
      from: { forge: null, glob: 'acme/*' },
      paths: ['apps/**'],
      images: ['ghcr.io/acme/*'],
      merge: [],
      direct: ['*'],
    },
  ],
}

function deployment(name: string, tag: string): string {
  return `kind: Deployment\nspec:\n  containers:\n    - name: ${name}\n      image: ghcr.io/acme/${name}:${tag}\n`
}

function direct(name: string, path: string): App {
  const images = [parseImageName(`ghcr.io/acme/${name}`)]
  return app({ name, environments: [environment({ merge: 'direct', path, images })] })
}

function planned(apps: App[], snapshot: ManifestSnapshot) {
  return plan(
    world({ config: { apps }, offers: NEW, snapshot, policy: { ok: true, value: POLICY } }),
    OPTIONS,
  )
}

function committed(apps: App[], snapshot: ManifestSnapshot) {
  const { actions } = planned(apps, snapshot)
  const [action, ...others] = actions
  assert.ok(action?.kind === 'commit')
  assert.deepEqual(others, [])
  return action
}

test('two apps in one file are both in the one commit: neither undoes the other', () => {
  const tree = [file(SHARED, `${deployment('web', 'aaaaaaa')}---\n${deployment('api', 'aaaaaaa')}`)]
  const { wish } = committed([direct('web', SHARED), direct('api', SHARED)], manifests('x', { tree }))
  assert.deepEqual(wish.changes, [
    { path: SHARED, content: `${deployment('web', 'bbbbbbb')}---\n${deployment('api', 'bbbbbbb')}` },
  ])
})

test('each of several targets of one commit is found in it again: a later hand edit of any is left alone', () => {
  const apps = [direct('web', 'apps/web.yaml'), direct('api', 'apps/api.yaml')]
  const tree = [
    file('apps/web.yaml', deployment('web', 'aaaaaaa')),
    file('apps/api.yaml', deployment('api', 'aaaaaaa')),
  ]
  const snapshot = manifests('x', { tree })
  const { wish, reason } = committed(apps, snapshot)
  assert.equal(reason.message, 'It is the newest commit of branch main.')
  const history: PathCommit[] = [{ oid: oid('1'), ours: true, message: wish.message }]
  const rolledBack = { ...snapshot, history: { 'apps/web.yaml': history, 'apps/api.yaml': history } }
  const { actions, standings } = planned(apps, rolledBack)
  assert.deepEqual(actions, [])
  assert.deepEqual(
    standings.map(({ reason: { code } }) => code),
    ['edited-by-hand', 'edited-by-hand'],
  )
})
