import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG, POLICY, STAGING } from '../support/acme.ts'
import { commitFiles } from '../support/sandbox.ts'
import { BRANCH, type Scene, scene, tagOf } from '../support/scene.ts'
import { kustomization } from '../support/world.ts'

const AUTO = CONFIG.replace(
  'path: apps/web/overlays/staging\n',
  'path: apps/web/overlays/staging\n    merge: auto\n',
)

async function report({
  forge,
  headOf,
  web,
}: Scene): Promise<{ conclusion: string; text: string; annotations: number }> {
  const head = await headOf(web, 'main')
  const { body } = await forge.rest('GET', `/repos/acme/web/commits/${head}/check-runs`)
  const [run] = body.check_runs
  return {
    conclusion: run?.conclusion,
    text: `${run?.output.title}\n${run?.output.summary}`,
    annotations: run?.output.annotations_count,
  }
}

test('merge: auto with consent merges what the forge allows, and deletes its branch', async () => {
  await scene(
    async (s) => {
      const head = await s.push()
      const { lookAgainAt } = await s.bot.pass('acme/web')
      assert.notEqual(lookAgainAt, null)
      await s.bot.pass('acme/web')
      assert.equal(await s.manifest(STAGING), kustomization(tagOf(head)))
      assert.notEqual((await s.changeRequests())[0]?.merged_at, null)
      assert.equal(await s.headOf(s.manifests, BRANCH), null)
      assert.match((await report(s)).text, /web\/staging \| current/)
    },
    { config: AUTO },
  )
})

test('merge: auto waits for a required review or check, and says what it waits for', async () => {
  await scene(
    async (s) => {
      await s.forge.rest('PUT', '/repos/acme/k8s-manifests/branches/main/protection', {
        required_status_checks: { strict: false, contexts: ['ci'] },
        required_pull_request_reviews: { required_approving_review_count: 1 },
        enforce_admins: true,
        restrictions: null,
      })
      await s.push()
      await s.bot.pass('acme/web')
      const { standings } = await s.bot.pass('acme/web')
      assert.equal(standings[0]?.reason.code, 'merge-blocked')
      assert.equal((await s.changeRequests())[0]?.state, 'open')
    },
    { config: AUTO },
  )
})

test('merge: auto without consent waits for a person and says so', async () => {
  await scene(
    async (s) => {
      await s.push()
      await s.bot.pass('acme/web')
      await s.bot.pass('acme/web')
      const [request] = await s.changeRequests()
      assert.equal(request?.state, 'open')
      assert.match(request.body, /A person merges this/)
    },
    { config: AUTO, policy: POLICY.replace('merge: [staging]', 'merge: []') },
  )
})

test('without a policy a source of the same owner may open change requests for review', async () => {
  await scene(
    async (s) => {
      await s.push()
      await s.bot.pass('acme/web')
      await s.bot.pass('acme/web')
      assert.equal((await s.changeRequests())[0]?.state, 'open')
    },
    { config: AUTO, policy: null },
  )
})

test('a source of another owner gets nothing and is told why', async () => {
  await scene(
    async (s) => {
      const other = await s.forge.repository('evil/web', { '.supercargo.yml': CONFIG })
      await s.bot.pass('evil/web')
      assert.deepEqual(await s.changeRequests(), [])
      const { body } = await s.forge.rest(
        'GET',
        `/repos/evil/web/commits/${await s.headOf(other, 'main')}/check-runs`,
      )
      assert.equal(body.check_runs[0].conclusion, 'failure')
      assert.match(body.check_runs[0].output.summary, /another owner|evil/)
    },
    { policy: null },
  )
})

test('a policy that does not accept the path writes nothing there', async () => {
  await scene(
    async (s) => {
      await s.push()
      await s.bot.pass('acme/web')
      assert.deepEqual(await s.changeRequests(), [])
      assert.equal((await report(s)).conclusion, 'failure')
    },
    { policy: POLICY.replace('apps/web/**', 'apps/api/**') },
  )
})

test('a broken configuration is reported on the commit that broke it, and the last good one is not used', async () => {
  await scene(async (s) => {
    const config = CONFIG.replace('follow: branch main', 'folow: branch main').replace('{sha:7}', '{sah:7}')
    await s.push('Break it', { '.github/supercargo.yml': config })
    await s.bot.pass('acme/web')
    assert.deepEqual(await s.changeRequests(), [])
    const { conclusion, text, annotations } = await report(s)
    assert.equal(conclusion, 'failure')
    assert.match(text, /follow/)
    assert.ok(annotations >= 2)
    const head = await s.push('Mend it', { '.github/supercargo.yml': CONFIG })
    await s.bot.pass('acme/web')
    assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(head)))
  })
})

test('a broken policy is reported in the manifest repository, and accepts nothing', async () => {
  await scene(async (s) => {
    const head = await commitFiles(s.forge, s.manifests, 'main', { '.supercargo/policy.yml': 'acept: []\n' })
    await s.push()
    await s.bot.pass('acme/web')
    await s.bot.pass('acme/k8s-manifests')
    assert.deepEqual(await s.changeRequests(), [])
    const { body } = await s.forge.rest('GET', `/repos/acme/k8s-manifests/commits/${head}/check-runs`)
    assert.equal(body.check_runs[0].conclusion, 'failure')
  })
})

test('manifests that the bot may not see are told of on the source commit', async () => {
  await scene(
    async (s) => {
      await s.bot.pass('acme/web').catch(() => null)
      assert.match((await report(s)).text, /nowhere/)
    },
    { config: CONFIG.replace('acme/k8s-manifests', 'acme/nowhere') },
  )
})

test('a configuration on another branch than the default one counts for nothing', async () => {
  await scene(async (s) => {
    await s.clone.git('switch', '--quiet', '-c', 'evil')
    await s.push('Try', { '.github/supercargo.yml': CONFIG.replace('branch main', 'branch evil') })
    await s.bot.pass('acme/web')
    assert.deepEqual(await s.changeRequests(), [])
  })
})
