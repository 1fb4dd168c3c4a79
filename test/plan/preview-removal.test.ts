import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RemovalLimit } from '../../src/config/model.ts'
import { slugOf } from '../../src/domain/slug.ts'
import type { SourceSnapshot } from '../../src/forge/forge.ts'
import { type Plan, plan } from '../../src/plan/plan.ts'
import { UNSEEN_SECONDS } from '../../src/plan/previews/later.ts'
import type { Answer } from '../../src/plan/questions.ts'
import type { World } from '../../src/plan/world.ts'
import { app, file, manifests, NOW, offers, oid, previews, pullRequest, world } from '../support/world.ts'

const POLICY = {
  accept: [
    {
      from: { forge: null, glob: 'acme/web' },
      paths: ['apps/**'],
      images: ['**'],
      merge: [],
      direct: ['previews'],
    },
  ],
}
const TEMPLATE = file('apps/web/preview/a.yaml', 'x: 1\n')
const SILENT: Answer = {
  known: false,
  reason: { code: 'forge-unavailable', message: 'GitHub answered 502.' },
  again: true,
  retryAt: null,
}

interface Scene {
  offers?: SourceSnapshot
  /** What the forge says when it is asked for them one by one; what is not here is not asked yet. */
  states?: Record<number, 'open' | 'closed' | 'merged' | null | Answer>
  since?: World['since']
  path?: string
  inGit?: string[]
  limit?: RemovalLimit
  confirmed?: boolean
  archived?: boolean
}

function planned(scene: Scene): Plan {
  const path = scene.path ?? 'apps/web/previews/pr-{number}'
  const each = previews({ path, maxRemovals: scene.limit ?? 20 })
  const inGit = (scene.inGit ?? ['apps/web/previews/pr-9']).map((one) => file(`${one}/a.yaml`, 'x: 1\n'))
  const answers = Object.entries(scene.states ?? {}).map(([number, state]) => [
    `pull-request ${number}`,
    typeof state === 'object' && state !== null ? state : { known: true, value: state },
  ])
  const made = { oid: oid(1), ours: true, message: 'x\n\nSupercargo-Target: web/previews' }
  const history = Object.fromEntries((scene.inGit ?? []).map((one) => [one, [made]]))
  const built = world({
    config: { apps: [app({ environments: [], previews: each })] },
    offers: scene.offers ?? offers(),
    snapshot: manifests('x', { tree: [TEMPLATE, ...inGit], history }),
    policy: { ok: true, value: POLICY },
    since: scene.since ?? {},
  })
  const source = { ...built.source, archived: scene.archived === true }
  return plan(
    { ...built, source, answers: Object.fromEntries(answers) },
    { confirmRemovals: scene.confirmed === true },
  )
}

function removed({ actions }: Plan): string[] {
  return actions.flatMap((action) =>
    action.kind === 'commit' ? action.wish.changes.map(({ path }) => path) : [],
  )
}

const PATH = `apps/web/previews/${slugOf(pullRequest(9).branch)}`

const GONE = ['apps/web/previews/pr-9/a.yaml']

test('a preview whose pull request is listed as closed goes without a question', () => {
  const closedPullRequests = [pullRequest(9, { state: 'merged' })]
  const result = planned({ offers: offers({ closedPullRequests }) })
  assert.deepEqual([removed(result), result.questions], [GONE, []])
})

test('one that no listing names is asked for by its number, and goes when it was closed or merged', () => {
  assert.deepEqual(planned({}).questions, [{ about: 'pull-request', number: 9 }])
  assert.deepEqual(removed(planned({})), [])
  for (const state of ['closed', 'merged'] as const)
    assert.deepEqual(removed(planned({ states: { 9: state } })), GONE)
})

test('an empty listing of a forge that says otherwise when asked removes nothing, not even what has ended', () => {
  const inGit = ['apps/web/previews/pr-8', 'apps/web/previews/pr-9']
  const result = planned({ inGit, states: { 8: 'closed', 9: 'open' } })
  assert.deepEqual(removed(result), [])
  assert.equal(result.standings[0]?.reason.code, 'listing-wrong')
  assert.deepEqual(result.lookAgain?.at, new Date(NOW.getTime() + 60_000))
  assert.deepEqual(removed(planned({ inGit, states: { 8: 'closed', 9: 'open' }, confirmed: true })), [])
})

test('what the forge cannot be asked about stays, and keeps nothing from the others', () => {
  const inGit = ['apps/web/previews/pr-8', 'apps/web/previews/pr-9']
  const result = planned({ inGit, states: { 8: SILENT, 9: 'closed' } })
  assert.deepEqual(removed(result), GONE)
  assert.equal(result.standings[0]?.reason.code, 'not-asked')
})

test('a number that the forge does not know must be unknown for a while, counted from the first look', () => {
  const name = 'web: apps/web/previews/pr-9'
  const first = planned({ states: { 9: null } })
  assert.deepEqual([removed(first), first.doubts], [[], [name]])
  assert.deepEqual(first.lookAgain?.at, new Date(NOW.getTime() + UNSEEN_SECONDS * 1000))
  const ago = (seconds: number) => ({ [name]: new Date(NOW.getTime() - seconds * 1000) })
  assert.deepEqual(removed(planned({ states: { 9: null }, since: ago(UNSEEN_SECONDS - 1) })), [])
  assert.deepEqual(removed(planned({ states: { 9: null }, since: ago(UNSEEN_SECONDS) })), GONE)
  assert.deepEqual(removed(planned({ states: { 9: null }, confirmed: true })), GONE)
})

test('where paths have no number, branches of closed pull requests tell, or time does', () => {
  const scene = { path: 'apps/web/previews/{slug}', inGit: [PATH] }
  const closedPullRequests = [pullRequest(9, { state: 'closed' })]
  assert.deepEqual(removed(planned({ ...scene, offers: offers({ closedPullRequests }) })), [`${PATH}/a.yaml`])
  const unseen = planned(scene)
  assert.deepEqual([removed(unseen), unseen.questions.length, unseen.doubts.length], [[], 0, 1])
})

test('an archived repository needs no witness: the forge has said it', () => {
  assert.deepEqual(removed(planned({ archived: true })), GONE)
})

for (const [limit, count, goes] of [
  [2, 2, true],
  [2, 3, false],
  [{ percent: 50 }, 2, true],
  [{ percent: 50 }, 3, false],
  [{ percent: 1 }, 1, true],
  [{ percent: 100 }, 4, true],
] as const) {
  const shown = typeof limit === 'number' ? limit : `${limit.percent}%`
  test(`of four previews ${count} ${goes ? 'go' : 'stay'} at once with maxRemovals: ${shown}`, () => {
    const numbers = [1, 2, 3, 4]
    const items = numbers.slice(count).map((number) => pullRequest(number))
    const scene: Scene = {
      limit,
      inGit: numbers.map((number) => `apps/web/previews/pr-${number}`),
      offers: offers({ pullRequests: { complete: true, items } }),
      states: Object.fromEntries(numbers.slice(0, count).map((number) => [number, 'closed' as const])),
    }
    assert.equal(removed(planned(scene)).length, goes ? count : 0)
    assert.equal(removed(planned({ ...scene, confirmed: true })).length, count)
    if (!goes) assert.equal(planned(scene).standings[0]?.reason.code, 'too-many-removals')
  })
}

test('live branches that are listed without the default branch are no listing', () => {
  const branches = previews({
    follow: { kind: 'branches', glob: '*' },
    path: 'apps/web/previews/{slug}',
    url: null,
  })
  const path = 'apps/web/previews/old'
  const made = { oid: oid(1), ours: true, message: 'x\n\nSupercargo-Target: web/previews' }
  const with_ = (names: string[]) =>
    plan(
      world({
        config: { apps: [app({ environments: [], previews: branches })] },
        offers: offers({
          liveBranches: { complete: true, items: names.map((name) => ({ name, head: oid('a') })) },
        }),
        snapshot: manifests('x', {
          tree: [TEMPLATE, file(`${path}/a.yaml`, 'x: 1\n')],
          history: { [path]: [made] },
        }),
        policy: { ok: true, value: POLICY },
      }),
      { confirmRemovals: false },
    )
  assert.deepEqual(removed(with_([])), [])
  assert.equal(with_([]).standings[0]?.reason.code, 'listing-incomplete')
  assert.deepEqual(removed(with_(['main'])), [`${path}/a.yaml`])
})
