import assert from 'node:assert/strict'
import { githubMeaning } from '../../src/intake/github.ts'
import { gitlabMeaning } from '../../src/intake/gitlab.ts'
import { kindOf } from '../../src/intake/gitlab-delivery.ts'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import { protect } from '../../src/sandbox/model/protection.ts'
import { STAGING } from '../support/acme.ts'
import { eventually } from '../support/eventually.ts'
import { NO_SWEEP, noStore } from '../support/no-store.ts'
import { SOURCE } from '../support/stage.ts'
import { acrossRegistries, type VersionStage, WAITING } from '../support/version-stage.ts'
import { kustomization } from '../support/world.ts'

// Pipelines end in any order; an environment goes by the ancestry of commits alone.

const BRANCH = 'supercargo/web/staging'
const tagOf = (commit: string) => commit.slice(0, 7)

/** Staging has, or is about to have, this version, in the one change request that there is. */
async function assertAt(s: VersionStage, commit: string, merge: string): Promise<void> {
  const branch = merge === 'review' ? BRANCH : 'main'
  assert.equal(await s.manifest(STAGING, branch), kustomization(tagOf(commit)))
  const wanted = { review: ['1 open'], auto: ['1 merged'], direct: [] }[merge]
  assert.deepEqual(await s.states(), wanted)
}

acrossRegistries((it) => {
  for (const merge of ['review', 'auto', 'direct']) {
    const config = WAITING.replace('  staging:\n', `  staging:\n    merge: ${merge}\n`)
    it(
      `wrong-order, merge: ${merge}: the image of the newer commit comes first, and the older's changes nothing`,
      async (s) => {
        const older = await s.push('Older')
        const newer = await s.push('Newer')
        await s.rest()
        assert.deepEqual(await s.states(), [])
        await s.built(newer)
        await s.rest()
        await assertAt(s, newer, merge)
        await s.built(older)
        await s.rest()
        await assertAt(s, newer, merge)
        assert.match(
          (await s.told(newer)).text,
          new RegExp(`web/staging: ${merge === 'review' ? 'waiting' : 'current'}`),
        )
        if (merge === 'review') await s.person.merge(1)
        await s.built(older)
        const { states } = await s.rest()
        assert.equal(states['web/staging'], 'current up-to-date')
        assert.equal(await s.everHad(older), false)
        assert.equal(await s.everHad(newer), true)
      },
      { config },
    )
  }

  it(
    'wrong-order: the webhooks of both pipelines are repeated and come in every order',
    async (s) => {
      const received = await s.source.listen('acme')
      const deliver = delivering(s, received)
      const older = await s.push('Older')
      const newer = await s.push('Newer')
      await s.check(newer, 'test', 'passed')
      await s.built(newer)
      await eventually('the webhook of the newer pipeline', () => received.some(isAbout(newer)))
      await deliver()
      await assertAt(s, newer, 'review')
      await s.check(older, 'test', 'passed')
      await s.built(older)
      for (const order of ['as they came', 'reversed'] as const) await deliver(order)
      await s.rest()
      await assertAt(s, newer, 'review')
      assert.equal(await s.everHad(older), false)
    },
    { config: WAITING.replace('ready: image', 'ready: both') },
  )

  it('wrong-order: an older version that is merged while the newer one is being built is moved on, and never back', async (s) => {
    const [oldest, older, newer] = [await s.push('1'), await s.push('2'), await s.push('3')]
    await s.built(older)
    await s.rest()
    await s.person.merge(1)
    await s.built(oldest)
    const waits = await s.rest()
    assert.equal(waits.states['web/staging'], 'waiting waits-for-image')
    assert.equal(await s.manifest(STAGING), kustomization(tagOf(older)))
    await s.built(newer)
    await s.rest()
    assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(newer)))
    assert.deepEqual(await s.states(), ['1 merged', '2 open'])
    assert.equal(await s.everHad(oldest), false)
  })

  for (const [name, lines] of [
    ['all checks', 'ready: checks'],
    ['named checks', 'ready: checks\nchecks: [test, "coverage/*"]'],
    ['required checks', 'ready: checks'],
  ] as const) {
    it(
      `wrong-order, ${name}: those of the newer commit pass first, and the older's change nothing`,
      async (s) => {
        if (name === 'required checks') {
          protect(s.source.inside.model, s.web, 'main', { requiredChecks: ['test', 'coverage/lines'] })
        }
        const [older, newer] = [await s.push('Older'), await s.push('Newer')]
        const passes = async (commit: string) => {
          for (const check of ['test', 'coverage/lines']) await s.check(commit, check, 'passed')
        }
        await s.check(newer, 'coverage/lines', 'passed')
        await s.check(newer, 'test', 'pending')
        await s.check(older, 'test', 'pending')
        const first = await s.rest()
        assert.match(first.states['web/staging'] ?? '', /^waiting waits-for-check/)
        assert.match((await s.told(newer)).text, new RegExp(`${tagOf(newer)} waits for the check`))
        assert.deepEqual(await s.states(), [])
        await passes(newer)
        await s.rest()
        await assertAt(s, newer, 'review')
        await passes(older)
        await s.rest()
        await assertAt(s, newer, 'review')
        assert.equal(await s.everHad(older), false)
        assert.deepEqual(s.front.asked, [], 'nobody asks for images')
      },
      { config: WAITING.replace('ready: image', lines) },
    )
  }

  it(
    'wrong-order: a check on a second page keeps the newer version back, and an older one never passes by',
    async (s) => {
      const [older, newer] = [await s.push('Older'), await s.push('Newer')]
      const names = Array.from({ length: 120 }, (_, index) => `check-${String(index).padStart(3, '0')}`)
      const [first = '', last = ''] = [names[0], names.at(-1)]
      for (const each of names) {
        await s.check(newer, each, each === first || each === last ? 'pending' : 'passed')
      }
      for (const left of [first, last]) {
        const { states } = await s.rest()
        assert.equal(states['web/staging'], 'waiting waits-for-check')
        assert.deepEqual(await s.states(), [], `${left} has not passed`)
        await s.check(newer, left, 'passed')
      }
      await s.rest()
      await assertAt(s, newer, 'review')
      await s.check(older, 'test', 'passed')
      await s.rest()
      await assertAt(s, newer, 'review')
    },
    { config: WAITING.replace('ready: image', 'ready: checks') },
  )

  it('wrong-order: two branches are merged while the pipelines of both still run', async (s) => {
    const { clone } = s
    const commits: Record<string, string> = {}
    for (const branch of ['one', 'two']) {
      await clone.git('switch', '--quiet', '-c', branch, 'origin/main')
      commits[branch] = await s.push(branch, { [`${branch}.txt`]: branch })
    }
    await clone.git('switch', '--quiet', 'main')
    for (const branch of ['one', 'two']) {
      await clone.git('merge', '--quiet', '--no-ff', '-m', `Merge ${branch}`, branch)
      commits[`merge ${branch}`] = await clone.git('rev-parse', 'HEAD')
      await clone.push()
    }
    const { one = '', two = '', 'merge one': first = '', 'merge two': second = '' } = commits
    await s.built(two)
    await s.rest()
    assert.deepEqual(await s.states(), [], 'the image of a branch is no version of main')
    await s.built(second)
    await s.rest()
    await assertAt(s, second, 'review')
    for (const late of [first, one]) {
      await s.built(late)
      await s.rest()
      await assertAt(s, second, 'review')
    }
    for (const never of [one, two, first]) assert.equal(await s.everHad(never), false)
  })

  it('wrong-order: what somebody deployed from a branch is not taken back to the main line before it', async (s) => {
    const { clone } = s
    await clone.git('switch', '--quiet', '-c', 'feature', 'origin/main')
    const feature = await s.push('Feature', { 'feature.txt': '1' })
    await clone.git('switch', '--quiet', 'main')
    const before = await s.push('On main', { 'main.txt': '1' })
    await clone.git('merge', '--quiet', '--no-ff', '-m', 'Merge feature', 'feature')
    const merged = await clone.git('rev-parse', 'HEAD')
    await clone.push()
    await s.person.commit('main', { [STAGING]: kustomization(tagOf(feature)) })
    await s.built(before)
    const { states } = await s.rest()
    assert.match(states['web/staging'] ?? '', /^waiting waits-for-image/)
    assert.deepEqual(await s.states(), [])
    await s.built(merged)
    await s.rest()
    await assertAt(s, merged, 'review')
    assert.equal(await s.everHad(before), false)
  })
})

interface Received {
  event: string
  payload: { object_kind?: string }
}

/** What is told of a pipeline or status of this commit. */
function isAbout(commit: string): (received: Received) => boolean {
  return ({ event, payload }) =>
    (event === 'status' || payload.object_kind === 'pipeline') && JSON.stringify(payload).includes(commit)
}

/** Hands everything that has come to the server's handlers, each twice, and looks at all that they name. */
function delivering(s: VersionStage, received: readonly Received[]) {
  const { forges, registry, log } = s.bot.dependencies
  const source = s.source.id
  const meaning = source === 'github' ? githubMeaning : gitlabMeaning
  const handlers = createHandlers({
    forges,
    registry,
    log,
    now: s.now,
    store: noStore(),
    meaning,
    ...NO_SWEEP,
  })
  return async (order: 'as they came' | 'reversed' = 'as they came') => {
    const all = order === 'reversed' ? received.toReversed() : [...received]
    let looked = 0
    for (const [index, each] of all.flatMap((each) => [each, each]).entries()) {
      const { payload } = each
      const event = source === 'github' ? each.event : kindOf(payload)
      const { keys } = await handlers.delivery({ source, id: String(index), event, payload })
      for (const key of keys.filter((each) => each.endsWith(SOURCE))) {
        await handlers.reconcile(key, { attempt: 1, signal: new AbortController().signal })
        looked++
      }
    }
    assert.ok(looked >= 4, `${looked} of ${all.length} deliveries ask for a look`)
  }
}
