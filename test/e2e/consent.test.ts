import assert from 'node:assert/strict'
import { test } from 'node:test'
import { protect } from '../../src/sandbox/model/protection.ts'
import { CONFIG, POLICY, STAGING } from '../support/acme.ts'
import type { ReportView } from '../support/forge-view.ts'
import { BRANCH, tagOf } from '../support/scene.ts'
import { acrossForges, MANIFESTS, SOURCE, type Stage, settle } from '../support/stage.ts'
import { kustomization } from '../support/world.ts'

const AUTO = CONFIG.replace(
  'path: apps/web/overlays/staging\n',
  'path: apps/web/overlays/staging\n    merge: auto\n',
)

async function report({ source, headOf, web }: Stage): Promise<ReportView> {
  return await source.report(SOURCE, (await headOf(web, 'main')) ?? '')
}

acrossForges((stage) => {
  test('merge: auto with consent merges what the forge allows, and deletes its branch', async () => {
    await stage(
      async (s) => {
        const head = await s.push()
        const { lookAgain } = await s.bot.pass(SOURCE)
        assert.notEqual(lookAgain, null)
        await settle(s)
        assert.equal(await s.manifest(STAGING), kustomization(tagOf(head)))
        assert.deepEqual(await s.states(), ['1 merged'])
        assert.equal(await s.headOf(s.manifests, BRANCH), null)
        assert.match((await report(s)).text, /web\/staging: current/)
      },
      { config: AUTO },
    )
  })

  test('merge: auto waits for a required review, and says what it waits for', async () => {
    await stage(
      async (s) => {
        protect(s.target.inside.model, s.manifests, 'main', {
          requiredApprovals: 1,
          requiredChecks: ['ci'],
          enforceAdmins: true,
        })
        await s.push()
        await settle(s)
        const { standings } = await s.bot.pass(SOURCE)
        assert.equal(standings[0]?.reason.code, 'merge-blocked')
        assert.equal((await s.changeRequests())[0]?.state, 'open')
      },
      { config: AUTO },
    )
  })

  test('merge: auto without consent waits for a person and says so', async () => {
    await stage(
      async (s) => {
        await s.push()
        await s.bot.pass(SOURCE)
        await s.bot.pass(SOURCE)
        const [request] = await s.changeRequests()
        assert.equal(request?.state, 'open')
        assert.match(request.body, /A person merges this/)
      },
      { config: AUTO, policy: POLICY.replace('merge: [staging]', 'merge: []') },
    )
  })

  test('without a policy a source of the same owner on the same forge may open change requests for review', async () => {
    await stage(
      async (s) => {
        await s.push()
        await s.bot.pass(SOURCE)
        await s.bot.pass(SOURCE)
        assert.deepEqual(await s.states(), s.deviations.ownersAreShared ? ['1 open'] : [])
      },
      { config: AUTO, policy: null },
    )
  })

  test('a source of another owner gets nothing and is told why', async () => {
    await stage(
      async (s) => {
        const other = await s.source.repository('evil/web', { '.supercargo.yml': s.named(CONFIG) })
        await s.bot.pass('evil/web')
        assert.deepEqual(await s.changeRequests(), [])
        const { conclusion, text } = await s.source.report('evil/web', (await s.headOf(other, 'main')) ?? '')
        assert.equal(conclusion, 'failure')
        assert.match(text, s.deviations.source.reportTellsAll ? /another owner|evil/ : /staging: refused/)
      },
      { policy: null },
    )
  })

  test('a policy that does not accept the path writes nothing there', async () => {
    await stage(
      async (s) => {
        await s.push()
        await s.bot.pass(SOURCE)
        assert.deepEqual(await s.changeRequests(), [])
        assert.equal((await report(s)).conclusion, 'failure')
      },
      { policy: POLICY.replace('apps/web/**', 'apps/api/**') },
    )
  })

  test('a broken configuration is reported on the commit that broke it, and the last good one is not used', async () => {
    await stage(async (s) => {
      const config = CONFIG.replace('follow: branch main', 'folow: branch main').replace('{sha:7}', '{sah:7}')
      await s.pushConfig('Break it', config)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await s.changeRequests(), [])
      const { conclusion, text, annotations } = await report(s)
      assert.equal(conclusion, 'failure')
      assert.match(text, /follow/)
      assert.ok(s.deviations.source.annotations ? annotations >= 2 : /supercargo\.yml:\d+:\d+/.test(text))
      const head = await s.pushConfig('Mend it', CONFIG)
      await s.bot.pass(SOURCE)
      assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(head)))
    })
  })

  test('a broken policy is reported in the manifest repository, and accepts nothing', async () => {
    await stage(async (s) => {
      const head = await s.person.commit('main', { '.supercargo/policy.yml': 'acept: []\n' })
      await s.push()
      await s.bot.pass(SOURCE)
      await s.targetBot.pass(MANIFESTS)
      assert.deepEqual(await s.changeRequests(), [])
      assert.equal((await s.target.report(MANIFESTS, head)).conclusion, 'failure')
    })
  })

  test('manifests that the bot may not see are told of on the source commit', async () => {
    await stage(
      async (s) => {
        await s.bot.pass(SOURCE).catch(() => null)
        const { conclusion, text } = await report(s)
        assert.equal(conclusion, 'failure')
        assert.match(text, s.deviations.source.reportTellsAll ? /nowhere/ : /staging: refused/)
      },
      { config: CONFIG.replace('acme/k8s-manifests', 'acme/nowhere') },
    )
  })

  test('a configuration on another branch than the default one counts for nothing', async () => {
    await stage(async (s) => {
      await s.clone.git('switch', '--quiet', '-c', 'evil')
      await s.pushConfig('Try', CONFIG.replace('branch main', 'branch evil'))
      await s.bot.pass(SOURCE)
      assert.deepEqual(await s.changeRequests(), [])
    })
  })
})
