import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG_WITH_PREVIEWS, STAGING } from '../support/acme.ts'
import { startBot } from '../support/bot.ts'
import { interpose, once } from '../support/interpose.ts'
import { commitFiles, treeTexts } from '../support/sandbox.ts'
import { BRANCH, type ChangeRequestView, type Scene, scene, tagOf } from '../support/scene.ts'
import { kustomization } from '../support/world.ts'
import { SITUATIONS, type Write } from './race-situations.ts'

const PULL = '/repos/acme/k8s-manifests/pulls/1'

/** What people do between what the bot has read and what it writes. */
const PEOPLE = {
  'merges it': async (s: Scene) => {
    const { status } = await s.forge.rest('PUT', `${PULL}/merge`, { merge_method: 'squash' })
    assert.equal(status, 200)
  },
  'closes it': async (s: Scene) => void (await s.forge.rest('PATCH', PULL, { state: 'closed' })),
  'closes it and deletes its branch': async (s: Scene) => {
    await s.forge.rest('PATCH', PULL, { state: 'closed' })
    await s.forge.rest('DELETE', `/repos/acme/k8s-manifests/git/refs/heads/${BRANCH}`)
  },
  'pushes to its branch': async (s: Scene) =>
    void (await commitFiles(s.forge, s.manifests, BRANCH, { 'notes.txt': 'mine' }, 'My own change')),
  'moves the base elsewhere': async (s: Scene) =>
    void (await commitFiles(s.forge, s.manifests, 'main', { 'other.txt': 'x' }, 'Something else')),
  'moves the base in the same file': async (s: Scene) => {
    const text = `# a person was here\n${kustomization('0000000')}`
    await commitFiles(s.forge, s.manifests, 'main', { [STAGING]: text }, 'By hand')
  },
}
type Deed = keyof typeof PEOPLE

/** Lets the bot pass once, with a person who acts just before the bot's write; then until it has no more to do. */
async function race(s: Scene, write: Write, deed: Deed): Promise<{ before: ChangeRequestView[] }> {
  let before: ChangeRequestView[] | null = null
  const hook = once({ when: 'before', call: write }, async () => {
    await PEOPLE[deed](s)
    before = await s.changeRequests()
  })
  const slow = startBot(s.forge, (forge) => interpose(forge, hook))
  await slow.pass('acme/web')
  assert.ok(before, `it came to ${write}`)
  for (let round = 0; ; round++) {
    assert.ok(round < 5, 'The bot never comes to rest.')
    if ((await slow.pass('acme/web')).applied.length === 0) return { before }
  }
}

async function situation(write: Write, play: (s: Scene) => Promise<void>): Promise<void> {
  const { change, prepare } = SITUATIONS[write]
  await scene(async (s) => {
    await prepare(s)
    await play(s)
  }, change)
}

/** What a person has ended stays as it was: open or not, and what it says. */
async function assertLeft(s: Scene, before: readonly ChangeRequestView[]): Promise<void> {
  const after = await s.changeRequests()
  const essence = ({ number, state, merged_at, title, body }: ChangeRequestView) => ({
    number,
    state,
    merged_at,
    title,
    body,
  })
  const ended = before.filter(({ state }) => state === 'closed')
  assert.deepEqual(after.slice(0, ended.length).map(essence), ended.map(essence))
}

/** One open change request that brings the newest commit of the application. */
async function assertOpenWithNewest(s: Scene, number: number): Promise<void> {
  const tag = tagOf((await s.headOf(s.web, 'main')) ?? '')
  const open = (await s.changeRequests()).filter(({ state }) => state === 'open')
  assert.deepEqual(
    open.map((each) => [each.number, each.head.ref]),
    [[number, BRANCH]],
  )
  assert.match((await s.manifest(STAGING, BRANCH)) ?? '', new RegExp(`"${tag}"`))
  assert.match(open[0]?.title ?? '', new RegExp(`${tag}$`))
}

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
      assert.deepEqual(
        (await s.changeRequests()).map(({ state }) => state),
        ['closed'],
      )
      await s.push('Newest')
      await s.bot.pass('acme/web')
      await assertOpenWithNewest(s, 2)
    })
  })

  test(`a person ${deed} while the bot merges a change request: that stays`, async () => {
    await situation('mergeChangeRequest', async (s) => {
      const { before } = await race(s, 'mergeChangeRequest', deed)
      await assertLeft(s, before)
      assert.equal((await s.changeRequests()).length, 1)
      const head = await s.push('Newest')
      for (let round = 0; round < 2; round++) await s.bot.pass('acme/web')
      assert.equal(await s.manifest(STAGING), kustomization(tagOf(head)))
    })
  })
}

for (const write of ['updateChangeRequest', 'mergeChangeRequest', 'closeChangeRequest'] as const) {
  test(`a person pushes to the branch just before ${write}: the commit stays, and nothing merges it`, async () => {
    await situation(write, async (s) => {
      await race(s, write, 'pushes to its branch')
      assert.equal(await s.manifest('notes.txt', BRANCH), 'mine')
      assert.equal(await s.manifest('notes.txt'), null)
      assert.equal((await s.changeRequests())[0]?.merged_at, null)
      const head = await s.headOf(s.manifests, BRANCH)
      await s.push('Newest')
      await s.bot.pass('acme/web')
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
  await scene(
    async (s) => {
      await SITUATIONS.commit.prepare(s)
      await race(s, 'commit', 'moves the base elsewhere')
      const paths = Object.keys(await treeTexts(s.forge, s.manifests, 'main'))
      assert.ok(paths.includes('other.txt'))
      assert.ok(paths.includes('apps/web/previews/pr-1/kustomization.yaml'))
    },
    { config: CONFIG_WITH_PREVIEWS },
  )
})

test("a person makes a branch of the bot's name just before it does: their commit stays", async () => {
  await situation('openChangeRequest', async (s) => {
    const hook = once({ when: 'before', call: 'openChangeRequest' }, async () => {
      const sha = await s.headOf(s.manifests, 'main')
      const wish = { ref: `refs/heads/${BRANCH}`, sha }
      await s.forge.rest('POST', '/repos/acme/k8s-manifests/git/refs', wish)
      await PEOPLE['pushes to its branch'](s)
    })
    const slow = startBot(s.forge, (forge) => interpose(forge, hook))
    await slow.pass('acme/web')
    await slow.pass('acme/web')
    assert.equal(await s.manifest('notes.txt', BRANCH), 'mine')
    assert.equal(await s.manifest('notes.txt'), null)
  })
})
