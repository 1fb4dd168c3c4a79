import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import { CONFIG } from '../support/acme.ts'
import { scene } from '../support/scene.ts'

const FOREVER = { attempt: 1, signal: new AbortController().signal }
const AUTO = CONFIG.replace('  production:', '    merge: auto\n  production:')

test('a forge that does not decide whether it may be merged is asked ever less often', async () => {
  await scene(
    async (s) => {
      s.forge.model.faults.mergeabilityUnknownFor = 10
      await s.push()
      let clock = Date.now()
      const store = {
        journal: async () => {},
        recordFeeds: async () => {},
        feedsOf: async () => [],
        waitingSince: async () => ({}),
      }
      const meaning = () => ({ keys: [], outcome: 'Nothing.' })
      const { forges, registry, log } = s.bot.dependencies
      const handlers = createHandlers({ forges, registry, log, now: () => new Date(clock), store, meaning })
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
