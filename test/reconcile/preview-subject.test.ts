import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { App } from '../../src/config/model.ts'
import type { World } from '../../src/plan/world.ts'
import { byManifests, subjectOf } from '../../src/reconcile/commands/preview-subject.ts'
import { app, MANIFESTS, manifests, offers, previews, pullRequest, world } from '../support/world.ts'

const OPEN = pullRequest(1)
const FORK = pullRequest(2, { fork: true })

function worldOf(apps: App[], change: Partial<World> = {}): World {
  const items = [OPEN, FORK]
  return {
    ...world({
      config: { apps },
      offers: offers({ pullRequests: { complete: true, items } }),
      snapshot: manifests('x'),
    }),
    ...change,
  }
}

const web = app({ previews: previews() })
const branches = app({ previews: previews({ follow: { kind: 'branches', glob: '**' } }) })
const never = app({ name: 'api', previews: previews({ forks: 'never' }) })
const plain = worldOf([web])
const cut = offers({ pullRequests: { complete: false, items: [OPEN] } })
const elsewhere: World['manifests'] = [
  {
    repository: MANIFESTS,
    branch: null,
    snapshot: null,
    reason: { code: 'repository-not-found', message: 'There is no acme/k8s-manifests.' },
  },
]
const closed = plain.manifests.flatMap((each) =>
  each.snapshot === null ? [] : [{ ...each, policy: { ok: true as const, value: { accept: [] } } }],
)

const REFUSALS: [string, World, number, string | undefined, string][] = [
  ['an app that is not there', plain, 1, 'wen', 'app-unknown'],
  [
    'an archived repository',
    worldOf([web], { source: { ...plain.source, archived: true } }),
    1,
    undefined,
    'archived',
  ],
  ['a repository without previews', worldOf([app()]), 1, undefined, 'no-previews'],
  ['an app without previews', worldOf([web, app({ name: 'api' })]), 1, 'api', 'no-previews'],
  ['previews that follow branches', worldOf([branches]), 1, undefined, 'previews-follow-branches'],
  ['a pull request that is not open', plain, 9, undefined, 'not-open'],
  [
    'one that is not among those that could be read',
    worldOf([web], { offers: cut }),
    9,
    undefined,
    'listing-incomplete',
  ],
  ['a fork where forks have none', worldOf([never]), 2, undefined, 'forks-never'],
  [
    'manifests that cannot be read',
    worldOf([web], { manifests: elsewhere }),
    1,
    undefined,
    'manifests-closed',
  ],
  [
    'manifests that let the source change nothing',
    worldOf([web], { manifests: closed }),
    1,
    undefined,
    'manifests-closed',
  ],
]

for (const [title, each, number, name, code] of REFUSALS) {
  test(`nothing can be said of the preview of ${title}: ${code}`, () => {
    const found = subjectOf(each, number, name)
    assert.equal('code' in found ? found.code : 'found', code)
    if ('code' in found) {
      assert.match(found.message, /^[A-Z].*[.?"]$/)
      assert.doesNotMatch(found.message, /k8s-manifests/)
    }
  })
}

test('what is said concerns every app that has previews of pull requests, or the one that is named', () => {
  const all = worldOf([web, never, app({ name: 'docs' })])
  const names = (number: number, name?: string) => {
    const found = subjectOf(all, number, name)
    return 'code' in found ? found.code : found.apps.map((each) => each.app.name)
  }
  assert.deepEqual(names(1), ['web', 'api'])
  assert.deepEqual(names(1, 'api'), ['api'])
  assert.deepEqual(names(2), ['web'])
})

test('apps whose manifests are in one repository are spoken of in one commit', () => {
  const other = { forge: 'github' as const, path: 'acme/more' }
  const of = (name: string, repository = MANIFESTS) => ({
    app: app({ name }),
    previews: previews(),
    manifests: repository,
  })
  const groups = byManifests([of('a'), of('b', other), of('c')])
  assert.deepEqual(
    groups.map((group) => group.map((each) => each.app.name)),
    [['a', 'c'], ['b']],
  )
})
