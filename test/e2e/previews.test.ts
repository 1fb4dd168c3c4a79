import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG_WITH_PREVIEWS, TEMPLATE } from '../support/acme.ts'
import { headOf, treeTexts } from '../support/sandbox.ts'
import { type Scene, scene, tagOf } from '../support/scene.ts'

const WITH_PREVIEWS = { config: CONFIG_WITH_PREVIEWS }

/** Pushes a branch with one commit and opens a pull request from it; returns its number and head. */
async function openPullRequest(
  s: Scene,
  branch: string,
  title = branch,
): Promise<{ number: number; head: string }> {
  await s.clone.git('switch', '--quiet', '-c', branch, 'origin/main')
  const head = await s.clone.commit({ [`${branch.replaceAll('/', '-')}.txt`]: '1' }, `Work on ${branch}`)
  await s.clone.push()
  const { body } = await s.forge.rest('POST', '/repos/acme/web/pulls', { title, head: branch, base: 'main' })
  return { number: body.number, head }
}

async function previews(s: Scene): Promise<Record<string, string>> {
  const texts = await treeTexts(s.forge, s.manifests, 'main')
  return Object.fromEntries(Object.entries(texts).filter(([path]) => path.startsWith('apps/web/previews/')))
}

function expected(number: number, head: string): Record<string, string> {
  const text = TEMPLATE.replace('{number}', String(number)).replace('{tag}', tagOf(head))
  return { [`apps/web/previews/pr-${number}/kustomization.yaml`]: text }
}

async function comments(s: Scene, number: number): Promise<{ body: string; id: number }[]> {
  return (await s.forge.rest('GET', `/repos/acme/web/issues/${number}/comments`)).body
}

test('a pull request gets a preview by a direct commit and one comment that says where it is', async () => {
  await scene(async (s) => {
    const { number, head } = await openPullRequest(s, 'feature/login')
    await s.bot.pass('acme/web')
    await s.bot.pass('acme/web')
    assert.deepEqual(await previews(s), expected(number, head))
    const [comment, ...others] = await comments(s, number)
    assert.deepEqual(others, [])
    assert.match(comment?.body ?? '', new RegExp(`https://pr-${number}\\.web\\.preview\\.acme\\.dev`))
    assert.deepEqual(await s.changeRequests(), [])
  }, WITH_PREVIEWS)
})

test('a push to the pull request moves its preview to the new commit', async () => {
  await scene(async (s) => {
    const { number } = await openPullRequest(s, 'feature/login')
    await s.bot.pass('acme/web')
    const head = await s.push('More work')
    await s.bot.pass('acme/web')
    assert.deepEqual(await previews(s), expected(number, head))
  }, WITH_PREVIEWS)
})

test('closing the pull request removes the preview, and the same comment says that it is gone', async () => {
  await scene(async (s) => {
    const { number } = await openPullRequest(s, 'feature/login')
    await s.bot.pass('acme/web')
    const [before] = await comments(s, number)
    await s.forge.rest('PATCH', `/repos/acme/web/pulls/${number}`, { state: 'closed' })
    await s.bot.pass('acme/web')
    assert.deepEqual(await previews(s), {})
    const [comment, ...others] = await comments(s, number)
    assert.deepEqual(others, [])
    assert.equal(comment?.id, before?.id)
    assert.match(comment?.body ?? '', /gone/)
  }, WITH_PREVIEWS)
})

test('deleting the branch removes the preview, although nobody told the bot', async () => {
  await scene(async (s) => {
    s.forge.model.faults.webhook = () => 'drop'
    await openPullRequest(s, 'feature/login')
    await s.bot.pass('acme/web')
    await s.clone.push('origin', ':feature/login')
    await s.bot.pass('acme/web')
    assert.deepEqual(await previews(s), {})
  }, WITH_PREVIEWS)
})

test('an orphan from before the bot knew anything is removed', async () => {
  const manifests = {
    'apps/web/previews/pr-99/kustomization.yaml': 'x: 1\n',
    'apps/web/previews/README.md': 'stays\n',
  }
  await scene(
    async (s) => {
      await s.bot.pass('acme/web')
      assert.deepEqual(await previews(s), { 'apps/web/previews/README.md': 'stays\n' })
    },
    { ...WITH_PREVIEWS, manifests },
  )
})

test('a listing that fails half-way removes nothing', async () => {
  await scene(async (s) => {
    const first = await openPullRequest(s, 'feature/login')
    await openPullRequest(s, 'feature/logout')
    await s.bot.pass('acme/web')
    const before = await previews(s)
    await s.forge.rest('PATCH', `/repos/acme/web/pulls/${first.number}`, { state: 'closed' })
    s.forge.model.faults.fail({
      matches: ({ query }) => /pullRequests/.test(query ?? ''),
      times: 100,
      answer: { status: 502 },
    })
    await assert.rejects(s.bot.pass('acme/web'))
    assert.deepEqual(await previews(s), before)
    s.forge.model.faults.clear()
    await s.bot.pass('acme/web')
    assert.equal(Object.keys(await previews(s)).length, 1)
  }, WITH_PREVIEWS)
})

test('previews by branch pattern follow live branches, and hostile names cannot leave their place', async () => {
  const config = CONFIG_WITH_PREVIEWS.replace('follow: pull requests', 'follow: branches feature/**')
    .replace('pr-{number}\n', '{slug}\n')
    .replace('pr-{number}.', '{slug}.')
  const manifests = { 'apps/web/preview/kustomization.yaml': 'namespace: web-{slug}\n' }
  await scene(
    async (s) => {
      for (const branch of ['feature/a-b', 'feature/a/b', 'feature/"$(id)"', 'main2']) {
        await s.clone.git('switch', '--quiet', '-c', branch, 'origin/main')
        await s.clone.push()
      }
      await s.bot.pass('acme/web')
      const paths = Object.keys(await previews(s))
      assert.equal(paths.length, 3)
      for (const path of paths)
        assert.match(path, /^apps\/web\/previews\/[a-z0-9-]{1,40}\/kustomization\.yaml$/)
      await s.clone.push('origin', ':feature/a-b', ':feature/a/b', ':feature/"$(id)"')
      await s.bot.pass('acme/web')
      assert.deepEqual(await previews(s), {})
    },
    { config, manifests },
  )
})

test('without consent the previews wait in one change request, and the comment links to it', async () => {
  await scene(
    async (s) => {
      const { number } = await openPullRequest(s, 'feature/login')
      await s.bot.pass('acme/web')
      const [request, ...others] = await s.changeRequests()
      assert.deepEqual(others, [])
      assert.equal(request?.head.ref, 'supercargo/web/previews')
      assert.match(
        (await comments(s, number))[0]?.body ?? '',
        /waits for \[the change request\]\(.*\/pull\/1\)/,
      )
      assert.notEqual(await headOf(s.forge, s.manifests, 'supercargo/web/previews'), null)
      const { applied } = await s.bot.pass('acme/web')
      assert.deepEqual(applied, [])
    },
    { ...WITH_PREVIEWS, policy: null },
  )
})
