import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../../src/config/model.ts'
import type { ManifestFile, SourceSnapshot } from '../../src/forge/forge.ts'
import type { Action } from '../../src/plan/action.ts'
import { feedback } from '../../src/plan/feedback.ts'
import { type Plan, plan } from '../../src/plan/plan.ts'
import type { World } from '../../src/plan/world.ts'
import {
  app,
  file,
  manifests,
  offers,
  oid,
  previews,
  pullRequest,
  remembering,
  world,
} from '../support/world.ts'

const TEMPLATE = file(
  'apps/web/preview/kustomization.yaml',
  'namespace: web-pr-{number}\nimages:\n  - name: ghcr.io/acme/web\n    newTag: "{tag}"\n',
)
const CONSENT: Policy = {
  accept: [
    {
      from: { forge: null, glob: 'acme/web' },
      paths: ['apps/web/**'],
      images: ['ghcr.io/acme/web'],
      merge: [],
      direct: ['previews'],
    },
  ],
}

function rendered(number: number, tag: string): ManifestFile {
  const text = (TEMPLATE.text ?? '').replace('{number}', String(number)).replace('{tag}', tag)
  return { ...file(`apps/web/previews/pr-${number}/kustomization.yaml`, text), text: null }
}

function previewWorld(source: SourceSnapshot, inGit: ManifestFile[], policy: Policy | null = CONSENT): World {
  return world({
    config: { apps: [app({ environments: [], previews: previews() })] },
    offers: source,
    snapshot: manifests('x', { tree: [TEMPLATE, ...inGit] }),
    policy: { ok: true, value: policy },
  })
}

function planned(source: SourceSnapshot, inGit: ManifestFile[], confirmRemovals = false): Plan {
  return plan(previewWorld(source, inGit), { confirmRemovals })
}

function open(...numbers: number[]): SourceSnapshot {
  return offers({ pullRequests: { complete: true, items: numbers.map((number) => pullRequest(number)) } })
}

function changesOf(action: Action | undefined): Record<string, string | null> {
  assert.ok(action?.kind === 'commit')
  return Object.fromEntries(action.wish.changes.map(({ path, content }) => [path, content]))
}

/** A commit that made previews of the app. */
const MADE = 'web previews: add 60\n\nSupercargo-Target: web/previews\n'

const TAG = oid('12abcdef').slice(0, 7)

test('an open pull request gets the template, rendered, in one direct commit', () => {
  const { actions } = planned(open(12), [])
  assert.equal(actions.length, 1)
  assert.deepEqual(changesOf(actions[0]), {
    'apps/web/previews/pr-12/kustomization.yaml': `namespace: web-pr-12\nimages:\n  - name: ghcr.io/acme/web\n    newTag: "${TAG}"\n`,
  })
})

test('previews that are as they should be change nothing', () => {
  assert.deepEqual(planned(open(12), [rendered(12, TAG)]).actions, [])
})

test('a push to the pull request updates its preview, and files that the template lost go', () => {
  const stale = { ...file('apps/web/previews/pr-12/old.yaml', 'x'), text: null }
  const changes = changesOf(planned(open(12), [rendered(12, 'old'), stale]).actions[0])
  assert.deepEqual(Object.keys(changes), [
    'apps/web/previews/pr-12/kustomization.yaml',
    'apps/web/previews/pr-12/old.yaml',
  ])
  assert.equal(changes['apps/web/previews/pr-12/old.yaml'], null)
})

test('a preview whose pull request is gone is removed, whatever event was missed', () => {
  const changes = changesOf(planned(open(12), [rendered(12, TAG), rendered(9, 'x')]).actions[0])
  assert.deepEqual(changes, { 'apps/web/previews/pr-9/kustomization.yaml': null })
})

test('a failed or partial listing removes nothing', () => {
  const partial = offers({ pullRequests: { complete: false, items: [pullRequest(12)] } })
  const { actions, standings } = planned(partial, [rendered(12, TAG), rendered(9, 'x')])
  assert.deepEqual(actions, [])
  assert.equal(standings[0]?.reason.code, 'listing-incomplete')
})

test('manifests that could not be read completely lose nothing either', () => {
  const incomplete = previewWorld(open(), [rendered(9, 'x')])
  for (const each of incomplete.manifests) if (each.snapshot !== null) each.snapshot.complete = false
  assert.deepEqual(plan(incomplete, { confirmRemovals: false }).actions, [])
})

test('what the path template did not make is never touched', () => {
  const others = [
    'apps/web/previews/README.md',
    'apps/web/previews/pr-x/a.yaml',
    'apps/web/previews/pr-09/a.yaml',
  ]
  assert.deepEqual(
    planned(
      open(),
      others.map((path) => file(path, 'x')),
    ).actions,
    [],
  )
})

test('more removals than usual need a person to confirm them', () => {
  const many = Array.from({ length: 20 + 1 }, (_, index) => rendered(index + 1, 'x'))
  assert.deepEqual(planned(open(), many).actions, [])
  assert.equal(planned(open(), many).standings[0]?.reason.code, 'too-many-removals')
  assert.equal(Object.keys(changesOf(planned(open(), many, true).actions[0])).length, many.length)
})

test('a pull request from a fork gets no preview', () => {
  const fork = offers({ pullRequests: { complete: true, items: [pullRequest(12, { fork: true })] } })
  assert.deepEqual(planned(fork, []).actions, [])
})

test('live branches that match get previews, and the default branch never does', () => {
  const branches = previews({
    follow: { kind: 'branches', glob: '*' },
    path: 'apps/web/previews/{slug}',
    url: null,
  })
  const source = offers({
    liveBranches: {
      complete: true,
      items: [
        { name: 'main', head: oid('a') },
        { name: 'topic', head: oid('12abcdef') },
      ],
    },
  })
  const base = previewWorld(source, [])
  const template = file('apps/web/preview/a.yaml', 'branch: {branch}\n')
  const { actions } = plan(
    remembering({
      ...base,
      config: { apps: [app({ environments: [], previews: branches })] },
      manifests: base.manifests.map((each) =>
        each.snapshot === null ? each : { ...each, snapshot: { ...each.snapshot, tree: [template] } },
      ),
    }),
    { confirmRemovals: false },
  )
  assert.deepEqual(changesOf(actions[0]), { 'apps/web/previews/topic/a.yaml': 'branch: topic\n' })
})

test('where a path could be any directory, only what the bot made is touched', () => {
  const bare = previews({
    follow: { kind: 'branches', glob: '*' },
    path: 'apps/{slug}',
    template: 'template',
    url: null,
  })
  const items = ['main', 'api'].map((name) => ({ name, head: oid('a') }))
  const source = offers({ liveBranches: { complete: true, items } })
  const base = previewWorld(source, [])
  const tree = [
    file('template/a.yaml', 'x: {sha}\n'),
    file('apps/api/a.yaml', 'theirs'),
    file('apps/old/a.yaml', 'ours'),
  ]
  const policy = { accept: CONSENT.accept.map((each) => ({ ...each, paths: ['apps/**', 'template/**'] })) }
  const withHistory = (history: Record<string, { oid: string; message: string; ours: boolean }[]>) =>
    plan(
      remembering({
        ...base,
        config: { apps: [app({ environments: [], previews: bare })] },
        manifests: base.manifests.map((each) =>
          each.snapshot === null
            ? each
            : { ...each, policy: { ok: true, value: policy }, snapshot: { ...each.snapshot, tree, history } },
        ),
      }),
      { confirmRemovals: false },
    )
  const unread = withHistory({})
  assert.deepEqual(unread.actions, [])
  assert.deepEqual(unread.historiesNeeded[0]?.paths, ['apps/old', 'apps/api'])
  const read = withHistory({
    'apps/api': [{ oid: oid('1'), message: '', ours: false }],
    'apps/old': [{ oid: oid('2'), message: MADE, ours: true }],
  })
  assert.deepEqual(changesOf(read.actions[0]), { 'apps/old/a.yaml': null })
  assert.deepEqual(
    read.previews.map(({ reason }) => reason?.code),
    ['not-a-preview'],
  )
})

test('without consent for direct commits the previews share one change request', () => {
  const { actions } = plan(previewWorld(open(12, 13), [], null), { confirmRemovals: false })
  assert.deepEqual(
    actions.map(({ kind }) => kind),
    ['open-change-request'],
  )
  assert.ok(actions[0]?.kind === 'open-change-request')
  assert.equal(actions[0].wish.branch, 'supercargo/web/previews')
  assert.equal(actions[0].wish.commit.changes.length, 2)
})

test('the pull request has one comment, edited in place, that says where the preview is and later that it is gone', () => {
  const first = previewWorld(open(12), [rendered(12, TAG)])
  const told = comments(first)
  assert.equal(told.length, 1)
  assert.match(told[0]?.body ?? '', /https:\/\/pr-12\.web\.example/)
  assert.equal(told[0]?.id, null)

  const comment = { id: 'c1', body: told[0]?.body ?? '' }
  const again = offers({ pullRequests: { complete: true, items: [pullRequest(12, { comment })] } })
  assert.deepEqual(comments(previewWorld(again, [rendered(12, TAG)])), [])

  const closed = offers({ closedPullRequests: [pullRequest(12, { comment, state: 'merged' })] })
  const gone = comments(previewWorld(closed, [rendered(12, TAG)]))
  assert.equal(gone[0]?.id, 'c1')
  assert.match(gone[0]?.body ?? '', /removed: this pull request was merged/)
})

test('a preview whose removal is put off is not called gone', () => {
  const comment = { id: 'c1', body: 'x' }
  const cut = offers({
    pullRequests: { complete: false, items: [] },
    closedPullRequests: [pullRequest(9, { comment, state: 'closed' })],
  })
  assert.deepEqual(comments(previewWorld(cut, [rendered(9, 'x')])), [])
})

test('a template that cannot be rendered refuses that preview and keeps the others', () => {
  const items = [pullRequest(12), pullRequest(13, { branch: 'a"b' })]
  const base = previewWorld(offers({ pullRequests: { complete: true, items } }), [])
  const template = file('apps/web/preview/a.yaml', 'branch: {branch}\n')
  for (const each of base.manifests) if (each.snapshot !== null) each.snapshot.tree = [template]
  const result = plan(base, { confirmRemovals: false })
  assert.deepEqual(Object.keys(changesOf(result.actions[0])), ['apps/web/previews/pr-12/a.yaml'])
  assert.deepEqual(
    result.previews.map(({ state }) => state),
    ['in-git', 'refused'],
  )
})

function comments(each: World): { id: string | null; body: string }[] {
  const result = plan(each, { confirmRemovals: false })
  return feedback(each, result, result.standings).flatMap((action) =>
    action.kind === 'comment' ? [action.wish] : [],
  )
}
