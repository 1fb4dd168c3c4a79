import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy, Previews, Probe } from '../../src/config/model.ts'
import { parseTemplate } from '../../src/domain/template.ts'
import { readMemory } from '../../src/plan/explain/comment-memory.ts'
import { feedback } from '../../src/plan/feedback.ts'
import { previewDeployments } from '../../src/plan/previews/deployments.ts'
import { toldPullRequests } from '../../src/plan/previews/told.ts'
import type { PageAnswer } from '../../src/probe/probe.ts'
import { planWith } from '../support/answering.ts'
import { app, file, manifests, NOW, offers, oid, previews, pullRequest, world } from '../support/world.ts'

const POLICY: Policy = {
  accept: [
    { from: { forge: null, glob: '**' }, paths: ['**'], images: ['**'], merge: ['*'], direct: ['previews'] },
  ],
}
const PROBE: Probe = { path: null, status: [200], expect: null, within: 600 }
const URL = 'https://pr-12.web.example'
const [FIRST, SECOND] = [oid('a'), oid('b')]
const ANSWERS: PageAnswer = { answers: true }
const SILENT: PageAnswer = { answers: false, message: 'It answers 503.' }

/** One preview through time: what Git holds, what the page answers, and what the comment remembers. */
function story(change: Partial<Previews> = {}, reviewed = false) {
  let body = ''
  const inGit: Record<string, string> = {}
  return (step: { head?: string; minute?: number; page?: PageAnswer }) => {
    const { head = FIRST, minute = 0, page } = step
    const comment = body === '' ? null : { id: '1', body }
    const tree = [
      file('apps/web/preview/a.yaml', 'sha: "{sha}"\n'),
      ...Object.entries(inGit).map(([path, text]) => file(path, text)),
    ]
    const each = {
      ...world({
        config: { apps: [app({ environments: [], previews: previews({ probe: PROBE, ...change }) })] },
        offers: offers({ pullRequests: { complete: true, items: [pullRequest(12, { head, comment })] } }),
        snapshot: manifests('x', { tree }),
        policy: { ok: true, value: reviewed ? null : POLICY },
      }),
      now: new Date(NOW.getTime() + minute * 60_000),
    }
    const plan = planWith({ pages: page === undefined ? {} : { [URL]: page } }, each)
    for (const action of plan.actions) {
      if (action.kind === 'commit')
        for (const { path, content } of action.wish.changes) if (content !== null) inGit[path] = content
    }
    const told = feedback(each, plan, plan.standings).flatMap((action) =>
      action.kind === 'comment' ? [action.wish] : [],
    )
    const shown = previewDeployments(each, toldPullRequests(each, plan, plan.standings))
    body = told[0]?.body ?? body
    return {
      asked: plan.asked,
      again: plan.lookAgain,
      state: plan.previews[0]?.state,
      row: body.split('\n').find((line) => line.startsWith('| web')) ?? '',
      writes: told.length,
      news: told[0]?.id == null || told[0].anew === true,
      deployment: shown.map((action) =>
        action.kind === 'show-deployment' ? action.wish.state : action.kind,
      ),
    }
  }
}

test('a preview is deploying until its page answers, and then ready, of which alone people are told', () => {
  const step = story()
  const committed = step({})
  assert.deepEqual([committed.state, committed.asked, committed.deployment], ['deploying', [], ['running']])
  assert.match(committed.row, /\| deploying: it is in Git, and does not answer yet \|/)
  const waits = step({ minute: 1, page: SILENT })
  assert.deepEqual([waits.state, waits.writes, waits.asked.length], ['deploying', 0, 1])
  assert.equal(waits.again?.seconds, 10)
  assert.deepEqual(waits.again?.at, new Date(NOW.getTime() + 600_000))
  const ready = step({ minute: 2, page: ANSWERS })
  assert.deepEqual([ready.state, ready.news, ready.deployment], ['ready', true, ['success']])
  assert.match(ready.row, /\| ready \|/)
  assert.equal(ready.again, null)
})

test('once it has answered for its commit nobody asks it again, whatever it would answer', () => {
  const step = story()
  step({})
  step({ page: ANSWERS })
  const later = step({ minute: 60 * 24, page: SILENT })
  assert.deepEqual([later.asked, later.state, later.writes, later.again], [[], 'ready', 0, null])
})

test('a push is deployed, asked and ready in the same comment, of which nobody is told again', () => {
  const step = story()
  step({})
  step({ page: ANSWERS })
  const pushed = step({ head: SECOND, minute: 60, page: ANSWERS })
  assert.deepEqual([pushed.state, pushed.asked, pushed.deployment], ['deploying', [], ['running']])
  assert.match(pushed.row, /\| updating: it is in Git, and does not answer yet \|/)
  const ready = step({ head: SECOND, minute: 61, page: ANSWERS })
  assert.deepEqual([ready.state, ready.news, ready.asked.length], ['ready', false, 1])
})

test('one that does not answer in its time is told of once, and asked by later passes without hurry', () => {
  const step = story()
  step({})
  const inTime = step({ minute: 9.9, page: SILENT })
  assert.equal(inTime.state, 'deploying')
  const late = step({ minute: 10, page: SILENT })
  assert.deepEqual([late.state, late.news, late.deployment, late.again], ['silent', true, ['failure'], null])
  assert.match(late.row, /\| not answering: It has not answered within 10m\\?\. It answers 503/)
  const same = step({ minute: 30, page: SILENT })
  assert.deepEqual([same.state, same.writes, same.asked.length], ['silent', 0, 1])
  const healed = step({ minute: 60, page: ANSWERS })
  assert.deepEqual([healed.state, healed.news], ['ready', true])
})

test('each commit has a time of its own to answer, counted from when Git held it', () => {
  const step = story()
  step({})
  step({ head: SECOND, minute: 9 })
  assert.equal(step({ head: SECOND, minute: 15, page: SILENT }).state, 'deploying')
  assert.equal(step({ head: SECOND, minute: 19, page: SILENT }).state, 'silent')
})

test('where the operator has not allowed the host, it is deployed to Git and no more, with the reason', () => {
  const step = story()
  step({})
  const denied = step({ minute: 1 })
  assert.deepEqual([denied.state, denied.news, denied.deployment], ['in-git', true, ['success']])
  assert.match(denied.row, /\| deployed to Git: It said preview-host-denied/)
  assert.equal(denied.again, null)
  assert.equal(step({ minute: 100 }).writes, 0)
})

test('nobody asks without a probe, or before the change request is merged', () => {
  const without = story({ probe: null })
  without({})
  assert.deepEqual([without({ page: ANSWERS }).asked, without({}).state], [[], 'in-git'])
  const review = story({}, true)({ page: ANSWERS })
  assert.deepEqual([review.asked, review.state], [[], 'waiting'])
})

test('the page that is asked, its status and what it must hold are those of the configuration', () => {
  const expect = parseTemplate('"{sha:7}"', ['sha', 'tag'])
  const step = story({ probe: { ...PROBE, path: '/healthz?deep=1', status: [200, 204], expect } })
  step({})
  const { asked } = step({ page: ANSWERS })
  assert.deepEqual(asked, [
    `page ${URL}/healthz?deep=1 ${FIRST} ${JSON.stringify([[200, 204], '"a000000"'])}`,
  ])
})

test('a comment of an earlier version is remembered, although it says nothing of pages', () => {
  const row = { row: 'x', at: '2026-01-02T03:04:00Z', ready: true, failed: null, shown: null }
  const memory = readMemory(`<!-- supercargo:told:v1 ${JSON.stringify({ web: row })} -->`)
  assert.deepEqual(memory, { web: { ...row, page: null } })
})
