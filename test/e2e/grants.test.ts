import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG, CONFIG_WITH_PREVIEWS, POLICY } from '../support/acme.ts'
import { commitFiles } from '../support/sandbox.ts'
import { type Scene, scene } from '../support/scene.ts'

const ON_LAX = (config: string) =>
  config.replace('manifests: acme/k8s-manifests', 'manifests: acme/k8s-manifests@lax')

async function makeLax(s: Scene): Promise<void> {
  const sha = await s.headOf(s.manifests, 'main')
  const ref = { ref: 'refs/heads/lax', sha }
  assert.equal((await s.forge.rest('POST', '/repos/acme/k8s-manifests/git/refs', ref)).status, 201)
}

test('a policy on another branch than the default one grants nothing, also for that branch', async () => {
  await scene(
    async (s) => {
      await makeLax(s)
      const lax = POLICY.replace('acme/api', 'acme/web').replace('merge: [staging]', 'direct: ["*"]')
      await commitFiles(s.forge, s.manifests, 'lax', { '.supercargo/policy.yml': lax }, 'Accept anything')
      const before = await s.headOf(s.manifests, 'lax')
      await s.push()
      const { standings } = await s.bot.pass('acme/web')
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
  await scene(
    async (s) => {
      await makeLax(s)
      await commitFiles(s.forge, s.manifests, 'lax', { '.supercargo/policy.yml': null }, 'No policy here')
      await s.push()
      await s.bot.pass('acme/web')
      assert.deepEqual(
        (await s.changeRequests()).map(({ base, state }) => [base.ref, state]),
        [['lax', 'open']],
      )
    },
    { config: ON_LAX(CONFIG_WITH_PREVIEWS) },
  )
})
