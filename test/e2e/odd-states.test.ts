import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG, STAGING } from '../support/acme.ts'
import { commitFiles } from '../support/sandbox.ts'
import { BRANCH, scene, tagOf } from '../support/scene.ts'

const NAMED_APP = `manifests: acme/k8s-manifests
image: ghcr.io/acme/web
apps:
  web:
    environments:
      staging: { follow: branch main, path: apps/web/overlays/staging }
`

test('another manifest branch in the configuration moves the change request there, once', async () => {
  await scene(async (s) => {
    await s.push()
    await s.bot.pass('acme/web')
    const sha = await s.headOf(s.manifests, 'main')
    await s.forge.rest('POST', '/repos/acme/k8s-manifests/git/refs', { ref: 'refs/heads/release', sha })
    const config = CONFIG.replace('manifests: acme/k8s-manifests', 'manifests: acme/k8s-manifests@release')
    const head = await s.push('Deploy from release', { '.github/supercargo.yml': config })
    await s.bot.pass('acme/web')
    const [request, ...others] = await s.changeRequests()
    assert.deepEqual([request?.base.ref, request?.state, others], ['release', 'open', []])
    assert.match((await s.manifest(STAGING, BRANCH)) ?? '', new RegExp(tagOf(head)))
    const { applied } = await s.bot.pass('acme/web')
    assert.deepEqual(applied, [])
  })
})

test('a renamed application goes on with its change request, and its old name leads nowhere else', async () => {
  await scene(
    async (s) => {
      await s.push()
      await s.bot.pass('acme/web')
      const { status } = await s.forge.rest('PATCH', '/repos/acme/web', { name: 'shop' })
      assert.equal(status, 200)
      const head = await s.push('After the rename')
      const { standings } = await s.bot.pass('acme/web')
      assert.equal(standings[0]?.reason.code, 'waits-for-review')
      assert.deepEqual(
        (await s.changeRequests()).map(({ number, state }) => `${number} ${state}`),
        ['1 open'],
      )
      assert.match((await s.manifest(STAGING, BRANCH)) ?? '', new RegExp(tagOf(head)))
    },
    { config: NAMED_APP, policy: null },
  )
})

test('an environment that was taken out of the configuration has its change request closed with the reason', async () => {
  await scene(async (s) => {
    await s.push()
    await s.bot.pass('acme/web')
    const elsewhere = CONFIG.replace('  staging:', '  testing:')
    await s.push('Rename the environment', { '.github/supercargo.yml': elsewhere })
    await s.bot.pass('acme/web')
    const [first, second, ...others] = await s.changeRequests()
    assert.deepEqual([first?.state, first?.merged_at, others], ['closed', null, []])
    assert.match(first?.body ?? '', /has no web\/staging here any more/)
    assert.equal(second?.head.ref, 'supercargo/web/testing')
    assert.equal(await s.headOf(s.manifests, BRANCH), null)
    assert.deepEqual((await s.bot.pass('acme/web')).applied, [])
    await s.push('And back', { '.github/supercargo.yml': CONFIG })
    await s.bot.pass('acme/web')
    const states = (await s.changeRequests()).map(({ head, state }) => `${head.ref} ${state}`)
    assert.deepEqual(states, [`${BRANCH} closed`, 'supercargo/web/testing closed', `${BRANCH} open`])
  })
})

test("another repository's change request of the same name, and one that people have taken over, stay open", async () => {
  await scene(
    async (s) => {
      await s.push()
      await s.bot.pass('acme/web')
      await s.forge.repository('acme/other', {
        '.github/supercargo.yml': NAMED_APP.replace('staging:', 'testing:'),
      })
      await s.bot.pass('acme/other')
      assert.equal((await s.changeRequests())[0]?.state, 'open')
      await commitFiles(s.forge, s.manifests, BRANCH, { 'notes.txt': 'mine' }, 'My own change')
      const elsewhere = CONFIG.replace('  staging:', '  testing:')
      await s.push('Rename the environment', { '.github/supercargo.yml': elsewhere })
      await s.bot.pass('acme/web')
      assert.equal((await s.changeRequests())[0]?.state, 'open')
    },
    { policy: null },
  )
})
