import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import { CONFIG, CONFIG_WITH_PREVIEWS } from '../support/acme.ts'
import { NO_SWEEP, noStore } from '../support/no-store.ts'
import { scene } from '../support/scene.ts'

const FOREVER = { attempt: 1, signal: new AbortController().signal }
const AUTO = CONFIG.replace('  production:', '    merge: auto\n  production:')

test('a forge that does not decide whether it may be merged is asked ever less often', async () => {
  await scene(
    async (s) => {
      s.forge.model.faults.mergeabilityUnknownFor = 10
      await s.push()
      let clock = Date.now()
      const store = noStore()
      const meaning = () => ({ keys: [], outcome: 'Nothing.' })
      const { forges, registry, log } = s.bot.dependencies
      const handlers = createHandlers({
        forges,
        registry,
        log,
        now: () => new Date(clock),
        store,
        meaning,
        ...NO_SWEEP,
      })
      const waits: number[] = []
      for (let pass = 0; pass < 4; pass++) {
        const outcome = await handlers.reconcile('github:acme/web', FOREVER)
        const until = outcome.kind === 'wait' ? outcome.until.getTime() : clock
        waits.push(until - clock)
        clock = until
      }
      assert.deepEqual(waits, [5_000, 10_000, 20_000, 40_000])
      s.forge.model.faults.mergeabilityUnknownFor = 0
      assert.equal((await handlers.reconcile('github:acme/web', FOREVER)).kind, 'done')
    },
    { config: AUTO },
  )
})

test('news about images leads to a look at the applications that use them, and says which nobody uses', async () => {
  await scene(async (s) => {
    const users: Record<string, string[]> = {
      'image:ghcr.io/acme/web': ['github:acme/web', 'gitlab:acme/shop'],
      'image:ghcr.io/acme/base': ['github:acme/web'],
    }
    const store = { ...noStore(), feedsOf: async (key: string) => users[key] ?? [] }
    const { forges, registry, log, now } = s.bot.dependencies
    const told = async (...images: string[]) => {
      const meaning = () => ({ keys: [], images, outcome: 'Announces it.' })
      const handlers = createHandlers({ forges, registry, log, now, store, meaning, ...NO_SWEEP })
      return await handlers.delivery({ source: 'registry:one', id: 'x', event: 'quay', payload: {} })
    }
    assert.deepEqual(await told('ghcr.io/acme/web', 'ghcr.io/acme/base', 'ghcr.io/acme/gone'), {
      keys: ['github:acme/web', 'gitlab:acme/shop'],
      outcome: 'Announces it. Looks at github:acme/web, gitlab:acme/shop. No app uses ghcr.io/acme/gone.',
    })
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `ghcr.io/acme/${name}`)
    const { keys, outcome } = await told(...many)
    assert.deepEqual(keys, [])
    assert.equal(outcome, `Announces it. No app uses ${many.slice(0, 5).join(', ')} and 2 more.`)
  })
})

test('a pass remembers every image of the configuration, of environments and of previews', async () => {
  await scene(
    async (s) => {
      const fed: (readonly string[])[] = []
      s.bot.dependencies.recordFeeds = async (_, feeds) => void fed.push(feeds)
      await s.push()
      await s.bot.pass('acme/web')
      assert.deepEqual(fed, [
        ['github:acme/k8s-manifests', 'image:ghcr.io/acme/web', 'image:docker.io/acme/preview'],
      ])
    },
    { config: CONFIG_WITH_PREVIEWS.replace('  template:', '  image: acme/preview\n  template:') },
  )
})
