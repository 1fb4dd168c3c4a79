import assert from 'node:assert/strict'
import { PRODUCTION, STAGING } from '../support/acme.ts'
import { acrossRegistries, type VersionStage, WAITING } from '../support/version-stage.ts'
import { kustomization } from '../support/world.ts'

// A tag is no promise: a build that runs again, or somebody by hand, gives it to another image.

const STAGING_BRANCH = 'supercargo/web/staging'
const PRODUCTION_BRANCH = 'supercargo/web/production'
const tagOf = (commit: string) => commit.slice(0, 7)
const pinned = (tag: string, digest: string) => `${kustomization(tag)}    digest: ${digest}\n`

async function released(s: VersionStage, version: string): Promise<{ commit: string; digest: string }> {
  const commit = await s.push(version)
  const digest = await s.built(commit)
  await s.clone.git('tag', version)
  await s.clone.git('push', '--quiet', 'origin', version)
  return { commit, digest }
}

acrossRegistries((it) => {
  it(
    'tag-moved, pinned: what is deployed stays, it is told, and the next commit goes ahead',
    async (s) => {
      const commit = await s.push()
      const digest = await s.built(commit)
      await s.rest()
      assert.equal(await s.manifest(STAGING, STAGING_BRANCH), pinned(tagOf(commit), digest))
      await s.person.merge(1)
      assert.equal((await s.rest()).states['web/staging'], 'current up-to-date')

      const other = await s.built(commit)
      const moved = await s.rest()
      assert.equal(moved.states['web/staging'], 'held tag-moved')
      for (const each of [digest, other]) assert.ok(moved.messages['web/staging']?.includes(each))
      const { conclusion, text } = await s.told(commit)
      assert.deepEqual([conclusion, /web\/staging: held/.test(text)], ['neutral', true])
      assert.equal(await s.manifest(STAGING), pinned(tagOf(commit), digest))
      assert.deepEqual(await s.states(), ['1 merged'])

      const next = await s.push()
      const nextDigest = await s.built(next)
      await s.rest()
      assert.equal(await s.manifest(STAGING, STAGING_BRANCH), pinned(tagOf(next), nextDigest))
    },
    { config: WAITING.replace('readyWithin', 'pin: digest\nreadyWithin') },
  )

  it(
    'tag-moved, pinned: an open change request has the image that the tag names now',
    async (s) => {
      const commit = await s.push()
      const before = await s.built(commit)
      await s.rest()
      const after = await s.built(commit)
      await s.rest()
      assert.deepEqual(await s.states(), ['1 open'])
      assert.equal(await s.manifest(STAGING, STAGING_BRANCH), pinned(tagOf(commit), after))
      const [request] = await s.changeRequests()
      assert.ok(request?.body.includes(`\`${after}\``) && !request.body.includes(`\`${before}\``))
    },
    { config: WAITING.replace('readyWithin', 'pin: digest\nreadyWithin') },
  )

  it('tag-moved, not pinned: the manifests name the tag, so that there is nothing to change and nothing to say', async (s) => {
    const commit = await s.push()
    await s.built(commit)
    await s.rest()
    await s.person.merge(1)
    await s.rest()
    await s.built(commit)
    assert.equal((await s.rest()).states['web/staging'], 'current up-to-date')
    assert.deepEqual(await s.states(), ['1 merged'])
    assert.equal(await s.manifest(STAGING), kustomization(tagOf(commit)))
  })

  for (const pin of ['digest', 'tag']) {
    const config = WAITING.replace('follow: tag v*', `follow: tag v*\n    retag: true\n    pin: ${pin}`)
    const text = (digest: string) => (pin === 'digest' ? pinned('v1.0.0', digest) : kustomization('v1.0.0'))

    it(
      `tag-moved, a release with pin: ${pin}: its change request is closed, and the tag is never moved back`,
      async (s) => {
        const { digest } = await released(s, 'v1.0.0')
        await s.rest()
        assert.equal(await s.digestOf('v1.0.0'), digest)
        assert.equal(await s.manifest(PRODUCTION, PRODUCTION_BRANCH), text(digest))
        const other = await s.built('v1.0.0')
        const { states, messages } = await s.rest()
        assert.equal(states['web/production'], 'waiting tag-taken')
        for (const each of [digest, other]) assert.ok(messages['web/production']?.includes(each))
        assert.equal(await s.digestOf('v1.0.0'), other)
        const requests = await s.changeRequests()
        const mine = requests.filter(({ branch }) => branch === PRODUCTION_BRANCH)
        assert.deepEqual(
          mine.map(({ state }) => state),
          ['closed'],
        )
        assert.match(mine[0]?.body ?? '', /Closed by Supercargo: .*never moved; make a new release/)
        assert.equal(await s.manifest(PRODUCTION, PRODUCTION_BRANCH), null)

        const next = await released(s, 'v1.0.1')
        await s.rest()
        assert.equal(await s.digestOf('v1.0.1'), next.digest)
        const written = await s.manifest(PRODUCTION, PRODUCTION_BRANCH)
        assert.equal(written, text(next.digest).replace('v1.0.0', 'v1.0.1'))
      },
      { config },
    )
  }

  it(
    'tag-moved, a release that is deployed: it stays as it is, and is told where its digest is written',
    async (s) => {
      const { digest } = await released(s, 'v1.0.0')
      await s.rest()
      for (const { number, branch } of await s.changeRequests()) {
        if (branch === PRODUCTION_BRANCH) await s.person.merge(number)
      }
      await s.rest()
      const other = await s.built('v1.0.0')
      const { states, messages } = await s.rest()
      assert.equal(states['web/production'], 'held tag-moved')
      for (const each of [digest, other]) assert.ok(messages['web/production']?.includes(each))
      assert.equal(await s.manifest(PRODUCTION), pinned('v1.0.0', digest))
      assert.equal(await s.digestOf('v1.0.0'), other)
    },
    { config: WAITING.replace('follow: tag v*', 'follow: tag v*\n    retag: true\n    pin: digest') },
  )

  it(
    'tag-moved, a release on whose change request a person has committed: it is left to them',
    async (s) => {
      await released(s, 'v1.0.0')
      await s.rest()
      await s.person.commit(PRODUCTION_BRANCH, { 'notes.txt': 'mine' })
      await s.built('v1.0.0')
      const { states } = await s.rest()
      assert.equal(states['web/production'], 'waiting tag-taken')
      assert.deepEqual(await s.states(), ['1 open', '2 open'])
      assert.equal(await s.manifest('notes.txt', PRODUCTION_BRANCH), 'mine')
    },
    { config: WAITING.replace('follow: tag v*', 'follow: tag v*\n    retag: true') },
  )

  it(
    'tag-moved, registry digest: it is what such an environment follows, there and back',
    async (s) => {
      const first = await s.built('latest')
      await s.rest()
      assert.equal(await s.manifest(PRODUCTION, PRODUCTION_BRANCH), pinned('latest', first))
      await s.person.merge(1)
      await s.rest()
      const second = await s.built('latest', { layers: [Buffer.from('second')] })
      await s.rest()
      assert.equal(await s.manifest(PRODUCTION, PRODUCTION_BRANCH), pinned('latest', second))
      const third = await s.built('latest')
      await s.rest()
      assert.equal(await s.manifest(PRODUCTION, PRODUCTION_BRANCH), pinned('latest', third))
      assert.deepEqual(await s.states(), ['1 merged', '2 open'])
      await s.deleted(third)
      const { states } = await s.rest()
      assert.equal(states['web/production'], 'waiting waits-for-image')
      assert.deepEqual(await s.states(), ['1 merged', '2 closed'])
      assert.equal(await s.manifest(PRODUCTION), pinned('latest', first))
      assert.equal((await s.built('latest', { layers: [Buffer.from('second')] })) === second, true)
      await s.rest()
      assert.deepEqual(await s.states(), ['1 merged', '2 closed', '3 open'])
    },
    { config: WAITING.replace('follow: tag v*', 'follow: registry digest latest') },
  )
})
