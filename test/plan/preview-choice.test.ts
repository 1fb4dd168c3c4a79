import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy, Previews } from '../../src/config/model.ts'
import type { SourcePullRequest } from '../../src/forge/forge.ts'
import { feedback } from '../../src/plan/feedback.ts'
import { plan } from '../../src/plan/plan.ts'
import type { World } from '../../src/plan/world.ts'
import { app, file, manifests, NOW, offers, oid, previews, pullRequest, world } from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }
const TEMPLATE = file('apps/web/preview/a.yaml', 'sha: "{sha}"\n')
const POLICY: Policy = {
  accept: [
    { from: { forge: null, glob: '**' }, paths: ['**'], images: ['**'], merge: ['*'], direct: ['previews'] },
  ],
}
const DAY = 24 * 3600

function worldOf(items: SourcePullRequest[], change: Partial<Previews>, inGit: number[] = []): World {
  const tree = [
    TEMPLATE,
    ...inGit.map((number) =>
      file(`apps/web/previews/pr-${number}/a.yaml`, `sha: "${oid(`${number}abcdef`)}"\n`),
    ),
  ]
  return world({
    config: { apps: [app({ environments: [], previews: previews(change) })] },
    offers: offers({ pullRequests: { complete: true, items } }),
    snapshot: manifests('x', { tree }),
    policy: { ok: true, value: POLICY },
  })
}

/** `+12`, `-9`: previews that the one commit adds and removes. */
function changes(each: World): string[] {
  return plan(each, OPTIONS).actions.flatMap((action) =>
    action.kind === 'commit'
      ? action.wish.changes.map(
          ({ path, content }) => `${content === null ? '-' : '+'}${/pr-(\d+)/.exec(path)?.[1]}`,
        )
      : [],
  )
}

function comments(each: World): Record<number, string> {
  const result = plan(each, OPTIONS)
  return Object.fromEntries(
    feedback(each, result, result.standings).flatMap((action) =>
      action.kind === 'comment' ? [[action.wish.number, action.wish.body]] : [],
    ),
  )
}

function active(daysAgo: number): string {
  return new Date(NOW.getTime() - daysAgo * DAY * 1000).toISOString()
}

test('a label that is needed brings a preview, and losing it takes the preview away', () => {
  const labels = { need: ['preview', 'demo'], forbid: [] }
  const items = [pullRequest(1, { labels: ['Preview'] }), pullRequest(2), pullRequest(3, { labels: ['bug'] })]
  assert.deepEqual(changes(worldOf(items, { labels }, [2])), ['+1', '-2'])
})

test('a label that is forbidden takes a preview away, whatever other labels there are', () => {
  const labels = { need: ['preview'], forbid: ['wip'] }
  const items = [pullRequest(1, { labels: ['preview', 'WIP'] }), pullRequest(2, { labels: ['preview'] })]
  assert.deepEqual(changes(worldOf(items, { labels }, [1])), ['+2', '-1'])
})

test('drafts have previews unless the configuration says otherwise', () => {
  const items = [pullRequest(1, { draft: true })]
  assert.deepEqual(changes(worldOf(items, {})), ['+1'])
  assert.deepEqual(changes(worldOf(items, { drafts: false })), [])
})

test("bots' pull requests have previews only if the configuration says so", () => {
  const items = [pullRequest(1, { byBot: true, authorLogin: 'renovate' })]
  assert.deepEqual(changes(worldOf(items, {})), [])
  assert.deepEqual(changes(worldOf(items, { bots: true })), ['+1'])
})

test('no label gives a fork a preview', () => {
  const items = [pullRequest(1, { fork: true, labels: ['preview'] })]
  assert.deepEqual(changes(worldOf(items, { labels: { need: ['preview'], forbid: [] } })), [])
})

test('the oldest pull requests have the places, and the others are told their own', () => {
  const items = [5, 3, 9, 7].map((number) => pullRequest(number))
  const each = worldOf(items, { limit: 2 }, [9])
  assert.deepEqual(changes(each), ['+3', '+5', '-9'])
  assert.match(comments(each)[7] ?? '', /web may have 2 previews at once.*number 1 in line/)
  assert.match(comments(each)[9] ?? '', /number 2 in line/)
  assert.match(comments(each)[3] ?? '', /deployed to Git/)
})

test('one person has no more places than the limit for one, which leaves room for others', () => {
  const by = (number: number, authorLogin: string) => pullRequest(number, { authorLogin })
  const items = [by(1, 'alice'), by(2, 'alice'), by(3, 'alice'), by(4, 'bob'), by(5, 'carol')]
  const each = worldOf(items, { limit: 2, limitPerAuthor: 1 })
  assert.deepEqual(changes(each), ['+1', '+4'])
  assert.match(comments(each)[3] ?? '', /alice may have 1 preview at once.*number 2 in line/)
  assert.match(comments(each)[5] ?? '', /web may have 2 previews.*number 1 in line/)
})

test('a preview goes when its time is over, is told of before, and comes back with a push', () => {
  const stands = (daysAgo: number) =>
    worldOf([pullRequest(1, { activeAt: active(daysAgo) })], { ttl: 3 * DAY }, [1])
  assert.deepEqual(changes(stands(2)), [])
  assert.doesNotMatch(comments(stands(2))[1] ?? '', /It goes on/)
  assert.match(comments(stands(2.5))[1] ?? '', /It goes on 2026-01-02T15:04:05Z unless somebody pushes/)
  assert.deepEqual(changes(stands(3)), ['-1'])
  assert.match(comments(stands(3))[1] ?? '', /Nobody has pushed for 3d/)
  assert.deepEqual(changes(worldOf([pullRequest(1, { activeAt: active(0) })], { ttl: 3 * DAY })), ['+1'])
})

test('a preview whose time is over holds no place', () => {
  const items = [pullRequest(1, { activeAt: active(9) }), pullRequest(2, { activeAt: active(1) })]
  assert.deepEqual(changes(worldOf(items, { limit: 1, ttl: 3 * DAY }, [1])), ['+2', '-1'])
})

test('the next look is at the very moment of a warning or an end, and nobody is asked before', () => {
  const look = (daysAgo: number) =>
    plan(worldOf([pullRequest(1, { activeAt: active(daysAgo) })], { ttl: 3 * DAY }, [1]), OPTIONS).lookAgain
  assert.deepEqual([look(1)?.seconds, look(1)?.at?.toISOString()], [null, '2026-01-03T09:04:05.000Z'])
  assert.equal(look(2.5)?.at?.toISOString(), '2026-01-02T15:04:05.000Z')
  assert.equal(look(3), null)
})

test('what is over and cannot be removed yet is not called gone', () => {
  const each = worldOf([pullRequest(1, { activeAt: active(9) })], { ttl: 3 * DAY }, [1])
  each.offers.pullRequests.complete = false
  assert.deepEqual(changes(each), [])
  assert.match(comments(each)[1] ?? '', /no preview is removed in this pass/)
})

test('a template can say when the preview goes', () => {
  const each = worldOf([pullRequest(1, { activeAt: active(1) })], { ttl: 3 * DAY })
  for (const { snapshot } of each.manifests)
    if (snapshot !== null) snapshot.tree = [file('apps/web/preview/a.yaml', 'expires: {expires}\n')]
  const [action] = plan(each, OPTIONS).actions
  assert.ok(action?.kind === 'commit')
  assert.equal(action.wish.changes[0]?.content, 'expires: "2026-01-04T03:04:05Z"\n')
})

test('a preview that waits for its removal is not called gone when a label was taken away', () => {
  const comment = { id: 'c', body: 'old' }
  const each = worldOf([pullRequest(1, { comment })], { labels: { need: ['preview'], forbid: [] } }, [1])
  assert.match(comments(each)[1] ?? '', /was removed/)
  each.offers.pullRequests.complete = false
  assert.deepEqual(comments(each), {})
})
