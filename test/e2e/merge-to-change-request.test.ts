import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STAGING } from '../support/acme.ts'
import { fsck } from '../support/sandbox.ts'
import { BRANCH, type Scene, scene, tagOf } from '../support/scene.ts'
import { kustomization } from '../support/world.ts'

/** Opens a pull request in acme/web with two commits, merges it by `method`, and returns main's head. */
async function mergePullRequest({ forge, clone, headOf, web }: Scene, method: string): Promise<string> {
  await clone.git('switch', '--quiet', '-c', 'feature')
  await clone.commit({ 'feature.txt': '1' }, 'Begin the feature')
  await clone.commit({ 'feature.txt': '2' }, 'End the feature')
  await clone.push()
  const { body } = await forge.rest('POST', '/repos/acme/web/pulls', {
    title: 'The feature',
    head: 'feature',
    base: 'main',
  })
  await forge.rest('PUT', `/repos/acme/web/pulls/${body.number}/merge`, { merge_method: method })
  return (await headOf(web, 'main')) ?? ''
}

async function assertStaging(
  { changeRequests, manifest, forge, manifests }: Scene,
  tag: string,
): Promise<void> {
  const [request, ...others] = await changeRequests()
  assert.deepEqual(others, [])
  assert.equal(request?.state, 'open')
  assert.equal(request.head.ref, BRANCH)
  assert.equal(await manifest(STAGING, BRANCH), kustomization(tag))
  assert.equal(await fsck(forge, manifests), '')
}

for (const method of ['merge', 'squash', 'rebase']) {
  test(`a pull request merged by ${method} opens one change request with the tag of main's new head`, async () => {
    await scene(async (s) => {
      const head = await mergePullRequest(s, method)
      await s.bot.pass('acme/web')
      await assertStaging(s, tagOf(head))
      assert.match((await s.changeRequests())[0]?.body ?? '', /End the feature|The feature/)
    })
  })
}

test('a direct push opens one change request whose only difference is the tag', async () => {
  await scene(async (s) => {
    const head = await s.push('Change the greeting')
    await s.bot.pass('acme/web')
    await assertStaging(s, tagOf(head))
    const { body } = await s.forge.rest('GET', '/repos/acme/k8s-manifests/pulls/1/files')
    assert.deepEqual(
      body.map((file: { filename: string; additions: number; deletions: number }) => [
        file.filename,
        file.additions,
        file.deletions,
      ]),
      [[STAGING, 1, 1]],
    )
  })
})

test('the commit is made by the bot through the forge, with trailers for Argo CD', async () => {
  await scene(async (s) => {
    const head = await s.push()
    await s.bot.pass('acme/web')
    const { body } = await s.forge.rest('GET', `/repos/acme/k8s-manifests/commits/${BRANCH}`)
    assert.equal(body.commit.author.name, 'supercargo[bot]')
    assert.equal(body.commit.committer.name, 'GitHub')
    assert.match(body.commit.message, new RegExp(`\nArgocd-reference-commit-sha: ${head}\n`))
  })
})

test('a second push updates the same change request and supersedes the first version', async () => {
  await scene(async (s) => {
    const first = await s.push('First')
    await s.bot.pass('acme/web')
    const second = await s.push('Second')
    await s.bot.pass('acme/web')
    await assertStaging(s, tagOf(second))
    const [request] = await s.changeRequests()
    assert.match(request?.body ?? '', new RegExp(`Supersedes \`${tagOf(first)}\``))
    assert.match(request?.title ?? '', new RegExp(`${tagOf(second)}$`))
  })
})

test('a repeated delivery changes nothing: the second pass writes nothing at all', async () => {
  await scene(async (s) => {
    await s.push()
    await s.bot.pass('acme/web')
    await s.bot.pass('acme/web')
    s.forge.model.faults.log.length = 0
    const { applied } = await s.bot.pass('acme/web')
    assert.deepEqual(applied, [])
    const writes = s.forge.model.faults.log.filter(
      ({ method, path }) => method !== 'GET' && !path.endsWith('/graphql'),
    )
    assert.deepEqual(writes, [])
  })
})

test('the source commit has one report that says how every environment stands', async () => {
  await scene(async (s) => {
    const head = await s.push()
    await s.bot.pass('acme/web')
    await s.bot.pass('acme/web')
    const { body } = await s.forge.rest('GET', `/repos/acme/web/commits/${head}/check-runs`)
    assert.equal(body.total_count, 1)
    assert.equal(body.check_runs[0].name, 'supercargo')
    assert.match(body.check_runs[0].output.summary, /web\/staging \| \[waiting\]/)
    assert.match(body.check_runs[0].output.summary, /web\/production \| waiting/)
  })
})
