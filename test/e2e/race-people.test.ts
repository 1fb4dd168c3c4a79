import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CONFIG_WITH_PREVIEWS, STAGING } from '../support/acme.ts'
import type { RequestView } from '../support/across.ts'
import { interpose, once } from '../support/interpose.ts'
import { treeTexts } from '../support/sandbox.ts'
import { BRANCH, tagOf } from '../support/scene.ts'
import { kustomization } from '../support/world.ts'
import { isAtRest, passUntil, RACE_FORGES, type RaceScene, raceScene, SOURCE } from './race-scene.ts'
import { SITUATIONS, type Write } from './race-situations.ts'

/** What people do between what the bot has read and what it writes. */
const PEOPLE = {
  'merges it': (s: RaceScene) => s.person.merge(1),
  'closes it': (s: RaceScene) => s.person.close(1),
  'closes it and deletes its branch': async (s: RaceScene) => {
    await s.person.close(1)
    await s.person.pushRef('', BRANCH)
  },
  'pushes to its branch': async (s: RaceScene) =>
    void (await s.person.commit(BRANCH, { 'notes.txt': 'mine' })),
  'moves the base elsewhere': async (s: RaceScene) =>
    void (await s.person.commit('main', { 'other.txt': 'x' })),
  'moves the base in the same file': async (s: RaceScene) => {
    const text = `# a person was here\n${kustomization('0000000')}`
    await s.person.commit('main', { [STAGING]: text })
  },
}
type Deed = keyof typeof PEOPLE

/** Lets the bot pass once, with a person who acts just before the bot's write; then until it has no more to do. */
async function race(s: RaceScene, write: Write, deed: Deed): Promise<{ before: RequestView[] }> {
  let before: RequestView[] | null = null
  const hook = once({ when: 'before', call: write }, async () => {
    await PEOPLE[deed](s)
    before = await s.requests()
  })
  const slow = s.engine((forge) => interpose(forge, hook))
  await passUntil(slow, () => before !== null)
  assert.ok(before, `it came to ${write}`)
  for (let round = 0; ; round++) {
    assert.ok(round < 6, 'The bot never comes to rest.')
    if (isAtRest(await slow.pass(SOURCE))) return { before }
  }
}

/** What a person has ended stays as it was: open or not, and what it says. */
async function assertLeft(s: RaceScene, before: readonly RequestView[]): Promise<void> {
  const ended = before.filter(({ state }) => state !== 'open')
  assert.deepEqual((await s.requests()).slice(0, ended.length), ended)
}

/** One open change request that brings the newest commit of the application. */
async function assertOpenWithNewest(s: RaceScene, number: number): Promise<void> {
  const tag = tagOf((await s.headOf(s.web, 'main')) ?? '')
  const open = (await s.requests()).filter(({ state }) => state === 'open')
  assert.deepEqual(
    open.map((each) => [each.number, each.branch]),
    [[number, BRANCH]],
  )
  assert.match((await s.manifest(STAGING, BRANCH)) ?? '', new RegExp(`"${tag}"`))
  assert.match(open[0]?.title ?? '', new RegExp(`${tag}$`))
}

for (const forge of RACE_FORGES) {
  const situation = async (write: Write, play: (s: RaceScene) => Promise<void>): Promise<void> => {
    const { change, prepare } = SITUATIONS[write]
    await raceScene(forge, change, async (s) => {
      await prepare(s)
      await play(s)
    })
  }

  describe(forge.name, () => {
    for (const deed of ['merges it', 'closes it', 'closes it and deletes its branch'] as const) {
      test(`a person ${deed} while the bot updates a change request: the newer version gets its own`, async () => {
        await situation('updateChangeRequest', async (s) => {
          const { before } = await race(s, 'updateChangeRequest', deed)
          await assertLeft(s, before)
          await assertOpenWithNewest(s, 2)
        })
      })

      test(`a person ${deed} while the bot closes a change request: that stays, and the next version comes`, async () => {
        await situation('closeChangeRequest', async (s) => {
          await race(s, 'closeChangeRequest', deed)
          const ended = deed === 'merges it' ? 'merged' : 'closed'
          assert.deepEqual(
            (await s.requests()).map(({ state }) => state),
            [ended],
          )
          await s.push('Newest')
          await s.bot.pass(SOURCE)
          await assertOpenWithNewest(s, 2)
        })
      })

      test(`a person ${deed} while the bot merges a change request: that stays`, async () => {
        await situation('mergeChangeRequest', async (s) => {
          const { before } = await race(s, 'mergeChangeRequest', deed)
          await assertLeft(s, before)
          assert.equal((await s.requests()).length, 1)
          const tag = tagOf(await s.push('Newest'))
          for (let round = 0; round < 4 && (await s.manifest(STAGING)) !== kustomization(tag); round++) {
            await s.bot.pass(SOURCE)
          }
          assert.equal(await s.manifest(STAGING), kustomization(tag))
        })
      })
    }

    for (const write of ['updateChangeRequest', 'mergeChangeRequest', 'closeChangeRequest'] as const) {
      test(`a person pushes to the branch just before ${write}: the commit stays, and nothing merges it`, async () => {
        await situation(write, async (s) => {
          await race(s, write, 'pushes to its branch')
          assert.equal(await s.manifest('notes.txt', BRANCH), 'mine')
          assert.equal(await s.manifest('notes.txt'), null)
          assert.notEqual((await s.requests())[0]?.state, 'merged')
          const head = await s.headOf(s.manifests, BRANCH)
          await s.push('Newest')
          await s.bot.pass(SOURCE)
          assert.equal(await s.headOf(s.manifests, BRANCH), head)
        })
      })
    }

    for (const write of ['openChangeRequest', 'updateChangeRequest'] as const) {
      for (const deed of ['moves the base elsewhere', 'moves the base in the same file'] as const) {
        test(`a person ${deed} just before ${write}: what they wrote is kept, and can be merged with the change`, async () => {
          await situation(write, async (s) => {
            await race(s, write, deed)
            await assertOpenWithNewest(s, 1)
            await PEOPLE['merges it'](s)
            const text = (await s.manifest(STAGING)) ?? ''
            assert.equal(/# a person was here/.test(text), deed === 'moves the base in the same file')
            assert.equal(await s.manifest('other.txt'), deed === 'moves the base elsewhere' ? 'x' : null)
          })
        })
      }
    }

    test('a person moves the base just before the bot commits to it: both changes are there', async () => {
      await raceScene(forge, { config: CONFIG_WITH_PREVIEWS }, async (s) => {
        await SITUATIONS.commit.prepare(s)
        await race(s, 'commit', 'moves the base elsewhere')
        const paths = Object.keys(await treeTexts(s.side.inside, s.manifests, 'main'))
        assert.ok(paths.includes('other.txt'))
        assert.ok(paths.includes('apps/web/previews/pr-1/kustomization.yaml'))
      })
    })

    test("a person makes a branch of the bot's name just before it does: their commit stays", async () => {
      await situation('openChangeRequest', async (s) => {
        const hook = once({ when: 'before', call: 'openChangeRequest' }, async () => {
          await s.person.pushRef('main', BRANCH)
          await PEOPLE['pushes to its branch'](s)
        })
        const slow = s.engine((port) => interpose(port, hook))
        await slow.pass(SOURCE)
        await slow.pass(SOURCE)
        assert.equal(await s.manifest('notes.txt', BRANCH), 'mine')
        assert.equal(await s.manifest('notes.txt'), null)
      })
    })
  })
}
