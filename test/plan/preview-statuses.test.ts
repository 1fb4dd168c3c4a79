import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PreviewTold } from '../../src/plan/explain/comment.ts'
import { previewSet } from '../../src/plan/previews/set.ts'
import type { PreviewStanding } from '../../src/plan/previews/standing.ts'
import { previewStatuses } from '../../src/plan/previews/statuses.ts'
import { app, manifests, offers, previews, pullRequest, world } from '../support/world.ts'

/** What the head of a pull request is to say when its preview stands so. */
function said(state: PreviewStanding['state'], change: Partial<PreviewTold> = {}, on = true): string[] {
  const web = app({ environments: [], previews: previews({ status: on }) })
  const request = pullRequest(12)
  const each = world({
    config: { apps: [web] },
    offers: offers({ pullRequests: { complete: true, items: [request] } }),
    snapshot: manifests('x'),
  })
  const [preview] = previewSet(each, web, previews()).previews
  assert.ok(preview)
  const told: PreviewTold = {
    app: 'web',
    preview,
    state,
    byCommit: false,
    reason: { code: 'template-not-found', message: 'There is no template.' },
    warning: null,
    changeRequestUrl: null,
    confidential: false,
    ...change,
  }
  return previewStatuses(each, [{ pullRequest: request, previews: [told] }]).flatMap((action) =>
    action.kind === 'status' ? [`${action.wish.name} ${action.wish.conclusion} ${action.wish.title}`] : [],
  )
}

test('a head says that its preview is there, or why it is not, and until then nothing', () => {
  const name = 'supercargo/preview-web'
  assert.deepEqual(said('in-git'), [`${name} success The preview of web is deployed to Git.`])
  assert.deepEqual(said('ready'), [`${name} success The preview of web is ready.`])
  assert.deepEqual(said('silent'), [
    `${name} failure The preview of web does not answer: There is no template.`,
  ])
  assert.deepEqual(said('refused'), [`${name} failure The preview of web is refused: There is no template.`])
  for (const state of [
    'not-ready',
    'deploying',
    'waiting',
    'queued',
    'sleeping',
    'down',
    'withdrawn',
  ] as const) {
    assert.deepEqual(said(state), [], state)
  }
  assert.deepEqual(said('in-git', {}, false), [])
})

test('of manifests that not everybody may know the code of a reason is said alone', () => {
  assert.deepEqual(said('refused', { confidential: true }), [
    'supercargo/preview-web failure The preview of web is refused: template-not-found',
  ])
})
