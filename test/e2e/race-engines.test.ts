import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CONFIG, CONFIG_WITH_PREVIEWS, STAGING } from '../support/acme.ts'
import { startBot, type TestBot } from '../support/bot.ts'
import { interpose, type Moment, once } from '../support/interpose.ts'
import { fsck, treeTexts } from '../support/sandbox.ts'
import { type Scene, scene, tagOf } from '../support/scene.ts'
import { kustomization } from '../support/world.ts'
import { AUTO, SITUATIONS, WRITES } from './race-situations.ts'

/** Two engines that know nothing of each other: a server, and a one-shot command in a workflow. */
const SOURCE = 'acme/web'

/** Passes until there is nothing more to do; then another pass of either engine must find nothing. */
async function settle(bots: readonly TestBot[]): Promise<void> {
  for (let round = 0; round < 5; round++) {
    const results = []
    for (const bot of bots) results.push(await bot.pass(SOURCE))
    if (results.every(({ applied }) => applied.length === 0)) return
  }
  assert.fail('The engines never come to rest.')
}

/** What must be, whoever won: everything once. */
async function assertOnce(s: Scene): Promise<void> {
  const main = (await s.headOf(s.web, 'main')) ?? ''
  const requests = await s.changeRequests()
  const open = requests.filter(({ state }) => state === 'open')
  const branches = open.map(({ head }) => head.ref)
  assert.equal(new Set(branches).size, branches.length, 'one open change request for each target')
  assert.equal(requests.length <= 1 || requests.every(({ merged_at }) => merged_at !== null), true)
  const [request] = open
  if (request !== undefined) {
    assert.equal(await s.manifest(STAGING, request.head.ref), kustomization(tagOf(main)))
    assert.match(request.title, new RegExp(`${tagOf(main)}$`))
    const { body } = await s.forge.rest('GET', `/repos/acme/k8s-manifests/pulls/${request.number}/commits`)
    assert.equal(body.length, 1)
  } else {
    assert.equal(await s.manifest(STAGING), kustomization(tagOf(main)))
  }
  for (const { body: pull } of [await s.forge.rest('GET', '/repos/acme/web/pulls?state=all')]) {
    for (const { number } of pull) {
      const { body } = await s.forge.rest('GET', `/repos/acme/web/issues/${number}/comments`)
      assert.equal(body.length, 1, `comments on #${number}`)
    }
  }
  const { body } = await s.forge.rest('GET', `/repos/acme/web/commits/${main}/check-runs`)
  assert.equal(body.total_count, 1, 'one report')
  assert.equal(await fsck(s.forge, s.manifests), '')
}

for (const write of WRITES) {
  for (const when of ['before', 'after'] as const) {
    test(`another engine does everything just ${when} ${write}: nothing is done twice`, async () => {
      const { change, prepare } = SITUATIONS[write]
      await scene(async (s) => {
        await prepare(s)
        let met = false
        const hook = once({ when, call: write }, async () => {
          met = true
          await s.bot.pass(SOURCE)
          await s.bot.pass(SOURCE)
        })
        const slow = startBot(s.forge, (forge) => interpose(forge, hook))
        await slow.pass(SOURCE)
        assert.ok(met, `it came to ${write}`)
        await settle([slow, s.bot])
        await assertOnce(s)
      }, change)
    })
  }

  test(`two engines come to ${write} at the same moment: one loses cleanly`, async () => {
    const { change, prepare } = SITUATIONS[write]
    await scene(async (s) => {
      await prepare(s)
      const meet = meeting(2)
      const bots = [0, 1].map(() =>
        startBot(s.forge, (forge) =>
          interpose(forge, async ({ when, call }) => {
            if (when === 'before' && call === write) await meet()
          }),
        ),
      )
      await Promise.all(bots.map((bot) => bot.pass(SOURCE)))
      await settle(bots)
      await assertOnce(s)
    }, change)
  })
}

for (const { name, config } of [
  { name: 'review', config: CONFIG_WITH_PREVIEWS },
  { name: 'merge: auto', config: AUTO + CONFIG_WITH_PREVIEWS.slice(CONFIG.length) },
]) {
  test(`three engines in step through every call, push after push (${name})`, async () => {
    await scene(
      async (s) => {
        await s.clone.git('switch', '--quiet', '-c', 'feature')
        await s.push('A feature')
        await s.forge.rest('POST', '/repos/acme/web/pulls', { title: 'A', head: 'feature', base: 'main' })
        await s.clone.git('switch', '--quiet', 'main')
        for (let round = 0; round < 6; round++) {
          await s.push(`Change ${round}`)
          const meet = meeting(3)
          const inStep = async ({ when }: Moment) => {
            if (when === 'before') await meet()
          }
          const bots = [0, 1, 2].map(() => startBot(s.forge, (forge) => interpose(forge, inStep)))
          await Promise.all(bots.map((bot) => bot.pass(SOURCE)))
        }
        await settle([s.bot])
        await assertOnce(s)
        const previews = Object.keys(await treeTexts(s.forge, s.manifests, 'main')).filter((path) =>
          path.startsWith('apps/web/previews/'),
        )
        assert.deepEqual(previews, ['apps/web/previews/pr-1/kustomization.yaml'])
      },
      { config },
    )
  })
}

/** A place where so many wait for each other, but not for long: some never come. */
function meeting(size: number): () => Promise<void> {
  let waiting: (() => void)[] = []
  return async () => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve)
      if (waiting.length < size) return void sleep(200).then(resolve)
      for (const each of waiting) each()
      waiting = []
    })
  }
}
