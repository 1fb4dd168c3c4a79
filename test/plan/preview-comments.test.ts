import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GITHUB_WORDS } from '../../src/domain/vocabulary.ts'
import { COMMENT_MARKER, type PreviewTold, previewComment } from '../../src/plan/explain/comment.ts'
import { readMemory } from '../../src/plan/explain/comment-memory.ts'
import type { PreviewStanding } from '../../src/plan/previews/standing.ts'
import { NOTHING_SAID_OF_IT } from '../../src/state/preview.ts'
import { oid, pullRequest } from '../support/world.ts'

const FIRST = new Date('2026-01-02T03:04:05Z')
const LATER = new Date('2026-01-02T05:06:07Z')
const IMAGE = { code: 'waits-for-image', message: 'aaaaaaa waits for its image ghcr.io/acme/web:aaaaaaa.' }

function told(
  state: PreviewStanding['state'],
  change: Partial<PreviewTold> = {},
  head = oid('a'),
): PreviewTold {
  const preview = {
    path: 'apps/web/previews/pr-12',
    branch: 'feature/login',
    head,
    tag: head.slice(0, 7),
    url: 'https://pr-12.web.example',
    pullRequest: pullRequest(12),
    values: {},
    said: NOTHING_SAID_OF_IT,
    expires: null,
    asleep: false,
  }
  return {
    app: 'web',
    preview,
    state,
    byCommit: false,
    reason: null,
    warning: null,
    changeRequestUrl: null,
    confidential: false,
    ...change,
  }
}

/** What the comment becomes one after the other, and whether people are told of it. */
function said(...steps: [PreviewTold[], Date][]): { body: string; news: boolean }[] {
  let body = ''
  return steps.map(([previews, now]) => {
    const text = previewComment(previews, GITHUB_WORDS, {
      before: readMemory(body),
      shown: {},
      statuses: {},
      now,
    })
    body = text.body
    return text
  })
}

test('the same state says the same, whenever it is looked at, with the time at which it began', () => {
  const [first, again, pushed] = said(
    [[told('in-git')], FIRST],
    [[told('in-git')], LATER],
    [[told('in-git', {}, oid('b'))], LATER],
  )
  assert.match(first?.body ?? '', /\| 2026-01-02 03:04 UTC \|/)
  assert.equal(again?.body, first?.body)
  assert.match(pushed?.body ?? '', /\| 2026-01-02 05:06 UTC \|/)
})

test('each app of a pull request keeps a time of its own', () => {
  const [, second] = said(
    [[told('in-git'), told('in-git', { app: 'api' })], FIRST],
    [[told('in-git'), told('not-ready', { app: 'api', reason: IMAGE })], LATER],
  )
  assert.match(second?.body ?? '', /\| web \| .* 03:04 UTC \|\n\| api \| .* 05:06 UTC \|/)
})

test('people are told when there is something to look at for the first time, and once of the failure of a commit', () => {
  const refused = told('refused', {
    reason: { code: 'template-not-found', message: 'There is no template.' },
  })
  const steps = said(
    [[told('not-ready', { reason: IMAGE })], FIRST],
    [[told('in-git')], FIRST],
    [[told('not-ready', { reason: IMAGE }, oid('b'))], FIRST],
    [[told('in-git', {}, oid('b'))], FIRST],
    [[refused], FIRST],
    [[told('in-git')], FIRST],
    [[refused], FIRST],
    [[{ ...refused, preview: { ...refused.preview, head: oid('c') } }], FIRST],
  )
  assert.deepEqual(
    steps.map(({ news }) => news),
    [false, true, false, false, true, false, false, true],
  )
})

test('every state is said in words, and what is deployed to Git is called no more than that', () => {
  const url = 'https://forge.example/acme/k8s-manifests/pull/7'
  const state = (each: PreviewTold) =>
    said([[each], FIRST])[0]
      ?.body.split('\n')
      .find((line) => line.startsWith('| web'))
  assert.match(state(told('in-git')) ?? '', /^\| web \| deployed to Git \|/)
  assert.match(state(told('not-ready', { reason: IMAGE })) ?? '', /waiting for the image: aaaaaaa waits for/)
  assert.match(
    state(told('waiting', { changeRequestUrl: url })) ?? '',
    new RegExp(`waiting for review: \\[the change request\\]\\(${url}\\) must be merged`),
  )
  const reason = { code: 'template-not-found', message: 'There is no template at apps/web.' }
  assert.match(state(told('refused', { reason })) ?? '', /refused: There is no template at apps\/web/)
  assert.match(state(told('refused', { reason, confidential: true })) ?? '', /refused: `template-not-found`/)
})

test('where there is a time to live, the comment says when the preview goes, and warns of it', () => {
  const at = new Date('2026-01-05T00:00:00Z')
  const preview = { ...told('in-git').preview, expires: { at, warnAt: at, extendedBy: null } }
  const [text] = said([[told('in-git', { preview, warning: 'It goes soon.' })], FIRST])
  assert.match(text?.body ?? '', /\| app \| state \| URL \| commit \| expires \| updated \|/)
  assert.match(text?.body ?? '', /deployed to Git\. \*\*It goes soon\.\*\* .* \| 2026-01-05 00:00 UTC \|/)
  const reason = { code: 'expired', message: 'Its time is over.' }
  assert.match(said([[told('expired', { reason })], FIRST])[0]?.body ?? '', /removed: Its time is over/)
  assert.match(said([[told('queued', { reason })], FIRST])[0]?.body ?? '', /waiting for a place: /)
})

test('requirement 18: what a person wrote into the comment is no memory, and many apps stay below the limit of the forge', () => {
  assert.deepEqual(readMemory('<!-- supercargo:told:v1 {"web":{"at":"<script>"}} -->'), {})
  assert.deepEqual(readMemory('<!-- supercargo:told:v1 [ -->'), {})
  const reason = { code: 'x', message: 'why '.repeat(200) }
  const apps = Array.from({ length: 100 }, (_, i) =>
    told('refused', { app: `a-rather-long-name-${i}`, reason }),
  )
  const [text] = said([apps, FIRST])
  assert.ok((text?.body.length ?? 0) < 65_536)
  assert.ok(text?.body.startsWith(COMMENT_MARKER))
  assert.equal(Object.keys(readMemory(text?.body ?? '')).length, 100)
})
