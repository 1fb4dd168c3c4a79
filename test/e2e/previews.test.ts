import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG_WITH_PREVIEWS, POLICY, TEMPLATE } from '../support/acme.ts'
import { later } from '../support/later.ts'
import { remember } from '../support/memory.ts'
import { treeTexts } from '../support/sandbox.ts'
import { tagOf } from '../support/scene.ts'
import { acrossForges, SOURCE, type Stage } from '../support/stage.ts'

const WITH_PREVIEWS = { config: CONFIG_WITH_PREVIEWS }

async function previews(s: Stage): Promise<Record<string, string>> {
  const texts = await treeTexts(s.target.inside, s.manifests, 'main')
  return Object.fromEntries(Object.entries(texts).filter(([path]) => path.startsWith('apps/web/previews/')))
}

function expected(number: number, head: string): Record<string, string> {
  const text = TEMPLATE.replace('{number}', String(number)).replace('{tag}', tagOf(head))
  return { [`apps/web/previews/pr-${number}/kustomization.yaml`]: text }
}

acrossForges((stage, { source, target }) => {
  test('a pull request gets a preview by a direct commit and one comment that says where it is', async () => {
    await stage(async (s) => {
      const { number, head } = await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previews(s), expected(number, head))
      const [comment, ...others] = await s.source.comments(SOURCE, number)
      assert.deepEqual(others, [])
      assert.match(comment ?? '', new RegExp(`https://pr-${number}\\.web\\.preview\\.acme\\.dev`))
      assert.deepEqual(await s.changeRequests(), [])
    }, WITH_PREVIEWS)
  })

  test('a push to the pull request moves its preview to the new commit', async () => {
    await stage(async (s) => {
      const { number } = await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      const head = await s.push('More work')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previews(s), expected(number, head))
    }, WITH_PREVIEWS)
  })

  test('closing the pull request removes the preview, and the same comment says that it is gone', async () => {
    await stage(async (s) => {
      const { number } = await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      const before = await s.source.commentIds(SOURCE, number)
      await s.source.closeRequest(SOURCE, number)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previews(s), {})
      const [comment, ...others] = await s.source.comments(SOURCE, number)
      assert.deepEqual(others, [])
      assert.deepEqual(await s.source.commentIds(SOURCE, number), before)
      assert.match(comment ?? '', /removed/)
    }, WITH_PREVIEWS)
  })

  test('deleting the branch removes the preview, although nobody told the bot', async () => {
    await stage(async (s) => {
      s.source.inside.model.faults.webhook = () => 'drop'
      await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      await s.clone.push('origin', ':feature/login')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previews(s), {})
    }, WITH_PREVIEWS)
  })

  test('an orphan of which the forge knows nothing is removed when a second look says the same', async () => {
    const manifests = {
      'apps/web/previews/pr-99/kustomization.yaml': 'x: 1\n',
      'apps/web/previews/README.md': 'stays\n',
    }
    await stage(
      async (s) => {
        remember(s.bot.dependencies)
        await s.bot.pass(SOURCE)
        assert.deepEqual(await previews(s), manifests)
        later(s, 11 / (24 * 60))
        await s.bot.pass(SOURCE)
        assert.deepEqual(await previews(s), { 'apps/web/previews/README.md': 'stays\n' })
      },
      { ...WITH_PREVIEWS, manifests },
    )
  })

  test('a listing that fails half-way removes nothing', async () => {
    await stage(async (s) => {
      const first = await s.propose('feature/login')
      await s.propose('feature/logout')
      await s.bot.pass(SOURCE)
      const before = await previews(s)
      await s.source.closeRequest(SOURCE, first.number)
      const { faults } = s.source.inside.model
      faults.fail({
        matches: ({ query }) => /pullRequests|mergeRequests/.test(query ?? ''),
        times: 100,
        answer: { status: 502 },
      })
      await assert.rejects(s.bot.pass(SOURCE))
      assert.deepEqual(await previews(s), before)
      faults.clear()
      await s.bot.pass(SOURCE)
      assert.equal(Object.keys(await previews(s)).length, 1)
    }, WITH_PREVIEWS)
  })

  test('previews by branch pattern follow live branches, and hostile names cannot leave their place', async () => {
    const config = CONFIG_WITH_PREVIEWS.replace('follow: pull requests', 'follow: branches feature/**')
      .replace('pr-{number}\n', '{slug}\n')
      .replace('pr-{number}.', '{slug}.')
    const manifests = { 'apps/web/preview/kustomization.yaml': 'namespace: web-{slug}\n' }
    await stage(
      async (s) => {
        for (const branch of ['feature/a-b', 'feature/a/b', 'feature/"$(id)"', 'main2']) {
          await s.clone.git('switch', '--quiet', '-c', branch, 'origin/main')
          await s.clone.push()
        }
        await s.bot.pass(SOURCE)
        const paths = Object.keys(await previews(s))
        assert.equal(paths.length, 3)
        for (const path of paths)
          assert.match(path, /^apps\/web\/previews\/[a-z0-9-]{1,40}\/kustomization\.yaml$/)
        await s.clone.push('origin', ':feature/a-b', ':feature/a/b', ':feature/"$(id)"')
        await s.bot.pass(SOURCE)
        assert.deepEqual(await previews(s), {})
      },
      { config, manifests },
    )
  })

  test('without consent the previews wait in one change request, and the comment links to it in the words of its forge', async () => {
    await stage(
      async (s) => {
        const { number } = await s.propose('feature/login')
        await s.bot.pass(SOURCE)
        const [request, ...others] = await s.changeRequests()
        assert.deepEqual(others, [])
        assert.equal(request?.branch, 'supercargo/web/previews')
        const [comment = ''] = await s.source.comments(SOURCE, number)
        const page = `${target === 'gitlab' ? '/-/merge_requests' : '/pull'}/1`
        const link = `http[^)]*/sandbox/${target}/acme/k8s-manifests${page}`
        assert.match(comment, new RegExp(`waiting for review: \\[the change request\\]\\(${link}\\)`))
        const noun = source === 'gitlab' ? 'merge request' : 'pull request'
        assert.match(comment, new RegExp(`goes when this ${noun} is closed`))
        assert.notEqual(await s.headOf(s.manifests, 'supercargo/web/previews'), null)
        const { applied } = await s.bot.pass(SOURCE)
        assert.deepEqual(applied, [])
      },
      { ...WITH_PREVIEWS, policy: POLICY.replace('direct: [previews]', 'direct: []') },
    )
  })

  test('a push edits the comment in place; what is there for the first time comes as a new one, so that people hear of it', async () => {
    await stage(
      async (s) => {
        const { number } = await s.propose('feature/login')
        await s.bot.pass(SOURCE)
        const [waiting] = await s.source.commentIds(SOURCE, number)
        await s.person.merge(1)
        await s.bot.pass(SOURCE)
        const [ready, ...others] = await s.source.commentIds(SOURCE, number)
        assert.deepEqual(others, [])
        assert.notEqual(ready, waiting)
        const [text = ''] = await s.source.comments(SOURCE, number)
        assert.match(text, /deployed to Git/)
        const head = await s.push('More work')
        await s.bot.pass(SOURCE)
        assert.deepEqual(await s.source.commentIds(SOURCE, number), [ready])
        const [edited = ''] = await s.source.comments(SOURCE, number)
        assert.match(edited, new RegExp(`waiting for review.*${tagOf(head)}`))
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
      },
      { ...WITH_PREVIEWS, policy: POLICY.replace('direct: [previews]', 'direct: []') },
    )
  })

  test('with comment: off the preview is made, and nobody is told', async () => {
    await stage(
      async (s) => {
        const { number, head } = await s.propose('feature/login')
        await s.bot.pass(SOURCE)
        assert.deepEqual(await previews(s), expected(number, head))
        assert.deepEqual(await s.source.comments(SOURCE, number), [])
      },
      { config: `${CONFIG_WITH_PREVIEWS}  comment: off\n` },
    )
  })
})
