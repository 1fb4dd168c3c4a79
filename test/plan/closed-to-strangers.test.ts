import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Accept, Environment, Policy } from '../../src/config/model.ts'
import { plan } from '../../src/plan/plan.ts'
import type { World } from '../../src/plan/world.ts'
import {
  app,
  environment,
  file,
  kustomization,
  line,
  manifests,
  offers,
  onMain,
  previews,
  pullRequest,
  world,
} from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }
const SECRET = 'ghcr.io/acme/secret-service'

function policy(change: Partial<Accept>): Policy {
  const from = { forge: null, glob: 'acme/web' }
  const entry = { from, paths: ['apps/web/**'], images: ['ghcr.io/acme/web'], merge: [], direct: [] }
  return { accept: [{ ...entry, ...change }] }
}

function asking(value: Policy | null, change: Partial<Environment> = {}, source = 'acme/web'): World {
  const each = world({
    config: { apps: [app({ environments: [environment(change)] })] },
    offers: onMain(line('bbbbbbb', 'aaaaaaa')),
    snapshot: manifests('aaaaaaa', {
      tree: [
        file('apps/web/overlays/staging/kustomization.yaml', kustomization('5ec2e7a')),
        file('apps/secret/deployment.yaml', `spec:\n  image: ${SECRET}:v7\n`),
      ],
    }),
    policy: { ok: true, value },
  })
  return { ...each, source: { ...each.source, repository: { forge: 'github', path: source } } }
}

/** Everything that people could be told. */
function told(each: World): string {
  const { actions, standings } = plan(each, OPTIONS)
  return JSON.stringify({ actions, standings })
}

for (const path of ['apps/web/overlays/staging', 'apps/secret', 'apps/nowhere']) {
  test(`a source that the policy does not name learns nothing of ${path}`, () => {
    const strangers = [
      asking(policy({ from: { forge: null, glob: 'acme/api' } }), { path }),
      asking(null, { path }, 'evil/web'),
    ]
    for (const each of strangers) {
      const [standing] = plan(each, OPTIONS).standings
      assert.equal(standing?.state, 'refused')
      assert.match(standing.reason.code, /source-not-accepted|no-policy-other-owner/)
      assert.doesNotMatch(told(each), /5ec2e7a|secret-service|no file|There is/)
    }
  })
}

test('a source learns nothing of paths and images that are not open to it', () => {
  const paths = asking(policy({}), { path: 'apps/secret' })
  const images = asking(policy({ images: ['ghcr.io/acme/api'] }), { path: 'apps/secret' })
  const present = asking(policy({ paths: ['apps/api/**'] }))
  for (const [each, code] of [
    [paths, 'path-not-accepted'],
    [images, 'path-not-accepted'],
    [present, 'path-not-accepted'],
    [asking(policy({}), { path: 'apps/nowhere' }), 'path-not-accepted'],
  ] as const) {
    assert.equal(plan(each, OPTIONS).standings[0]?.reason.code, code)
    assert.doesNotMatch(told(each), /5ec2e7a|secret-service|no file/)
  }
})

test('a template that the policy does not open to the source is not copied into a preview', () => {
  const base = asking(policy({ direct: ['previews'] }))
  const config = { apps: [app({ environments: [], previews: previews({ template: 'apps/secret' }) })] }
  const source = offers({ pullRequests: { complete: true, items: [pullRequest(12)] } })
  const { actions, standings } = plan({ ...base, config, offers: source }, OPTIONS)
  assert.deepEqual(actions, [])
  assert.equal(standings[0]?.state, 'refused')
  assert.equal(standings[0]?.reason.code, 'path-not-accepted')
})
