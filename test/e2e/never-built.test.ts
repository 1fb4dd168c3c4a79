import assert from 'node:assert/strict'
import { PRODUCTION, STAGING } from '../support/acme.ts'
import { acrossRegistries, WAITING } from '../support/version-stage.ts'
import { kustomization } from '../support/world.ts'

// What is never built is waited for in sight of everybody, said when it is late, and keeps nothing back for ever.

const tagOf = (commit: string) => commit.slice(0, 7)

acrossRegistries((it) => {
  it('never-built: it waits, is late after its time, and a later commit that is built goes ahead', async (s) => {
    const broken = await s.push('Does not compile')
    const waits = await s.rest()
    const missing = `${tagOf(broken)} waits for its image ghcr.io/acme/web:${tagOf(broken)}.`
    assert.deepEqual(waits.states, {
      'web/staging': 'waiting waits-for-image',
      'web/production': 'waiting no-matching-tag',
    })
    assert.equal(waits.messages['web/staging'], missing)
    const shown = await s.told(broken)
    assert.equal(shown.conclusion, 'success')
    assert.ok(shown.text.includes(missing.slice(0, -1)), shown.text)

    s.later(20 * 60 - 1)
    await s.rest()
    assert.equal((await s.told(broken)).conclusion, 'success')
    s.later(1)
    await s.rest()
    const late = await s.told(broken)
    assert.equal(late.conclusion, 'failure')
    assert.match(late.text, /web\/staging: late/)
    assert.match(late.text, new RegExp(`${tagOf(broken)} has not become ready since 2026.01.01 10:00 UTC`))
    assert.deepEqual(await s.states(), [])

    const mended = await s.push('Compiles')
    await s.rest()
    assert.deepEqual(await s.states(), [], 'it has to be built first')
    await s.built(mended)
    const { states } = await s.rest()
    assert.equal(states['web/staging'], 'waiting waits-for-review')
    assert.equal(await s.manifest(STAGING, 'supercargo/web/staging'), kustomization(tagOf(mended)))
    assert.equal((await s.told(mended)).conclusion, 'success')
    s.later(3600)
    await s.rest()
    assert.equal((await s.told(mended)).conclusion, 'success', 'nobody waits for it any more')
    await s.built(broken)
    await s.rest()
    assert.deepEqual(await s.states(), ['1 open'])
    assert.equal(await s.everHad(broken), false)
  })

  it('never-built: the newest commit that is built is taken, and told what is still waited for', async (s) => {
    const built = await s.push('Compiles')
    await s.built(built)
    await s.rest()
    const broken = await s.push('Does not compile')
    const { states } = await s.rest()
    assert.equal(states['web/staging'], 'waiting waits-for-review')
    assert.equal(await s.manifest(STAGING, 'supercargo/web/staging'), kustomization(tagOf(built)))
    await s.person.merge(1)
    const { states: after } = await s.rest()
    assert.equal(after['web/staging'], 'waiting waits-for-image')
    s.later(20 * 60)
    await s.rest()
    assert.equal((await s.told(broken)).conclusion, 'failure')
    assert.equal(await s.manifest(STAGING), kustomization(tagOf(built)))
    assert.deepEqual(await s.states(), ['1 merged'])
  })

  it(
    'never-built: a release that nobody builds is late, and the next release goes ahead',
    async (s) => {
      const release = async (version: string) => {
        const commit = await s.push(version)
        await s.clone.git('tag', version)
        await s.clone.git('push', '--quiet', 'origin', version)
        return commit
      }
      const first = await release('v1.0.0')
      const { states } = await s.rest()
      assert.equal(states['web/production'], 'waiting waits-for-image')
      s.later(20 * 60)
      await s.rest()
      assert.equal((await s.told(first)).conclusion, 'failure')
      await release('v1.0.1')
      await s.built('v1.0.1')
      await s.rest()
      assert.equal(await s.manifest(PRODUCTION, 'supercargo/web/production'), kustomization('v1.0.1'))
      await s.built('v1.0.0')
      await s.rest()
      assert.deepEqual(await s.states(), ['1 open'])
      assert.equal(await s.everHad('v1.0.0'), false)
    },
    { config: WAITING },
  )
})
