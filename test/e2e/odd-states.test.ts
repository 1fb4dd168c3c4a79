import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG, STAGING } from '../support/acme.ts'
import { BRANCH, tagOf } from '../support/scene.ts'
import { acrossForges, MANIFESTS, SOURCE } from '../support/stage.ts'

const NAMED_APP = `manifests: acme/k8s-manifests
image: ghcr.io/acme/web
ready: commit
apps:
  web:
    environments:
      staging: { follow: branch main, path: apps/web/overlays/staging }
`
/** Whatever the application is called. */
const ANY = 'accept:\n  - { from: acme/*, paths: apps/**, images: ghcr.io/acme/* }\n'

acrossForges((stage) => {
  test('another manifest branch in the configuration moves the change request there, once', async () => {
    await stage(async (s) => {
      await s.push()
      await s.bot.pass(SOURCE)
      await s.person.branch('release')
      const config = CONFIG.replace('manifests: acme/k8s-manifests', 'manifests: acme/k8s-manifests@release')
      const head = await s.pushConfig('Deploy from release', config)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await s.states(), ['1 open'])
      assert.equal(await s.target.baseOf(MANIFESTS, 1), 'release')
      assert.match((await s.manifest(STAGING, BRANCH)) ?? '', new RegExp(tagOf(head)))
      const { applied } = await s.bot.pass(SOURCE)
      assert.deepEqual(applied, [])
    })
  })

  test('a renamed application goes on with its change request, and its old name leads nowhere else', async () => {
    await stage(
      async (s) => {
        await s.push()
        await s.bot.pass(SOURCE)
        await s.source.renameRepository(SOURCE, 'shop')
        const head = await s.push('After the rename')
        const { standings } = await s.bot.pass(SOURCE)
        assert.equal(standings[0]?.reason.code, 'waits-for-review')
        assert.deepEqual(await s.states(), ['1 open'])
        assert.match((await s.manifest(STAGING, BRANCH)) ?? '', new RegExp(tagOf(head)))
      },
      { config: NAMED_APP, policy: ANY },
    )
  })

  test('an environment that was taken out of the configuration has its change request closed with the reason', async () => {
    await stage(async (s) => {
      await s.push()
      await s.bot.pass(SOURCE)
      const elsewhere = CONFIG.replace('  staging:', '  testing:')
      await s.pushConfig('Rename the environment', elsewhere)
      await s.bot.pass(SOURCE)
      const [first, second, ...others] = await s.changeRequests()
      assert.deepEqual([first?.state, others], ['closed', []])
      assert.match(first?.body ?? '', /has no web\/staging here any more/)
      assert.equal(second?.branch, 'supercargo/web/testing')
      assert.equal(await s.headOf(s.manifests, BRANCH), null)
      assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
      await s.pushConfig('And back', CONFIG)
      await s.bot.pass(SOURCE)
      const states = (await s.changeRequests()).map(({ branch, state }) => `${branch} ${state}`)
      assert.deepEqual(states, [`${BRANCH} closed`, 'supercargo/web/testing closed', `${BRANCH} open`])
    })
  })

  test("another repository's change request of the same name, and one that people have taken over, stay open", async () => {
    await stage(
      async (s) => {
        await s.push()
        await s.bot.pass(SOURCE)
        await s.source.repository('acme/other', {
          [s.configFile]: s.named(NAMED_APP.replace('staging:', 'testing:')),
        })
        await s.bot.pass('acme/other')
        assert.equal((await s.changeRequests())[0]?.state, 'open')
        await s.person.commit(BRANCH, { 'notes.txt': 'mine' }, 'My own change')
        const elsewhere = CONFIG.replace('  staging:', '  testing:')
        await s.pushConfig('Rename the environment', elsewhere)
        await s.bot.pass(SOURCE)
        assert.equal((await s.changeRequests())[0]?.state, 'open')
      },
      { policy: ANY },
    )
  })
})
