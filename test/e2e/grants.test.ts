import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG, CONFIG_WITH_PREVIEWS, POLICY } from '../support/acme.ts'
import { acrossForges, MANIFESTS, SOURCE } from '../support/stage.ts'

const ON_LAX = (config: string) =>
  config.replace('manifests: acme/k8s-manifests', 'manifests: acme/k8s-manifests@lax')

acrossForges((stage) => {
  test('a policy on another branch than the default one grants nothing, also for that branch', async () => {
    await stage(
      async (s) => {
        await s.person.branch('lax')
        const lax = POLICY.replace('acme/api', 'acme/web').replace('merge: [staging]', 'direct: ["*"]')
        await s.person.commit('lax', { '.supercargo/policy.yml': s.named(lax) }, 'Accept anything')
        const before = await s.headOf(s.manifests, 'lax')
        await s.push()
        const { standings } = await s.bot.pass(SOURCE)
        assert.deepEqual(
          standings.map(({ reason }) => reason.code),
          ['source-not-accepted', 'source-not-accepted'],
        )
        assert.equal(await s.headOf(s.manifests, 'lax'), before)
        assert.deepEqual(await s.changeRequests(), [])
      },
      { config: ON_LAX(CONFIG), policy: POLICY.replace('acme/web', 'acme/api') },
    )
  })

  test('the policy of the default branch grants what is done on another one', async () => {
    await stage(
      async (s) => {
        await s.person.branch('lax')
        await s.person.commit('lax', { '.supercargo/policy.yml': null }, 'No policy here')
        await s.push()
        await s.bot.pass(SOURCE)
        assert.deepEqual(await s.states(), ['1 open'])
        assert.equal(await s.target.baseOf(MANIFESTS, 1), 'lax')
      },
      { config: ON_LAX(CONFIG_WITH_PREVIEWS) },
    )
  })
})
