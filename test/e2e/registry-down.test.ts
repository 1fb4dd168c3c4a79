import assert from 'node:assert/strict'
import { PRODUCTION, STAGING } from '../support/acme.ts'
import type { Manner } from '../support/registry-front.ts'
import { SOURCE } from '../support/stage.ts'
import { acrossRegistries, WAITING } from '../support/version-stage.ts'
import { kustomization } from '../support/world.ts'

// A registry that says nothing, or no: what cannot be known is waited for, and keeps nothing from anything else.

const STAGING_BRANCH = 'supercargo/web/staging'
const PRODUCTION_BRANCH = 'supercargo/web/production'
const tagOf = (commit: string) => commit.slice(0, 7)

/** Staging has its images in one registry, and production in another one. */
const TWO = `manifests: acme/k8s-manifests
environments:
  staging: { image: ghcr.io/acme/web, follow: branch main, path: apps/web/overlays/staging }
  production: { image: quay.io/acme/web, follow: branch main, path: apps/web/overlays/production }
`
const QUAY = (tag: string) => kustomization(tag).replace('ghcr.io', 'quay.io')

const WAYS: [name: string, manner: Manner | 'stopped', code: string, message: RegExp][] = [
  [
    'registry-down: it is stopped',
    'stopped',
    'registry-unavailable',
    /The registry ghcr\.io could not be reached/,
  ],
  ['registry-down: it is broken (503)', { status: 503 }, 'registry-unavailable', /ghcr\.io answered 503/],
  [
    'registry-down: it denies access (401)',
    { status: 401 },
    'registry-denied',
    /does not allow access to acme\/web/,
  ],
  [
    'registry-down: it wants to be left alone (429)',
    { status: 429 },
    'rate-limited',
    /allows no more requests for now/,
  ],
  [
    'slow-registry: it answers after 20 s',
    { after: 20_000 },
    'registry-unavailable',
    /did not answer in time/,
  ],
  ['slow-registry: it never answers', 'never', 'registry-unavailable', /did not answer in time/],
]

acrossRegistries((it) => {
  for (const [name, manner, code, message] of WAYS) {
    it(
      `${name}: nothing changes, everything else goes on, and it recovers by itself`,
      async (s) => {
        await s.person.commit('main', { [PRODUCTION]: QUAY('0000000') })
        const proposed = await s.push('Proposed')
        const digest = await s.built(proposed)
        await s.rest()
        assert.deepEqual(await s.states(), ['1 open', '2 open'])
        const [before] = (await s.changeRequests()).filter(({ branch }) => branch === STAGING_BRANCH)

        if (manner === 'stopped') await s.front.stop()
        else s.front.manner = () => manner
        const newer = await s.push('Newer')
        await s.built(newer)
        const { states, messages, lookAgain, quiet } = await s.rest()
        assert.equal(states['web/staging'], `waiting ${code}`)
        assert.match(
          messages['web/staging'] ?? '',
          new RegExp(`^Whether ${tagOf(newer)} has its image .* cannot be told`),
        )
        assert.match(messages['web/staging'] ?? '', message)
        const told = await s.told(newer)
        assert.ok(told.text.includes(`web/staging: Whether ${tagOf(newer)} has its image`), told.text)
        assert.equal(lookAgain === null, code === 'registry-denied', 'only a person lets it in')
        assert.equal(quiet, false, 'every sweep looks again')
        const [after] = (await s.changeRequests()).filter(({ branch }) => branch === STAGING_BRANCH)
        assert.deepEqual(after, before, 'the open change request is untouched')
        assert.equal(await s.manifest(STAGING, STAGING_BRANCH), kustomization(tagOf(proposed)))
        assert.equal(
          await s.manifest(PRODUCTION, PRODUCTION_BRANCH),
          QUAY(tagOf(newer)),
          'the other one goes on',
        )

        if (manner === 'stopped') await s.front.start()
        s.front.manner = null
        s.later(60)
        await s.rest()
        assert.equal(await s.manifest(STAGING, STAGING_BRANCH), kustomization(tagOf(newer)))
        assert.deepEqual(await s.states(), ['1 open', '2 open'])
        assert.equal(await s.digestOf(tagOf(proposed)), digest)
      },
      { config: TWO },
    )
  }

  it('slow-registry: one that takes its time is waited for', async (s) => {
    const commit = await s.push()
    await s.built(commit)
    s.front.manner = () => ({ after: 400 })
    await s.rest()
    assert.equal(await s.manifest(STAGING, STAGING_BRANCH), kustomization(tagOf(commit)))
  })

  it('registry-down: what is deployed stays, whatever cannot be known of it, and is no older one', async (s) => {
    const older = await s.push('Older')
    const deployed = await s.push('Deployed')
    await s.built(older)
    await s.built(deployed)
    await s.rest()
    await s.person.merge(1)
    await s.rest()
    await s.front.stop()
    const { states } = await s.rest()
    assert.equal(states['web/staging'], 'current up-to-date')
    await s.push('Newer')
    assert.equal((await s.rest()).states['web/staging'], 'waiting registry-unavailable')
    assert.equal(await s.manifest(STAGING), kustomization(tagOf(deployed)))
    assert.equal(await s.everHad(older), false)
  })

  it(
    'registry-down, merge: auto: what can no longer be looked at is not merged',
    async (s) => {
      const commit = await s.push()
      await s.built(commit)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await s.states(), ['1 open'])
      s.front.manner = () => ({ status: 500 })
      await s.rest()
      assert.deepEqual(await s.states(), ['1 open'])
      s.front.manner = null
      await s.rest()
      assert.deepEqual(await s.states(), ['1 merged'])
      assert.equal(await s.manifest(STAGING), kustomization(tagOf(commit)))
    },
    { config: WAITING.replace('  staging:\n', '  staging:\n    merge: auto\n') },
  )

  it('a registry that names a time is never asked before it, whatever happens meanwhile', async (s) => {
    s.front.manner = () => ({ status: 429, headers: { 'retry-after': '120' } })
    const first = await s.push()
    await s.built(first)
    const end = new Date(s.now().getTime() + 120_000)
    const { lookAgain } = await s.rest()
    assert.deepEqual(lookAgain?.notBefore, end)
    assert.equal(s.front.asked.length, 1)
    s.front.manner = null
    let commit = first
    for (const seconds of [1, 60, 58]) {
      s.later(seconds)
      commit = await s.push(`After ${seconds}`)
      await s.built(commit)
      const { states } = await s.rest()
      assert.equal(states['web/staging'], 'waiting rate-limited')
      assert.equal(s.front.asked.length, 1, `${s.now().toISOString()} is before ${end.toISOString()}`)
    }
    assert.deepEqual(await s.states(), [])
    s.later(1)
    await s.rest()
    assert.ok(s.front.asked.length > 1)
    assert.equal(await s.manifest(STAGING, STAGING_BRANCH), kustomization(tagOf(commit)))
  })

  it(
    'registry-down: a release is neither tagged nor proposed while its registry fails, and is once it works',
    async (s) => {
      const commit = await s.push()
      const digest = await s.built(commit)
      await s.clone.git('tag', 'v1.0.0')
      await s.clone.git('push', '--quiet', 'origin', 'v1.0.0')
      for (const part of ['HEAD v1.0.0', `HEAD ${tagOf(commit)}`]) {
        s.front.manner = (request) => (request === part ? { status: 500 } : null)
        const { states } = await s.rest()
        assert.equal(states['web/production'], 'waiting registry-unavailable', part)
        assert.equal(await s.digestOf('v1.0.0'), null)
      }
      for (const part of [`GET ${digest}`, 'PUT v1.0.0']) {
        s.front.manner = (request) => (request === part ? { status: 500 } : null)
        await assert.rejects(s.bot.pass(SOURCE), { code: 'registry-unavailable', kind: 'transient' }, part)
        assert.equal(await s.digestOf('v1.0.0'), null)
      }
      assert.equal(await s.manifest(PRODUCTION, PRODUCTION_BRANCH), null)
      assert.equal(await s.manifest(STAGING, STAGING_BRANCH), kustomization(tagOf(commit)), 'staging goes on')
      s.front.manner = null
      await s.rest()
      assert.equal(await s.digestOf('v1.0.0'), digest)
      assert.equal(await s.manifest(PRODUCTION, PRODUCTION_BRANCH), kustomization('v1.0.0'))
    },
    { config: WAITING.replace('follow: tag v*', 'follow: tag v*\n    retag: true') },
  )
})
