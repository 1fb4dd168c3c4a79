import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { App, MergeMode, Policy } from '../../src/config/model.ts'
import { parseImageName } from '../../src/domain/image.ts'
import type { ManifestFile, SourceSnapshot } from '../../src/forge/forge.ts'
import type { Action } from '../../src/plan/action.ts'
import { plan } from '../../src/plan/plan.ts'
import type { World } from '../../src/plan/world.ts'
import { applyAction } from '../support/apply-plan.ts'
import {
  app,
  environment,
  file,
  line,
  manifests,
  offers,
  oid,
  previews,
  pullRequest,
  world,
} from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }
const COMMITS = ['1aaaaaa', '2bbbbbb', '3cccccc', '4dddddd', '5eeeeee']
const NEWEST_FIRST = line(...COMMITS.toReversed())
const VERSIONS = ['v1.0.0', 'v1.1.0', 'v1.2.0-rc.1', 'v2.0.0']

/** What people and the bot have made of a repository with two apps, each with two environments and previews. */
interface Scenario {
  head: number
  tags: string[]
  pulls: number[]
  complete: boolean
  present: number[]
  presentTag: string
  inGit: number[]
  stray: boolean
  merges: MergeMode[]
  granted: { merge: boolean; direct: boolean; api: boolean }
  shared: boolean
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  head: fc.nat(COMMITS.length - 1),
  tags: fc.uniqueArray(fc.constantFrom(...VERSIONS)),
  pulls: fc.uniqueArray(fc.integer({ min: 1, max: 6 })),
  complete: fc.boolean(),
  present: fc.array(fc.nat(COMMITS.length), { minLength: 2, maxLength: 2 }),
  presentTag: fc.constantFrom('latest', ...VERSIONS),
  inGit: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }),
  stray: fc.boolean(),
  merges: fc.array(fc.constantFrom<MergeMode>('review', 'auto', 'direct'), { minLength: 5, maxLength: 5 }),
  granted: fc.record({ merge: fc.boolean(), direct: fc.boolean(), api: fc.boolean() }),
  shared: fc.boolean(),
})

function worldOf(s: Scenario): World {
  const [a = 'review', b = 'review', c = 'review', d = 'review', e = 'review'] = s.merges
  const branch = { kind: 'branch', branch: 'main' } as const
  const tag = { kind: 'tag-glob', glob: 'v*' } as const
  const apps: App[] = ['web', 'api'].map((name) => {
    const images = [parseImageName(`ghcr.io/acme/${name}`)]
    const staging = s.shared ? 'apps/shared/all.yaml' : `apps/${name}/staging`
    const modes = name === 'web' ? [a, b] : [c, d]
    return app({
      name,
      environments: [
        environment({ images, follow: branch, path: staging, merge: modes[0] ?? 'review' }),
        environment({
          name: 'production',
          images,
          follow: tag,
          path: `apps/${name}/production`,
          merge: modes[1] ?? 'review',
        }),
      ],
      previews: name === 'web' ? previews({ merge: e }) : null,
    })
  })
  return world({
    config: { apps },
    offers: offersOf(s),
    snapshot: manifests('x', { tree: treeOf(s), history: historyOf(apps) }),
    policy: { ok: true, value: policyOf(s) },
    comparisons: {},
    answers: {},
  })
}

function offersOf(s: Scenario): SourceSnapshot {
  const head = oid(COMMITS[s.head] ?? '')
  return offers({
    branches: { main: { head, commits: NEWEST_FIRST } },
    tags: {
      complete: true,
      items: s.tags.map((name) => ({ name, commit: oid(COMMITS[VERSIONS.indexOf(name)] ?? '') })),
    },
    pullRequests: { complete: s.complete, items: s.pulls.map((number) => pullRequest(number)) },
  })
}

function treeOf(s: Scenario): ManifestFile[] {
  const text = (name: string, version: string) => `---\nspec: { image: "ghcr.io/acme/${name}:${version}" }\n`
  const [web = 'latest', api = 'latest'] = s.present.map((index) => COMMITS[index] ?? 'latest')
  const staging = s.shared
    ? [file('apps/shared/all.yaml', text('web', web) + text('api', api))]
    : [file('apps/web/staging/a.yaml', text('web', web)), file('apps/api/staging/a.yaml', text('api', api))]
  return [
    ...staging,
    file('apps/web/production/a.yaml', text('web', s.presentTag)),
    file('apps/api/production/a.yaml', text('api', s.presentTag)),
    file('apps/web/preview/a.yaml', 'tag: "{tag}"\n'),
    file('README.md', '# x\n'),
    ...s.inGit.map((number) => file(`apps/web/previews/pr-${number}/a.yaml`, 'old\n')),
    ...(s.stray ? [file('apps/web/previews/README.md', 'mine\n')] : []),
  ]
}

function historyOf(apps: readonly App[]): Record<string, []> {
  return Object.fromEntries(apps.flatMap(({ environments }) => environments.map(({ path }) => [path, []])))
}

function policyOf({ granted }: Scenario): Policy {
  const from = { forge: null, glob: 'acme/web' }
  const images = ['ghcr.io/acme/**']
  const rights = { merge: granted.merge ? ['*'] : [], direct: granted.direct ? ['*'] : [] }
  return {
    accept: [
      { from, images, paths: ['apps/web/**', 'apps/shared/**'], ...rights },
      ...(granted.api ? [{ from, images, paths: ['apps/api/**'], ...rights }] : []),
    ],
  }
}

/** Carries plans out until there is nothing more to do; gives every action. */
function settle(start: World): { world: World; actions: Action[] } {
  const actions: Action[] = []
  let now = start
  for (let pass = 1; pass <= 4; pass++) {
    const planned = plan(now, OPTIONS)
    assert.deepEqual(planned, plan(now, OPTIONS))
    if (planned.actions.length === 0) return { world: now, actions }
    actions.push(...planned.actions)
    for (const action of planned.actions) now = applyAction(now, action)
  }
  assert.fail(`It does not come to rest: ${JSON.stringify(plan(now, OPTIONS).actions, null, 1)}`)
}

function changesOf(action: Action): { path: string; content: string | null }[] {
  if (action.kind === 'commit') return action.wish.changes.length > 0 ? action.wish.changes : []
  if (action.kind !== 'open-change-request' && action.kind !== 'update-change-request') return []
  return action.wish.commit.changes
}

test('a plan that was carried out leaves nothing to do, whoever merges', () => {
  fc.assert(
    fc.property(scenario, (s) => {
      const { actions } = settle(worldOf(s))
      for (const action of actions) {
        if (/^(?:open|update)|^commit$/.test(action.kind)) assert.ok(changesOf(action).length > 0)
      }
    }),
    { numRuns: 300 },
  )
})

test('one pass is enough for what people merge or what is committed directly', () => {
  fc.assert(
    fc.property(scenario, (s) => {
      // in a shared file, a direct commit of one app moves the base of another's change request
      const start = worldOf({ ...s, shared: false, granted: { ...s.granted, merge: false } })
      const after = plan(start, OPTIONS).actions.reduce(applyAction, start)
      assert.deepEqual(plan(after, OPTIONS).actions, [])
    }),
    { numRuns: 300 },
  )
})

test('nothing outside of the accepted paths is ever written or deleted', () => {
  fc.assert(
    fc.property(scenario, (s) => {
      for (const action of settle(worldOf(s)).actions) {
        for (const { path, content } of changesOf(action)) {
          assert.match(path, s.granted.api ? /^apps\/(?:web|api|shared)\// : /^apps\/(?:web|shared)\//)
          assert.doesNotMatch(path, /^apps\/web\/(?:preview\/|previews\/README)/)
          if (content === null) assert.match(path, /^apps\/web\/previews\/pr-\d+\//)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('no environment ever moves backwards, and everything that is committed directly was granted', () => {
  const versionIn = (text: string, name: string) => new RegExp(`acme/${name}:([^"]+)`).exec(text)?.[1] ?? ''
  const rank = (version: string) => (version === 'latest' ? -1 : [...COMMITS, ...VERSIONS].indexOf(version))
  fc.assert(
    fc.property(scenario, (s) => {
      const { actions } = settle(worldOf(s))
      for (const action of actions) {
        if (action.kind === 'commit') assert.ok(s.granted.direct)
        if (action.kind === 'merge-change-request') assert.ok(s.granted.merge)
        if (!('edits' in action)) continue
        for (const { before, after } of action.edits) {
          for (const name of ['web', 'api']) {
            assert.ok(rank(versionIn(after, name)) >= rank(versionIn(before, name)), `${before}${after}`)
          }
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('previews are removed only when the listing is complete, and never very many at once', () => {
  fc.assert(
    fc.property(scenario, (s) => {
      const orphans = s.inGit.filter((number) => !s.pulls.includes(number))
      for (const action of plan(worldOf(s), OPTIONS).actions) {
        const removed = changesOf(action).filter(({ content }) => content === null)
        assert.ok(removed.length === 0 || (s.complete && orphans.length <= 20))
        assert.ok(removed.every(({ path }) => orphans.includes(Number(/pr-(\d+)/.exec(path)?.[1]))))
      }
    }),
    { numRuns: 300 },
  )
})
