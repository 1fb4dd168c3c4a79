import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { SupercargoError } from '../../src/domain/errors.ts'
import type { Outcome } from '../../src/store/store.ts'
import { eventually } from '../support/eventually.ts'
import { embeddedMode, postgresMode, type StoreMode } from './worlds.ts'

const KEYS = ['a', 'b', 'c']

type Command =
  | { do: 'enqueue'; key: string; delay: number | null }
  | { do: 'deliver'; key: string }
  | { do: 'pause'; milliseconds: number }
type Ending = 'done' | 'wait' | 'conflict' | 'limit' | 'permanent'

const key = fc.constantFrom(...KEYS)
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constant('enqueue' as const),
    key,
    delay: fc.option(fc.integer({ min: -50, max: 400 })),
  }),
  fc.record({ do: fc.constant('deliver' as const), key }),
  fc.record({ do: fc.constant('pause' as const), milliseconds: fc.integer({ min: 0, max: 60 }) }),
)
const pass = fc.record({
  takes: fc.integer({ min: 0, max: 40 }),
  ending: fc.constantFrom<Ending>('done', 'done', 'wait', 'conflict', 'limit', 'permanent'),
})

function end(ending: Ending): Outcome {
  const soon = new Date(Date.now() + 150)
  if (ending === 'done') return { kind: 'done' }
  if (ending === 'wait') return { kind: 'wait', until: soon, reason: 'The soak time runs.' }
  const kind = ending === 'limit' ? 'conflict' : ending
  throw new SupercargoError('It failed.', {
    code: 'failed',
    kind,
    ...(ending === 'limit' ? { retryAt: soon } : {}),
  })
}

/** Two stores are two replicas where the database has room for them. */
function property(mode: StoreMode, replicas: number): void {
  describe(`any sequence on ${mode.name}`, { skip: mode.skip }, () => {
    after(() => mode.close())
    test('never works twice at a time on one key, and never loses one', { timeout: 240_000 }, async () => {
      const world = await mode.world()
      const stores = await Promise.all(Array.from({ length: replicas }, () => world.open()))
      let script: { takes: number; ending: Ending }[] = []
      let delivered = 0
      const running = new Set<string>()
      const overlaps: string[] = []
      const begun = new Map<string, number>()
      const handlers = {
        delivery: ({ event }: { event: string }) => ({ keys: [event], outcome: `Looks at ${event}.` }),
        async reconcile(name: string): Promise<Outcome> {
          if (running.has(name)) overlaps.push(name)
          running.add(name)
          begun.set(name, performance.now())
          const { takes, ending } = script.shift() ?? { takes: 0, ending: 'done' }
          await sleep(takes)
          running.delete(name)
          return end(ending)
        },
        sweep: async () => [],
      }
      await Promise.all(
        stores.map((store) => store.work(handlers, { concurrency: KEYS.length, sweepSeconds: 3600 })),
      )
      const store = (): (typeof stores)[number] => {
        const one = stores[Math.floor(Math.random() * stores.length)]
        assert.ok(one !== undefined)
        return one
      }
      await fc.assert(
        fc.asyncProperty(
          fc.array(command, { minLength: 1, maxLength: 25 }),
          fc.array(pass, { maxLength: 40 }),
          async (commands, passes) => {
            script = passes
            const wanted = new Map<string, number>()
            for (const one of commands) {
              if (one.do === 'pause') await sleep(one.milliseconds)
              else if (one.do === 'deliver') {
                const id = String(delivered++)
                wanted.set(one.key, performance.now())
                await store().acceptDelivery({ source: 'test', id, event: one.key, payload: null })
              } else {
                const at = one.delay === null ? undefined : new Date(Date.now() + one.delay)
                wanted.set(one.key, performance.now())
                await store().enqueue([one.key], at === undefined ? undefined : { at })
              }
            }
            for (const [name, since] of wanted) {
              await eventually(`a pass over ${name}`, () => (begun.get(name) ?? 0) >= since)
            }
            assert.deepEqual(overlaps, [])
          },
        ),
        { numRuns: 12 },
      )
      await Promise.all(stores.map((one) => one.close()))
      await world.remove()
    })
  })
}

property(embeddedMode(), 1)
property(postgresMode(), 2)
