import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Accept, App } from '../../src/config/model.ts'
import type { Action } from '../../src/plan/action.ts'
import { type Plan, type PlanOptions, plan } from '../../src/plan/plan.ts'
import { GONE_SECONDS, UNSEEN_SECONDS } from '../../src/plan/previews/later.ts'
import type { World } from '../../src/plan/world.ts'
import type { PreviewPlace } from '../../src/state/state.ts'
import {
  app,
  environment,
  file,
  manifests,
  NOW,
  offers,
  oid,
  previews,
  pullRequest,
  world,
} from '../support/world.ts'

const OPTIONS: PlanOptions = { confirmRemovals: false }
const TEMPLATE = file('apps/web/preview/a.yaml', 'x: 1\n')
const PLACE = { branch: null, path: 'apps/web/previews/pr-{number}' }
const OLD = { branch: null, path: 'apps/web/old/pr-{number}' }
const MADE = { oid: oid(1), ours: true, message: 'x\n\nSupercargo-Target: web/previews' }

interface Scene {
  apps?: App[]
  /** What the state branch remembers of the app web. */
  at?: PreviewPlace[]
  files?: string[]
  history?: string[]
  direct?: boolean
  paths?: string[]
  since?: World['since']
  ended?: World['ended']
}

function scene({
  apps = [],
  at = [PLACE],
  files = ['apps/web/previews/pr-9/a.yaml'],
  ...more
}: Scene): World {
  const accept: Accept = {
    from: { forge: null, glob: 'acme/web' },
    paths: more.paths ?? ['apps/**'],
    images: ['**'],
    merge: [],
    direct: more.direct === false ? [] : ['previews'],
  }
  const history = Object.fromEntries((more.history ?? []).map((path) => [path, [MADE]]))
  return world({
    config: { apps },
    offers: offers(),
    snapshot: manifests('x', { tree: [TEMPLATE, ...files.map((path) => file(path, 'x: 1\n'))], history }),
    policy: { ok: true, value: { accept: [accept] } },
    said: { places: at.length === 0 ? {} : { web: { source: 'github:acme/web', at } } },
    since: more.since ?? {},
    ended: more.ended ?? null,
  })
}

function withPreviews(path = PLACE.path): App {
  return app({ environments: [], previews: previews({ path }) })
}

function removed({ actions }: Plan): string[] {
  return actions.flatMap((action) =>
    action.kind === 'commit' ? action.wish.changes.map(({ path }) => path) : [],
  )
}

/** The places that it writes down, by the file. */
function places(actions: readonly Action[]): Record<string, unknown> {
  return Object.fromEntries(
    actions.flatMap((action) =>
      action.kind === 'write-state'
        ? action.wish.changes.map(({ path, content }) => [
            path,
            content === null ? null : JSON.parse(content),
          ])
        : [],
    ),
  )
}

const FILE = '.supercargo/state/github/R_web/web/previews.json'

test('the place is written down before the first preview is, and once', () => {
  const items = [pullRequest(1)]
  const each = {
    ...scene({ apps: [withPreviews()], at: [], files: [] }),
    offers: offers({ pullRequests: { complete: true, items } }),
  }
  const { actions } = plan(each, OPTIONS)
  assert.deepEqual(
    actions.map(({ kind }) => kind),
    ['write-state', 'commit'],
  )
  assert.deepEqual(places(actions), { [FILE]: { source: 'github:acme/web', at: [PLACE] } })
  const known = { ...scene({ apps: [withPreviews()], files: [] }), offers: each.offers }
  assert.deepEqual(places(plan(known, OPTIONS).actions), {})
})

test('where the place could not be written down, what is there goes on and nothing new comes', () => {
  const items = [pullRequest(1), pullRequest(9)]
  const each = {
    ...scene({ apps: [withPreviews()], at: [] }),
    offers: offers({ pullRequests: { complete: true, items } }),
  }
  const tree = (text: string) => [file(TEMPLATE.path, text), file('apps/web/previews/pr-9/a.yaml', 'x: 1\n')]
  for (const one of each.manifests) if (one.snapshot !== null) one.snapshot.tree = tree('x: 2\n')
  const result = plan(each, { ...OPTIONS, placesRefused: true })
  assert.deepEqual(removed(result), ['apps/web/previews/pr-9/a.yaml'])
  assert.deepEqual(
    result.previews.map(({ reason }) => reason?.code ?? null),
    ['place-not-remembered', null],
  )
})

test('nothing is written down of an app that the policy lets have no preview, nor of one that wants none', () => {
  const items = [pullRequest(1)]
  const refused = scene({ apps: [withPreviews()], at: [], files: [], paths: ['other/**'] })
  assert.deepEqual(
    plan({ ...refused, offers: offers({ pullRequests: { complete: true, items } }) }, OPTIONS).actions,
    [],
  )
  assert.deepEqual(plan(scene({ apps: [withPreviews()], at: [], files: [] }), OPTIONS).actions, [])
})

for (const [what, apps] of [
  ['the app', []],
  ['"previews" of the app', [app({ environments: [] })]],
] as const) {
  test(`when ${what} leaves the configuration its previews go, and then its place`, () => {
    const before = plan(scene({ apps: [...apps] }), OPTIONS)
    assert.deepEqual(removed(before), ['apps/web/previews/pr-9/a.yaml'])
    assert.deepEqual(places(before.actions), {})
    const after = plan(scene({ apps: [...apps], files: [] }), OPTIONS)
    assert.deepEqual(places(after.actions), { [FILE]: null })
    assert.deepEqual([removed(after), after.standings], [[], []])
  })
}

test('when the path changes, what is at the former one goes and its place stays known until then', () => {
  const files = ['apps/web/old/pr-9/a.yaml', 'apps/web/old/README.md', 'apps/web/oldest/pr-9/a.yaml']
  const apps = [withPreviews()]
  const first = plan(scene({ apps, at: [OLD], files: [...files, 'apps/web/previews/pr-1/a.yaml'] }), OPTIONS)
  assert.deepEqual(removed(first), ['apps/web/previews/pr-1/a.yaml', 'apps/web/old/pr-9/a.yaml'])
  assert.deepEqual(places(first.actions), { [FILE]: { source: 'github:acme/web', at: [PLACE, OLD] } })
  const later = plan(scene({ apps, at: [PLACE, OLD], files: files.slice(1) }), OPTIONS)
  assert.deepEqual(places(later.actions), { [FILE]: { source: 'github:acme/web', at: [PLACE] } })
})

test('an app that only got another name keeps its previews', () => {
  const renamed = app({ name: 'site', environments: [], previews: previews() })
  const items = [pullRequest(9)]
  const each = { ...scene({ apps: [renamed] }), offers: offers({ pullRequests: { complete: true, items } }) }
  const result = plan(each, OPTIONS)
  assert.deepEqual(removed(result), [])
  assert.deepEqual(places(result.actions), {
    [FILE]: null,
    [FILE.replace('web/p', 'site/p')]: { source: 'github:acme/web', at: [PLACE] },
  })
})

test('what an environment or other previews have now at a former place is theirs', () => {
  const at = [{ branch: null, path: 'apps/web/{slug}' }]
  const files = [
    'apps/web/staging/a.yaml',
    'apps/web/previews/pr-9/a.yaml',
    'apps/web/feature/a.yaml',
    'apps/web/api/a.yaml',
  ]
  const apps = [app({ environments: [environment({ path: 'apps/web/staging' })], previews: previews() })]
  const history = ['apps/web/feature', 'apps/web/staging', 'apps/web/previews', 'apps/web/preview']
  const unread = plan(scene({ apps, at, files }), OPTIONS)
  assert.deepEqual(unread.historiesNeeded[0]?.paths, ['apps/web/feature', 'apps/web/api'])
  const foreign = scene({ apps, at, files, history })
  for (const one of foreign.manifests)
    if (one.snapshot !== null) one.snapshot.history['apps/web/api'] = [{ ...MADE, ours: false }]
  const changes = plan(foreign, OPTIONS).actions.flatMap((action) =>
    action.kind === 'commit' && action.target?.includes('former') ? action.wish.changes : [],
  )
  assert.deepEqual(
    changes.map(({ path }) => path).filter((path) => !path.startsWith('apps/web/previews/')),
    ['apps/web/feature/a.yaml'],
  )
})

test('a template without a variable removes nothing, whatever is written down', () => {
  assert.deepEqual(removed(plan(scene({ at: [{ branch: null, path: 'apps' }] }), OPTIONS)), [])
})

test('without consent for direct commits people are asked, in a change request of its own', () => {
  const { actions, standings } = plan(scene({ direct: false }), OPTIONS)
  const [action] = actions
  assert.ok(action?.kind === 'open-change-request' && actions.length === 1)
  assert.equal(action.wish.branch, 'supercargo/web/former-previews')
  assert.match(action.wish.body, /Nothing of acme\/web says any more that \*\*web\*\* has previews at/)
  assert.deepEqual(
    action.wish.commit.changes.map(({ path, content }) => [path, content]),
    [['apps/web/previews/pr-9/a.yaml', null]],
  )
  assert.deepEqual([standings[0]?.target, standings[0]?.state], ['web/former-previews', 'changing'])
})

test('nothing goes where the policy does not accept the path, the manifests are incomplete, or too many would go', () => {
  const refused = plan(scene({ paths: ['other/**'] }), OPTIONS)
  assert.deepEqual([refused.actions, refused.standings[0]?.reason.code], [[], 'path-not-accepted'])
  const cut = scene({})
  for (const each of cut.manifests) if (each.snapshot !== null) each.snapshot.complete = false
  assert.deepEqual(plan(cut, OPTIONS).actions, [])
  const files = Array.from({ length: 21 }, (_, index) => `apps/web/previews/pr-${index + 1}/a.yaml`)
  const many = plan(scene({ files }), OPTIONS)
  assert.deepEqual([many.actions, many.standings[0]?.reason.code], [[], 'too-many-removals'])
  assert.equal(removed(plan(scene({ files }), { confirmRemovals: true })).length, 21)
})

for (const [code, seconds] of [
  ['not-configured', UNSEEN_SECONDS],
  ['repository-not-found', GONE_SECONDS],
] as const) {
  test(`previews of a repository that is ${code} go when a look ${seconds / 60} minutes later says the same`, () => {
    const ended = { code, message: 'It is not there.' }
    const first = plan(scene({ ended }), OPTIONS)
    assert.deepEqual([first.actions, first.doubts], [[], [code]])
    assert.equal(first.standings[0]?.state, 'held')
    assert.deepEqual(first.lookAgain?.at, new Date(NOW.getTime() + seconds * 1000))
    const since = (ago: number) => ({ [code]: new Date(NOW.getTime() - ago * 1000) })
    assert.deepEqual(removed(plan(scene({ ended, since: since(seconds - 1) }), OPTIONS)), [])
    assert.equal(removed(plan(scene({ ended, since: since(seconds) }), OPTIONS)).length, 1)
    assert.equal(removed(plan(scene({ ended }), { confirmRemovals: true })).length, 1)
  })
}
