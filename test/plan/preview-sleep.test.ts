import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy, Previews } from '../../src/config/model.ts'
import type { SourcePullRequest } from '../../src/forge/forge.ts'
import { feedback } from '../../src/plan/feedback.ts'
import { previewDeployments } from '../../src/plan/previews/deployments.ts'
import { toldPullRequests } from '../../src/plan/previews/told.ts'
import type { PreviewState, Said } from '../../src/state/state.ts'
import { planWith, sha256 } from '../support/answering.ts'
import { app, file, manifests, NOW, offers, oid, previews, pullRequest, world } from '../support/world.ts'

const POLICY: Policy = {
  accept: [
    { from: { forge: null, glob: '**' }, paths: ['**'], images: ['**'], merge: ['*'], direct: ['previews'] },
  ],
}
const HOUR = 3600
const TEMPLATE = 'sha: "{sha}"\nreplicas: {replicas}\n'
const HEAD = oid('12abcdef')
const IMAGE = `ghcr.io/acme/web:${HEAD.slice(0, 7)}`
const SAID: Said = { by: 'alice', at: ago(1), url: null, reason: null }
const NOTHING: PreviewState = { wanted: null, approved: null, pinned: null, extended: null }

function ago(hours: number): string {
  return new Date(NOW.getTime() - hours * HOUR * 1000).toISOString()
}

function text(replicas: number, head = HEAD): string {
  return `sha: "${head}"\nreplicas: ${replicas}\n`
}

interface Scene {
  pull?: Partial<SourcePullRequest>
  previews?: Partial<Previews>
  inGit?: string | null
  template?: string
  said?: PreviewState
  images?: boolean
}

function play({ pull, previews: change, inGit = text(1), template = TEMPLATE, said, images = false }: Scene) {
  const each = world({
    config: {
      apps: [
        app({
          environments: [],
          previews: previews({
            sleep: 8 * HOUR,
            ready: { image: true, checks: null, within: HOUR },
            ...change,
          }),
        }),
      ],
    },
    offers: offers({
      pullRequests: { complete: true, items: [pullRequest(12, { head: HEAD, activeAt: ago(9), ...pull })] },
    }),
    snapshot: manifests('x', {
      tree: [
        file('apps/web/preview/a.yaml', template),
        ...(inGit === null ? [] : [file('apps/web/previews/pr-12/a.yaml', inGit)]),
      ],
    }),
    policy: { ok: true, value: POLICY },
    ...(said === undefined ? {} : { said: { previews: { 'web/12': said } } }),
  })
  const plan = planWith(images ? { tags: { [IMAGE]: sha256('1') } } : {}, each)
  const written = plan.actions.flatMap((action) =>
    action.kind === 'commit' ? action.wish.changes.map(({ content }) => content) : [],
  )
  return { each, plan, written, state: plan.previews[0]?.state, reason: plan.previews[0]?.reason }
}

test('a preview that was left alone for so long is written without replicas, and its image is not asked for again', () => {
  const { written, state, plan } = play({})
  assert.deepEqual(written, [text(0)])
  assert.equal(state, 'sleeping')
  assert.deepEqual(plan.asked, [])
})

test('it is never removed by that, and stays as it is', () => {
  const { written, plan } = play({ inGit: text(0), pull: { activeAt: ago(24 * 300) } })
  assert.deepEqual([written, plan.actions, plan.asked, plan.lookAgain], [[], [], [], null])
  assert.equal(plan.previews[0]?.state, 'sleeping')
})

test('until then it is looked at again at the moment when it falls asleep', () => {
  const { plan, written } = play({ pull: { activeAt: ago(7) } })
  assert.deepEqual(written, [])
  assert.deepEqual(plan.lookAgain, {
    seconds: null,
    notBefore: null,
    at: new Date(NOW.getTime() + HOUR * 1000),
    reason: 'A preview is to sleep.',
  })
})

test('a push wakes it with the new commit, once that is ready', () => {
  const asleep = text(0, oid('f'))
  assert.equal(play({ inGit: asleep, pull: { activeAt: ago(0) } }).state, 'not-ready')
  const { written, state } = play({ inGit: asleep, pull: { activeAt: ago(0) }, images: true })
  assert.deepEqual([written, state], [[text(1)], 'in-git'])
})

test('whoever wanted it up, or extended it, has woken it; and one that is pinned does not sleep', () => {
  const up = (at: string) => ({ ...NOTHING, wanted: { ...SAID, is: 'up' as const, at } })
  const rows: [PreviewState, boolean][] = [
    [up(ago(1)), true],
    [up(ago(8.5)), false],
    [{ ...NOTHING, extended: { ...SAID, seconds: null } }, true],
    [{ ...NOTHING, extended: { ...SAID, seconds: null, at: ago(20) } }, false],
    [{ ...NOTHING, pinned: { ...SAID, at: ago(100) } }, true],
    [{ ...NOTHING, approved: { ...SAID, commit: HEAD } }, false],
  ]
  for (const [said, awake] of rows) {
    const { written } = play({ said, inGit: text(0), images: true })
    assert.deepEqual(written, awake ? [text(1)] : [], JSON.stringify(said))
  }
})

test('a commit that is not ready is not written asleep either, for who knows what has replicas', () => {
  const { written, state, reason } = play({ inGit: text(1, oid('f')) })
  assert.deepEqual([written, state, reason?.code], [[], 'not-ready', 'waits-for-image'])
  assert.equal(play({ inGit: null }).state, 'not-ready')
})

test('a template that does not name {replicas} is refused by name where previews are to sleep', () => {
  const { written, state, reason } = play({ template: 'sha: "{sha}"\n', inGit: `sha: "${oid('f')}"\n` })
  assert.deepEqual([written, state, reason?.code], [[], 'refused', 'template-without-replicas'])
  assert.match(reason?.message ?? '', /the template apps\/web\/preview names \{replicas\}/)
})

test('where nothing sleeps {replicas} is 1', () => {
  const { written } = play({ previews: { sleep: null }, inGit: text(0), images: true })
  assert.deepEqual(written, [text(1)])
})

test('the comment says what wakes it, and nothing is shown as deployed', () => {
  const { each, plan } = play({ inGit: text(0) })
  const [comment] = feedback(each, plan, plan.standings).flatMap((action) =>
    action.kind === 'comment' ? [action.wish.body] : [],
  )
  assert.match(comment ?? '', /\| sleeping: a push or `\/cargo preview up` wakes it \|/)
  assert.deepEqual(previewDeployments(each, toldPullRequests(each, plan, plan.standings)), [])
})

test('whatever Git holds, and however long it was left alone, what one pass has written the next one leaves alone', () => {
  for (const inGit of [null, text(1), text(0), text(1, oid('f')), text(0, oid('f'))]) {
    for (const hours of [0, 7.9, 8, 400]) {
      for (const images of [true, false]) {
        const pull = { activeAt: ago(hours) }
        const [written = null] = play({ inGit, pull, images }).written
        assert.deepEqual(
          play({ inGit: written ?? inGit, pull, images }).written,
          [],
          `${inGit} ${hours} ${images}`,
        )
        if (images) assert.equal(written ?? inGit, text(hours < 8 ? 1 : 0))
      }
    }
  }
})
