import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment, Previews } from '../../src/config/model.ts'
import { parseImageName } from '../../src/domain/image.ts'
import type { Check } from '../../src/forge/checks.ts'
import type { Standing } from '../../src/plan/action.ts'
import type { World } from '../../src/plan/world.ts'
import { check, digestOf, type Facts, planWith, silence } from '../support/facts.ts'
import {
  app,
  environment,
  file,
  kustomization,
  line,
  manifests,
  offers,
  oid,
  onMain,
  previews,
  pullRequest,
  world,
} from '../support/world.ts'

const COMMITS = ['eeeeeee', 'ddddddd', 'ccccccc', 'bbbbbbb', 'aaaaaaa']
const IMAGE = 'ghcr.io/acme/web'
const READY = { image: true, checks: null, within: 3600 }

/** Five commits, the newest first, on an environment that has the oldest. */
function onStaging(change: Partial<Environment> = {}, present = 'aaaaaaa'): World {
  return world({
    config: { apps: [app({ environments: [environment({ ready: READY, ...change })] })] },
    offers: onMain(line(...COMMITS)),
    snapshot: manifests(present),
  })
}

function built(...tags: string[]): Facts {
  return { images: Object.fromEntries(tags.map((tag) => [`${IMAGE}:${tag}`, {}])) }
}

/** What is proposed, and how the environment stands. */
function outcome(start: World, facts: Facts): { to: string | null; standing: Standing; rounds: string[][] } {
  const { plan, rounds } = planWith(start, facts)
  const [opened] = plan.actions
  const [standing] = plan.standings
  assert.ok(standing)
  return { to: opened === undefined ? null : standing.to, standing, rounds }
}

test('the newest commit whose image exists is proposed, and one question is enough for it', () => {
  const { to, rounds } = outcome(onStaging(), built('eeeeeee', 'ddddddd'))
  assert.equal(to, 'eeeeeee')
  assert.deepEqual(rounds, [[`manifest ${IMAGE} eeeeeee`]])
})

test('nothing is asked where a commit counts at once', () => {
  const { to, rounds } = outcome(onStaging({ ready: { ...READY, image: false } }), {})
  assert.equal(to, 'eeeeeee')
  assert.deepEqual(rounds, [])
})

test('while the newest has no image an older one is proposed, and what the newest waits for is told', () => {
  const { to, standing } = outcome(onStaging(), built('ddddddd', 'bbbbbbb'))
  assert.equal(to, 'ddddddd')
  assert.equal(standing.state, 'changing')
  assert.deepEqual(
    standing.waiting?.map(({ version, waits }) => [version, waits[0]?.reason.message]),
    [['eeeeeee', `eeeeeee waits for its image ${IMAGE}:eeeeeee.`]],
  )
})

test('never-built: the walk back ends at what is deployed, and asks in growing batches', () => {
  const { to, standing, rounds } = outcome(onStaging(), built('aaaaaaa'))
  assert.equal(to, null)
  assert.equal(standing.state, 'waiting')
  assert.equal(standing.reason.code, 'waits-for-image')
  assert.deepEqual(
    rounds.map((round) => round.map((key) => key.split(' ').at(-1))),
    [['eeeeeee'], ['ddddddd', 'ccccccc'], ['bbbbbbb'], ['aaaaaaa']],
  )
  assert.equal(standing.waiting?.length, 4)
})

test('wrong-order: the image of an older commit, built later, never replaces a newer one', () => {
  const { to, standing } = outcome(onStaging({}, 'ddddddd'), built('ddddddd', 'ccccccc', 'bbbbbbb'))
  assert.equal(to, null)
  assert.equal(standing.from, 'ddddddd')
  assert.equal(standing.state, 'waiting')
})

test('built-then-deleted: a deployed image that is gone is told, and nothing moves backwards', () => {
  const { to, standing } = outcome(onStaging({}, 'eeeeeee'), built('ddddddd'))
  assert.equal(to, null)
  assert.equal(standing.state, 'held')
  assert.equal(standing.reason.code, 'image-vanished')
  assert.match(standing.reason.message, /ghcr\.io\/acme\/web:eeeeeee is no longer in the registry/)
})

test('registry-down: nobody passes by a version that may be ready, and it is looked again when the registry wants', () => {
  const at = new Date('2026-01-02T04:00:00Z')
  const facts = {
    ...built('ddddddd'),
    down: { [`manifest ${IMAGE} eeeeeee`]: silence('registry-down', true, at) },
  }
  const { plan } = planWith(onStaging(), facts)
  assert.deepEqual(plan.actions, [])
  assert.equal(plan.standings[0]?.state, 'waiting')
  assert.match(plan.standings[0]?.reason.message ?? '', /cannot be told: It said registry-down/)
  assert.deepEqual(plan.lookAgain?.notBefore, at)
})

test('a registry that the operator has not named is a wait that only a person ends', () => {
  const facts = { down: { manifest: silence('registry-unknown', false) } }
  const { plan, rounds } = planWith(onStaging(), facts)
  assert.equal(plan.standings[0]?.reason.code, 'registry-unknown')
  assert.equal(plan.lookAgain, null)
  assert.equal(rounds.length, 1)
})

test('a registry that is down is nothing to an environment that has the newest version', () => {
  const { standing } = outcome(onStaging({}, 'eeeeeee'), { down: { manifest: silence('registry-down') } })
  assert.equal(standing.state, 'current')
})

test('no registry is asked for a source that may not change the manifests', () => {
  const start = onStaging()
  const [place] = start.manifests
  assert.ok(place?.snapshot)
  const policy = { ok: true as const, value: { accept: [] } }
  const { plan, rounds } = planWith({ ...start, manifests: [{ ...place, policy }] }, built('eeeeeee'))
  assert.equal(plan.standings[0]?.state, 'refused')
  assert.deepEqual(rounds, [])
})

test('a version needs all of its images, and the one that is missing is named', () => {
  const text = `${kustomization('aaaaaaa')}  - name: ${IMAGE}-worker\n    newTag: aaaaaaa\n`
  const start = onStaging({ images: [IMAGE, `${IMAGE}-worker`].map(parseImageName) })
  const tree = [file('apps/web/overlays/staging/kustomization.yaml', text)]
  const [place] = start.manifests
  assert.ok(place?.snapshot)
  const both = { ...start, manifests: [{ ...place, snapshot: { ...place.snapshot, tree } }] }
  assert.equal(outcome(both, built('eeeeeee', 'ddddddd')).to, null)
  const worker = { [`${IMAGE}-worker:ddddddd`]: {} }
  const { to, standing } = outcome(both, { images: { ...built('eeeeeee', 'ddddddd').images, ...worker } })
  assert.equal(to, 'ddddddd')
  assert.match(standing.waiting?.[0]?.waits[0]?.reason.message ?? '', /web-worker:eeeeeee\.$/)
})

test('of releases the highest tag that is ready counts, and none below what is deployed', () => {
  const tags = ['v1.2.0', 'v1.1.0', 'v1.0.0']
  const items = tags.map((tag, index) => ({ name: tag, commit: oid(COMMITS[index] ?? '') }))
  const follow = { kind: 'tag-glob', glob: 'v*' } as const
  const at = (present: string) =>
    world({
      config: { apps: [app({ environments: [environment({ ready: READY, follow })] })] },
      offers: offers({ tags: { complete: true, items } }),
      snapshot: manifests(present),
    })
  const older = outcome(at('v1.0.0'), built('v1.1.0', 'v1.0.0'))
  assert.equal(older.to, 'v1.1.0')
  assert.match(older.standing.waiting?.[0]?.waits[0]?.reason.message ?? '', /^v1\.2\.0 waits for its image/)
  assert.equal(outcome(at('v1.1.0'), built('v1.1.0', 'v1.0.0')).to, null)
  assert.equal(outcome(at('v1.2.0'), built('v1.1.0', 'v1.0.0')).standing.reason.code, 'image-vanished')
})

const CHECKED: [
  title: string,
  names: string[],
  required: string[],
  checks: Check[],
  reason: string | null,
][] = [
  ['all that there are have passed', [], [], [check('test'), check('lint')], null],
  ['there is none yet', [], [], [], 'waits-for-checks'],
  ['one of them has not ended', [], [], [check('test'), check('lint', 'pending')], 'waits-for-check'],
  ['one of them has failed', [], [], [check('test', 'failed')], 'check-failed'],
  [
    'the required one has passed and another has failed',
    [],
    ['test'],
    [check('test'), check('x', 'failed')],
    null,
  ],
  ['a required one is not there', [], ['test', 'lint'], [check('test')], 'waits-for-check'],
  ['those that are named have passed', ['test', 'cov/*'], ['x'], [check('test'), check('cov/a')], null],
  ['a glob matches none', ['test', 'cov/*'], [], [check('test')], 'waits-for-check'],
  [
    'one that a glob matches has failed',
    ['cov/*'],
    [],
    [check('cov/a'), check('cov/b', 'failed')],
    'check-failed',
  ],
]

for (const [title, names, required, checks, reason] of CHECKED) {
  test(`a commit is ${reason === null ? 'ready' : 'not ready'} when ${title}`, () => {
    const ready = { image: false, checks: names, within: 3600 }
    const { standing } = outcome(onStaging({ ready }, 'ddddddd'), {
      required,
      checks: { [oid('eeeeeee')]: checks },
    })
    assert.equal(standing.state, reason === null ? 'changing' : 'waiting')
    if (reason !== null) assert.equal(standing.reason.code, reason)
  })
}

test('a check that has failed is looked at again when somebody says something, not by the clock', () => {
  const ready = { image: false, checks: [], within: 3600 }
  const looked = (state: Check['state']) =>
    planWith(onStaging({ ready }, 'ddddddd'), { checks: { [oid('eeeeeee')]: [check('test', state)] } }).plan
      .lookAgain
  assert.equal(looked('failed'), null)
  assert.equal(looked('pending')?.seconds, 15)
})

function previewWorld(change: Partial<Previews>, template: string) {
  const pull = pullRequest(12)
  const { template: root, path } = previews()
  const accept = {
    from: { forge: null, glob: 'acme/web' },
    paths: ['**'],
    images: ['**'],
    merge: ['*'],
    direct: ['*'],
  }
  const start = world({
    config: { apps: [app({ environments: [], previews: previews(change) })] },
    offers: offers({ pullRequests: { complete: true, items: [pull] } }),
    snapshot: manifests('x', {
      tree: [file(`${root}/a.yaml`, template)],
      history: { [path.replace('{number}', '12')]: [] },
    }),
    policy: { ok: true, value: { accept: [accept] } },
  })
  return { start, tag: pull.head.slice(0, 7) }
}

test('a preview comes when its image is there, and one that is there stays until the next is', () => {
  const { start, tag } = previewWorld({ ready: READY }, 'tag: "{tag}"\n')
  const waiting = planWith(start, {})
  assert.deepEqual(waiting.plan.actions, [])
  assert.equal(waiting.plan.previews[0]?.state, 'not-ready')
  assert.equal(waiting.plan.standings[0]?.state, 'waiting')
  assert.equal(waiting.plan.lookAgain?.seconds, 15)
  const ready = planWith(start, built(tag))
  assert.deepEqual(
    ready.plan.actions.map(({ kind }) => kind),
    ['commit'],
  )
})

test('a template that names the digest is filled with what the tag has, and waits where nobody can say', () => {
  const { start, tag } = previewWorld({}, 'image: "{image}:{tag}@{digest}"\n')
  const waiting = planWith(start, {})
  assert.deepEqual(waiting.plan.actions, [])
  assert.equal(waiting.plan.previews[0]?.state, 'not-ready')
  assert.match(waiting.plan.standings[0]?.reason.message ?? '', /whose digest is to be written/)
  const [action] = planWith(start, built(tag)).plan.actions
  assert.ok(action?.kind === 'commit')
  const name = `ghcr.io/acme/web:${tag}`
  assert.equal(action.wish.changes[0]?.content, `image: "${name}@${digestOf(name)}"\n`)
  const down = planWith(start, { down: { manifest: silence('registry-unavailable') } })
  assert.deepEqual(down.plan.actions, [])
  assert.match(down.plan.standings[0]?.reason.message ?? '', /^The digest of .* cannot be told/)
})
