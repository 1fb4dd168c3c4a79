import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PRODUCTION, STAGING } from '../support/acme.ts'
import { eventually } from '../support/eventually.ts'
import { BRANCH, tagOf } from '../support/scene.ts'
import { acrossForges, MANIFESTS, SOURCE } from '../support/stage.ts'
import { kustomization } from '../support/world.ts'

acrossForges((stage) => {
  test('an older commit that arrives later changes nothing', async () => {
    await stage(async (s) => {
      const first = await s.push('First')
      await s.push('Second')
      await s.bot.pass(SOURCE)
      await s.person.merge(1)
      await s.clone.git('push', '--quiet', '--force', 'origin', `${first}:main`)
      const { standings } = await s.bot.pass(SOURCE)
      assert.equal(standings[0]?.reason.code, 'never-backwards')
      assert.deepEqual(await s.states(), ['1 merged'])
    })
  })

  test('a human commit on the branch stops the bot on that change request, and it says so', async () => {
    await stage(async (s) => {
      await s.push('First')
      await s.bot.pass(SOURCE)
      const human = await s.person.commit(BRANCH, { 'notes.txt': 'mine' }, 'My own change')
      await s.push('Second')
      await s.bot.pass(SOURCE)
      assert.equal(await s.headOf(s.manifests, BRANCH), human)
      assert.match((await s.changeRequests())[0]?.body ?? '', /A person has committed/)
    })
  })

  test('a closed change request is not opened again for the same version, and is for a newer one', async () => {
    await stage(async (s) => {
      await s.push('First')
      await s.bot.pass(SOURCE)
      await s.person.close(1)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await s.states(), ['1 closed'])
      const second = await s.push('Second')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await s.states(), ['1 closed', '2 open'])
      assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(second)))
    })
  })

  test('a hand-edited tag is left alone until a newer commit exists', async () => {
    await stage(async (s) => {
      await s.push('First')
      await s.bot.pass(SOURCE)
      const before = (await s.manifest(STAGING)) ?? ''
      await s.person.merge(1, 'squash')
      await s.person.commit('main', { [STAGING]: before }, 'Roll back by hand')
      const { standings } = await s.bot.pass(SOURCE)
      assert.equal(standings[0]?.reason.code, 'edited-by-hand')
      assert.deepEqual(await s.states(), ['1 merged'])
      await s.push('Second')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await s.states(), ['1 merged', '2 open'])
    })
  })

  test('the base moved and conflicts: the branch is rebuilt on it without closing the change request', async () => {
    await stage(async (s) => {
      const head = await s.push()
      await s.bot.pass(SOURCE)
      const moved = `# a new first line\n${(await s.manifest(STAGING)) ?? ''}`.replace(
        'resources',
        '# more\nresources',
      )
      await s.person.commit('main', {
        [STAGING]: moved.replace(/newTag: .*/, 'newTag: "0000000"'),
      })
      await s.bot.pass(SOURCE)
      assert.deepEqual(await s.states(), ['1 open'])
      assert.match((await s.manifest(STAGING, BRANCH)) ?? '', new RegExp(`# more\n[\\s\\S]*"${tagOf(head)}"`))
      await s.person.merge(1)
      assert.match((await s.manifest(STAGING)) ?? '', /# a new first line/)
    })
  })

  test('a change request that has become empty is closed with a reason, and its branch goes', async () => {
    await stage(async (s) => {
      const head = await s.push()
      await s.bot.pass(SOURCE)
      await s.person.commit('main', { [STAGING]: kustomization(tagOf(head)) }, 'By hand')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await s.states(), ['1 closed'])
      assert.match(
        (await s.changeRequests())[0]?.body ?? '',
        /Closed by Supercargo: .*already has everything/,
      )
      assert.equal(await s.headOf(s.manifests, BRANCH), null)
    })
  })

  test('after a merge that left its branch, the next version reuses it', async () => {
    await stage(async (s) => {
      await s.push('First')
      await s.bot.pass(SOURCE)
      await s.person.merge(1)
      const second = await s.push('Second')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await s.states(), ['1 merged', '2 open'])
      assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(second)))
    })
  })

  test('half of a write, a branch without a change request, is healed', async () => {
    await stage(async (s) => {
      const head = await s.push()
      await s.target.halfOfAWrite(MANIFESTS, BRANCH, (await s.headOf(s.manifests, 'main')) ?? '')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await s.states(), ['1 open'])
      assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(head)))
    })
  })

  test('a tag that matches sets its environment, highest first, and never a lower one', async () => {
    await stage(async (s) => {
      for (const tag of ['v0.9.0', 'v0.10.0', 'x9']) await s.clone.git('tag', tag)
      await s.clone.push('origin', 'v0.9.0', 'v0.10.0', 'x9')
      await s.bot.pass(SOURCE)
      const branch = 'supercargo/web/production'
      assert.equal(await s.manifest(PRODUCTION, branch), kustomization('v0.10.0'))
      await s.person.merge(1)
      await s.clone.push('origin', ':refs/tags/v0.10.0')
      const { standings } = await s.bot.pass(SOURCE)
      assert.equal(
        standings.find(({ target }) => target === 'web/production')?.reason.code,
        'never-backwards',
      )
      assert.deepEqual(await s.states(), ['1 merged'])
    })
  })

  test('more than three tags pushed at once send no event, and the pass of the sweep finds them', async () => {
    await stage(async (s) => {
      const received = await s.source.listen('acme')
      const tags = ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.3.0']
      for (const tag of tags) await s.clone.git('tag', tag)
      await s.clone.push('origin', '--tags')
      await s.push('An event that is sent, so that the others would have come before it')
      await eventually('a push event of the branch', () =>
        received.some(({ payload }) => /An event that/.test(JSON.stringify(payload))),
      )
      const refs = received.map(({ payload }) => payload.ref ?? '')
      assert.deepEqual(
        refs.filter((ref) => ref.includes('v1.')),
        [],
      )
      await s.bot.pass(SOURCE)
      assert.equal(await s.manifest(PRODUCTION, 'supercargo/web/production'), kustomization('v1.3.0'))
    })
  })
})
