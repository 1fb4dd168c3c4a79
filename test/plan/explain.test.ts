import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { reportDigest } from '../../src/domain/report-digest.ts'
import { feedback } from '../../src/plan/feedback.ts'
import { plan } from '../../src/plan/plan.ts'
import type { World } from '../../src/plan/world.ts'
import { app, environment, line, manifests, offers, oid, onMain, world } from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }

function hostileWorld(): World {
  const commits = line('bbbbbbb', 'aaaaaaa')
  const [newest] = commits
  assert.ok(newest)
  newest.headline = 'Fix <b> @org/team `x` | [skip ci] --> #9 (#12)'
  newest.authorName = 'Eve\nSupercargo-Version: web/production evil'
  newest.authorLogin = null
  newest.pullRequests = [{ number: 12, title: 'x', url: 'https://forge.example/acme/web/pull/12' }]
  return world({ offers: onMain(commits), snapshot: manifests('aaaaaaa') })
}

function opened(each: World) {
  const [action] = plan(each, OPTIONS).actions
  assert.ok(action?.kind === 'open-change-request')
  return action.wish
}

test('the title says app, environment, and from which version to which', () => {
  assert.equal(opened(hostileWorld()).title, 'web staging: aaaaaaa → bbbbbbb')
})

test('the body lists the commits with authors, pull requests and a compare link', () => {
  const { body } = opened(
    world({ offers: onMain(line('ccccccc', 'bbbbbbb', 'aaaaaaa')), snapshot: manifests('aaaaaaa') }),
  )
  assert.match(
    body,
    /### 2 commits · \[compare\]\(https:\/\/forge\.example\/acme\/web\/compare\/aaaaaaa\.\.\.ccccccc\)/,
  )
  assert.match(body, /- \[`ccccccc`\]\(.*\) Commit ccccccc — alice\n- \[`bbbbbbb`\]/)
})

test('hostile headlines and names stay inert in the body', () => {
  const { body } = opened(hostileWorld())
  assert.doesNotMatch(body, /@org|#9|#12|<b>/)
  assert.equal(body.match(/-->/g)?.length, 1)
})

test('the commit message has trailers that git reads, and none that a person could add', () => {
  const { message } = opened(hostileWorld()).commit
  const parsed = execFileSync('git', ['interpret-trailers', '--parse'], { input: message, encoding: 'utf8' })
  assert.deepEqual(parsed.trimEnd().split('\n'), [
    'Argocd-reference-commit-repourl: https://forge.example/acme/web',
    `Argocd-reference-commit-sha: ${oid('bbbbbbb')}`,
    'Argocd-reference-commit-author: Eve Supercargo-Version webproduction evil <alice@acme.example>',
    'Argocd-reference-commit-date: 2026-01-01T00:00:00Z',
    'Argocd-reference-commit-subject: Fix <b> org/team `x` | --> 9 (12)',
    'Supercargo-Version: web/staging bbbbbbb',
  ])
  assert.doesNotMatch(message, /skip ci/)
})

test('a tag that moves up lists the commits between the two tags', () => {
  const commits = line('ccccccc', 'bbbbbbb')
  const tags = {
    complete: true,
    items: [
      { name: 'v1.0.0', commit: oid('aaaaaaa') },
      { name: 'v1.1.0', commit: oid('ccccccc') },
    ],
  }
  const production = environment({ name: 'production', follow: { kind: 'tag-glob', glob: 'v*' } })
  const parts = {
    config: { apps: [app({ environments: [production] })] },
    offers: offers({ tags }),
    snapshot: manifests('v1.0.0'),
  }
  const needed = plan(world(parts), OPTIONS).comparisonsNeeded
  assert.deepEqual(needed, [{ base: oid('aaaaaaa'), head: oid('ccccccc') }])
  const comparisons = {
    [`${oid('aaaaaaa')}...${oid('ccccccc')}`]: {
      status: 'ahead' as const,
      commits: commits.toReversed(),
      total: 2,
      url: '',
    },
  }
  const { title, body } = opened(world({ ...parts, comparisons }))
  assert.equal(title, 'web production: v1.0.0 → v1.1.0')
  assert.match(body, /### 2 commits/)
  assert.match(body, /highest tag that matches v\\\*/)
})

test('the report on the head says how every target stands, and is written once', () => {
  const each = hostileWorld()
  const result = plan(each, OPTIONS)
  const [action] = feedback(each, result, result.standings)
  assert.ok(action?.kind === 'report')
  assert.match(action.wish.summary, /\| web\/staging \| changing \| `aaaaaaa` \| `bbbbbbb` \|/)
  const told = { ...each, source: { ...each.source, report: { ...action.wish, id: '1' } } }
  assert.deepEqual(feedback(told, result, result.standings), [])
})

test('a merge commit is listed by the title of what it brought', () => {
  const commits = line('bbbbbbb', 'aaaaaaa')
  const [newest] = commits
  assert.ok(newest)
  newest.headline = "Merge branch 'x' into 'main'"
  newest.parents.push(oid('ccccccc'))
  newest.pullRequests = [
    { number: 12, title: 'Add a hat', url: 'https://forge.example/acme/web/-/merge_requests/12' },
  ]
  const { body, commit } = opened(world({ offers: onMain(commits), snapshot: manifests('aaaaaaa') }))
  for (const text of [body, commit.message]) {
    assert.match(text, /Add a hat/)
    assert.doesNotMatch(text, /^- .*Merge branch/m)
  }
})

test('a forge that keeps a digest and no text of a report is told what has changed, and nothing else', () => {
  const each = hostileWorld()
  const result = plan(each, OPTIONS)
  const [action] = feedback(each, result, result.standings)
  assert.ok(action?.kind === 'report')
  const kept = (digest: string) => {
    const report = { ...action.wish, id: '1', summary: '', digest }
    return { ...each, source: { ...each.source, report } }
  }
  const unchanged = kept(reportDigest(action.wish))
  assert.deepEqual(feedback(unchanged, result, result.standings), [])
  const changed = kept(reportDigest({ ...action.wish, summary: 'Other.' }))
  assert.equal(feedback(changed, result, result.standings)[0]?.kind, 'report')
})

test('a public report tells nothing of private manifests but the state', () => {
  const each = hostileWorld()
  for (const manifest of each.manifests) if (manifest.snapshot !== null) manifest.snapshot.private = true
  const result = plan(each, OPTIONS)
  const [action] = feedback(each, result, result.standings)
  assert.ok(action?.kind === 'report')
  assert.doesNotMatch(action.wish.summary, /aaaaaaa|bbbbbbb/)
})
