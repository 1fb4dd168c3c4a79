import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CONFIG, CONFIG_WITH_PREVIEWS, STAGING } from '../support/acme.ts'
import type { TestBot } from '../support/bot.ts'
import { interpose, type Moment, once } from '../support/interpose.ts'
import { fsck, treeTexts } from '../support/sandbox.ts'
import { tagOf } from '../support/scene.ts'
import { kustomization } from '../support/world.ts'
import { isAtRest, passUntil, RACE_FORGES, type RaceScene, raceScene, SOURCE } from './race-scene.ts'
import { AUTO, SITUATIONS, WRITES } from './race-situations.ts'

// Two engines that know nothing of each other: a server, and a one-shot command in a workflow.

/** Passes until there is nothing more to do; then another pass of either engine must find nothing. */
async function settle(bots: readonly TestBot[]): Promise<void> {
  for (let round = 0; round < 5; round++) {
    const results = []
    for (const bot of bots) results.push(await bot.pass(SOURCE))
    if (results.every(isAtRest)) return
  }
  assert.fail('The engines never come to rest.')
}

/** Of a change request that an engine opened after another one had opened the same and merged it. */
const CAME_LATE = /^Closed by Supercargo: main already has everything that this would change\.$/m

/** What must be, whoever won: everything once. */
async function assertOnce(s: RaceScene): Promise<void> {
  const main = (await s.headOf(s.web, 'main')) ?? ''
  const requests = (await s.requests()).filter(
    ({ state, body }) => state !== 'closed' || !CAME_LATE.test(body),
  )
  const open = requests.filter(({ state }) => state === 'open')
  const branches = open.map(({ branch }) => branch)
  assert.equal(new Set(branches).size, branches.length, 'one open change request for each target')
  const states = requests.map(({ state }) => state)
  assert.ok(states.length <= 1 || states.every((state) => state === 'merged'), states.join())
  assert.equal(new Set(requests.map(({ title }) => title)).size, requests.length, 'no change is merged twice')
  const [request] = open
  if (request !== undefined) {
    assert.equal(await s.manifest(STAGING, request.branch), kustomization(tagOf(main)))
    assert.match(request.title, new RegExp(`${tagOf(main)}$`))
    const range = ['rev-list', '--count', `main..${request.branch}`]
    assert.equal(String((await s.side.inside.model.git(s.manifests).run(range)).stdout).trim(), '1')
  } else {
    assert.equal(await s.manifest(STAGING), kustomization(tagOf(main)))
  }
  for (const { number } of await s.side.requests(SOURCE)) {
    assert.equal((await s.side.comments(SOURCE, number)).length, 1, `comments on ${number}`)
  }
  assert.equal(await s.side.reports(SOURCE, main, 'latest'), 1, 'one report')
  assert.equal(await fsck(s.side.inside, s.manifests), '')
}

for (const forge of RACE_FORGES) {
  describe(forge.name, () => {
    for (const write of WRITES) {
      const { change, prepare } = SITUATIONS[write]
      for (const when of ['before', 'after'] as const) {
        test(`another engine does everything just ${when} ${write}: nothing is done twice`, async () => {
          await raceScene(forge, change, async (s) => {
            await prepare(s)
            let met = false
            const hook = once({ when, call: write }, async () => {
              met = true
              await s.bot.pass(SOURCE)
              await s.bot.pass(SOURCE)
            })
            const slow = s.engine((port) => interpose(port, hook))
            await passUntil(slow, () => met)
            assert.ok(met, `it came to ${write}`)
            await settle([slow, s.bot])
            await assertOnce(s)
          })
        })
      }

      test(`two engines come to ${write} at the same moment: one loses cleanly`, async () => {
        await raceScene(forge, change, async (s) => {
          await prepare(s)
          const meet = meeting(2)
          const bots = [0, 1].map(() =>
            s.engine((port) =>
              interpose(port, async ({ when, call }) => {
                if (when === 'before' && call === write) await meet()
              }),
            ),
          )
          await Promise.all(bots.map((bot) => bot.pass(SOURCE)))
          await settle(bots)
          await assertOnce(s)
        })
      })
    }

    for (const { name, config } of [
      { name: 'review', config: CONFIG_WITH_PREVIEWS },
      { name: 'merge: auto', config: AUTO + CONFIG_WITH_PREVIEWS.slice(CONFIG.length) },
    ]) {
      test(`three engines in step through every call, push after push (${name})`, async () => {
        await raceScene(forge, { config }, async (s) => {
          await s.propose('feature')
          for (let round = 0; round < 6; round++) {
            await s.push(`Change ${round}`)
            const meet = meeting(3)
            const inStep = async ({ when }: Moment) => {
              if (when === 'before') await meet()
            }
            const bots = [0, 1, 2].map(() => s.engine((port) => interpose(port, inStep)))
            await Promise.all(bots.map((bot) => bot.pass(SOURCE)))
          }
          await settle([s.bot])
          await assertOnce(s)
          const previews = Object.keys(await treeTexts(s.side.inside, s.manifests, 'main')).filter((path) =>
            path.startsWith('apps/web/previews/'),
          )
          assert.deepEqual(previews, ['apps/web/previews/pr-1/kustomization.yaml'])
        })
      })
    }
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
