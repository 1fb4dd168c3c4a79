import assert from 'node:assert/strict'
import { STAGING } from '../support/acme.ts'
import { acrossRegistries, WAITING } from '../support/version-stage.ts'
import { kustomization } from '../support/world.ts'

// Images are deleted: by a retention rule, or by somebody.

const BRANCH = 'supercargo/web/staging'
const tagOf = (commit: string) => commit.slice(0, 7)

acrossRegistries((it) => {
  it('built-then-deleted: what is deployed vanishes: it is told, and nothing moves', async (s) => {
    const older = await s.push('Older')
    const deployed = await s.push('Deployed')
    await s.built(older)
    const digest = await s.built(deployed)
    await s.rest()
    await s.person.merge(1)
    assert.equal((await s.rest()).states['web/staging'], 'current up-to-date')

    await s.deleted(digest)
    const gone = await s.rest()
    assert.equal(gone.states['web/staging'], 'held image-vanished')
    assert.match(
      gone.messages['web/staging'] ?? '',
      new RegExp(`ghcr.io/acme/web:${tagOf(deployed)} is no longer`),
    )
    const told = await s.told(deployed)
    assert.equal(told.conclusion, 'neutral')
    assert.match(told.text, /web\/staging: held/)
    assert.equal(await s.manifest(STAGING), kustomization(tagOf(deployed)))
    assert.deepEqual(await s.states(), ['1 merged'])

    const newer = await s.push('Newer')
    await s.rest()
    assert.deepEqual(await s.states(), ['1 merged'], 'it waits for the newer image')
    await s.built(newer)
    await s.rest()
    assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(newer)))
    assert.equal(await s.everHad(older), false)
  })

  for (const merge of ['review', 'auto'] as const) {
    const config = WAITING.replace('  staging:\n', `  staging:\n    merge: ${merge}\n`)
    it(
      `built-then-deleted, merge: ${merge}: the image of an open change request vanishes: it is closed with the reason, and comes again with the image`,
      async (s) => {
        const commit = await s.push()
        const digest = await s.built(commit, { layers: [Buffer.from('the same')] })
        if (merge === 'review') await s.rest()
        else await s.bot.pass('acme/web')
        assert.deepEqual(await s.states(), ['1 open'])
        await s.deleted(digest)
        const { states } = await s.rest()
        assert.equal(states['web/staging'], 'waiting waits-for-image')
        assert.deepEqual(await s.states(), ['1 closed'], 'nobody merges what cannot be deployed')
        const [closed] = await s.changeRequests()
        assert.match(
          closed?.body ?? '',
          new RegExp(
            `Closed by Supercargo: .*${tagOf(commit)} waits for its image ghcr\\.io/acme/web:${tagOf(commit)}`,
          ),
        )
        assert.equal(await s.manifest(STAGING, BRANCH), null)

        assert.equal(await s.built(commit, { layers: [Buffer.from('the same')] }), digest)
        await s.rest()
        const branch = merge === 'review' ? BRANCH : 'main'
        assert.equal(await s.manifest(STAGING, branch), kustomization(tagOf(commit)))
        assert.deepEqual(await s.states(), ['1 closed', merge === 'review' ? '2 open' : '2 merged'])
      },
      { config },
    )
  }

  it('built-then-deleted: the change request of a version that vanishes falls back to the one before it that is there', async (s) => {
    const older = await s.push('Older')
    await s.built(older)
    const newer = await s.push('Newer')
    const digest = await s.built(newer)
    await s.rest()
    assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(newer)))
    await s.deleted(digest)
    await s.rest()
    assert.deepEqual(await s.states(), ['1 open'])
    assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(older)))
  })

  it(
    'a check that runs again leaves the open change request as it is, and one that fails closes it',
    async (s) => {
      const older = await s.push('Older')
      await s.check(older, 'test', 'passed')
      const newer = await s.push('Newer')
      await s.check(newer, 'test', 'passed')
      await s.rest()
      await s.check(newer, 'test', 'pending')
      const { states, messages } = await s.rest()
      assert.equal(states['web/staging'], 'waiting waits-for-check')
      assert.equal(messages['web/staging'], `${tagOf(newer)} waits for the check test.`)
      assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(newer)))
      assert.deepEqual(await s.states(), ['1 open'])
      await s.check(newer, 'test', 'failed')
      await s.check(older, 'test', 'failed')
      await s.rest()
      assert.deepEqual(await s.states(), ['1 closed'])
      const [closed] = await s.changeRequests()
      assert.match(closed?.body ?? '', /Closed by Supercargo: .*its check test has failed/)
    },
    {
      config: WAITING.replace('ready: image', 'ready: checks\nchecks: [test]').replace(
        'branch main',
        'branch main\n    merge: review',
      ),
    },
  )
})
