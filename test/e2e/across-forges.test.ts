import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG, CONFIG_WITH_PREVIEWS, POLICY, STAGING } from '../support/acme.ts'
import { tagOf } from '../support/scene.ts'
import { acrossForges, SOURCE } from '../support/stage.ts'
import { kustomization } from '../support/world.ts'

// What could go wrong at the border between two forges: links, names, words, and what may be told.

const WITH_PREVIEWS = { config: CONFIG_WITH_PREVIEWS }

acrossForges((stage, { source }) => {
  test('what the application brings is named in the change request by full links to its own forge', async () => {
    await stage(async (s) => {
      const { number } = await s.propose('feature')
      await s.source.merge(SOURCE, number)
      await s.bot.pass(SOURCE)
      const body = (await s.changeRequests())[0]?.body ?? ''
      const [mark, page] = source === 'gitlab' ? ['!', '/-/merge_requests'] : ['#', '/pull']
      const link = `\\[acme/web${mark}\u200b?${number}\\]\\(http[^)]*/sandbox/${source}/acme/web${page}/${number}\\)`
      assert.match(body, new RegExp(link))
      assert.doesNotMatch(body, /(^|\s)[#!]\d/m)
    })
  })

  test('private manifests stay unknown to those who read the application', async () => {
    await stage(
      async (s) => {
        const { number } = await s.propose('feature')
        await s.push()
        await s.bot.pass(SOURCE)
        const [comment] = await s.source.comments(SOURCE, number)
        const { text } = await s.source.report(SOURCE, (await s.headOf(s.web, 'main')) ?? '')
        assert.match(text, /web\/staging: current/)
        assert.match(comment ?? '', /preview/i)
        for (const said of [comment ?? '', text]) assert.doesNotMatch(said, /k8s-manifests|apps\/web/)
      },
      { ...WITH_PREVIEWS, hidden: true },
    )
  })

  test("branches and titles are the team's own where the policy lets them be, and one is open at a time", async () => {
    const names = 'branch: "argocd/{sha:7}"\n    title: "Runner: {sha:7}"'
    const path = 'path: apps/web/overlays/staging'
    const config = CONFIG.replace(path, `${path}\n    ${names}`)
    await stage(
      async (s) => {
        const seen = async () =>
          (await s.changeRequests()).map(({ state, branch, title }) => `${state} ${branch} "${title}"`)
        const one = tagOf(await s.push('one'))
        await s.bot.pass(SOURCE)
        const two = tagOf(await s.push('two'))
        await s.bot.pass(SOURCE)
        const first = `closed argocd/${one} "Runner: ${one}"`
        assert.deepEqual(await seen(), [first, `open argocd/${two} "Runner: ${two}"`])
        assert.equal(await s.manifest(STAGING, `argocd/${two}`), kustomization(two))
        assert.equal(await s.headOf(s.manifests, `argocd/${one}`), null)
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
        await s.person.merge(2)
        const three = tagOf(await s.push('three'))
        await s.bot.pass(SOURCE)
        const [, second] = [first, `merged argocd/${two} "Runner: ${two}"`]
        assert.deepEqual(await seen(), [first, second, `open argocd/${three} "Runner: ${three}"`])
      },
      { config, policy: `${POLICY}    branches: argocd/*\n` },
    )
  })

  test('a source of the same name on another forge than the policy says changes nothing', async () => {
    const stranger = source === 'github' ? 'gitlab' : 'github'
    await stage(
      async (s) => {
        await s.push()
        const { standings } = await s.bot.pass(SOURCE)
        assert.deepEqual(
          standings.map(({ reason }) => reason.code),
          Array(3).fill('source-not-accepted'),
        )
        assert.deepEqual(await s.changeRequests(), [])
      },
      { ...WITH_PREVIEWS, policy: POLICY.replace('from: ', `from: ${stranger}:`) },
    )
  })
})
