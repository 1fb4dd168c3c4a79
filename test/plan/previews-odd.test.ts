import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../../src/config/model.ts'
import type { ManifestFile, SourceSnapshot } from '../../src/forge/forge.ts'
import { feedback } from '../../src/plan/feedback.ts'
import { plan } from '../../src/plan/plan.ts'
import type { World } from '../../src/plan/world.ts'
import { app, file, manifests, offers, oid, previews, pullRequest, world } from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }
const TEMPLATE = file('apps/web/preview/a.yaml', 'sha: "{sha}"\n')
const POLICY: Policy = {
  accept: [
    { from: { forge: null, glob: '**' }, paths: ['**'], images: ['**'], merge: ['*'], direct: ['previews'] },
  ],
}

function previewWorld(source: SourceSnapshot, tree: ManifestFile[], change = {}): World {
  return world({
    config: { apps: [app({ environments: [], previews: previews(change) })] },
    offers: source,
    snapshot: manifests('x', { tree }),
    policy: { ok: true, value: POLICY },
  })
}

function comments(each: World, standings = plan(each, OPTIONS).standings): string[] {
  return feedback(each, plan(each, OPTIONS), standings).flatMap((action) =>
    action.kind === 'comment' ? [action.wish.body] : [],
  )
}

test("the bot's own change requests and branches get no previews, which would change themselves for ever", () => {
  const own = pullRequest(8, { branch: 'supercargo/web/previews' })
  const pulls = offers({ pullRequests: { complete: true, items: [own] } })
  assert.deepEqual(plan(previewWorld(pulls, [TEMPLATE]), OPTIONS).actions, [])
  const live = offers({
    liveBranches: { complete: true, items: [{ name: 'supercargo/web/staging', head: oid('a') }] },
  })
  const branches = { follow: { kind: 'branches', glob: '**' }, path: 'apps/web/previews/{slug}', url: null }
  assert.deepEqual(plan(previewWorld(live, [TEMPLATE], branches), OPTIONS).actions, [])
})

test('where a path only looks like a preview, its history must show that the bot made it', () => {
  for (const [path, there] of [
    ['apps/web-{slug}', 'apps/web-api'],
    ['archive/{number}', 'archive/2024'],
  ]) {
    const each = previewWorld(offers(), [TEMPLATE, file(`${there}/a.yaml`, 'theirs')], { path, url: null })
    const { actions, historiesNeeded } = plan(each, OPTIONS)
    assert.deepEqual(actions, [])
    assert.deepEqual(historiesNeeded[0]?.paths, [there])
  }
})

test('previews without a pull request go also when the template is gone, which is told', () => {
  const orphan = file('apps/web/previews/pr-9/a.yaml', 'x')
  const { actions, standings } = plan(previewWorld(offers(), [orphan]), OPTIONS)
  assert.deepEqual(
    actions.map((action) => action.kind === 'commit' && action.wish.changes),
    [[{ path: 'apps/web/previews/pr-9/a.yaml', content: null }]],
  )
  assert.equal(standings[0]?.reason.code, 'template-not-found')
  assert.equal(plan(previewWorld(offers(), []), OPTIONS).standings[0]?.state, 'refused')
})

test('a preview is not called gone where nobody could look', () => {
  const closed = offers({
    closedPullRequests: [pullRequest(9, { state: 'closed', comment: { id: 'c', body: 'old' } })],
  })
  const each = previewWorld(closed, [])
  const reason = { code: 'repository-not-found', message: 'The repository was not found.' }
  const unreadable = each.manifests.map(({ repository, branch }) => ({
    repository,
    branch,
    snapshot: null,
    reason,
  }))
  assert.deepEqual(comments({ ...each, manifests: unreadable }), [])
})

test('a direct commit that the forge refused is not told as done', () => {
  const source = offers({
    pullRequests: { complete: true, items: [pullRequest(12)] },
    closedPullRequests: [pullRequest(9, { state: 'closed', comment: { id: 'c', body: 'old' } })],
  })
  const each = previewWorld(source, [TEMPLATE, file('apps/web/previews/pr-9/a.yaml', 'x')])
  assert.deepEqual(
    comments(each).map((body) => /to Git|removed/.test(body)),
    [true, true],
  )
  const reason = { code: 'forge-refused', message: 'The branch is protected.' }
  const refused = plan(each, OPTIONS).standings.map((standing) => ({
    ...standing,
    state: 'refused' as const,
    reason,
  }))
  const [body, ...others] = comments(each, refused)
  assert.match(body ?? '', /The branch is protected/)
  assert.deepEqual(others, [])
})

test('a public pull request is told nothing of private manifests', () => {
  const source = offers({ pullRequests: { complete: true, items: [pullRequest(12)] } })
  for (const tree of [[], [TEMPLATE]]) {
    const each = previewWorld(source, tree, { merge: 'auto', template: 'apps/web/preview' })
    for (const { snapshot } of each.manifests) if (snapshot !== null) snapshot.private = true
    const standings = plan(each, OPTIONS).standings.map((standing) => ({
      ...standing,
      url: 'https://forge.example/acme/k8s-manifests/pull/7',
    }))
    assert.doesNotMatch(comments(each, standings).join('\n'), /k8s-manifests|apps\/web/)
  }
})
