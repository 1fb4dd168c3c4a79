import assert from 'node:assert/strict'
import { after, describe } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SupercargoError } from '../../src/domain/errors.ts'
import type { Store } from '../../src/store/store.ts'
import { gate, type Script, type Scripted, scripted } from '../store/scripted.ts'
import type { StoreMode } from '../store/worlds.ts'
import { eventually } from '../support/eventually.ts'
import { storeTests } from './store-tests.ts'

const WORK = { concurrency: 4, sweepSeconds: 3600 }

/** What the queue promises, whatever the database. */
export function queueContract(mode: StoreMode): void {
  describe(`the queue on ${mode.name}`, { skip: mode.skip }, () => {
    after(() => mode.close())

    const { withStore } = storeTests(mode)
    const working = async (store: Store, script: Script, options = WORK): Promise<Scripted> => {
      const handlers = scripted(script)
      await store.work(handlers, options)
      return handlers
    }

    withStore('a key that is queued many times while it waits is worked on once', async (store) => {
      for (let i = 0; i < 5; i++) await store.enqueue(['a', 'b', 'a'])
      const handlers = await working(store, {})
      await eventually('both ran', () => handlers.passes.length >= 2)
      await sleep(300)
      assert.deepEqual(handlers.passes.map(({ key }) => key).sort(), ['a', 'b'])
    })

    withStore(
      'a key that is queued while it runs runs once more afterwards, never twice at a time',
      async (store) => {
        const hold = gate()
        const handlers = await working(store, {
          async reconcile() {
            await hold.opened
            return { kind: 'done' }
          },
        })
        await store.enqueue(['a'])
        await eventually('it runs', () => handlers.running.has('a'))
        await Promise.all([store.enqueue(['a']), store.enqueue(['a']), store.enqueue(['a'])])
        await sleep(300)
        assert.equal(handlers.passes.length, 1)
        hold.open()
        await eventually('it ran again', () => handlers.passes.length === 2)
        await sleep(300)
        assert.equal(handlers.passes.length, 2)
        assert.deepEqual(handlers.overlaps, [])
      },
    )

    withStore('different keys are worked on at the same time, as many as allowed', async (store) => {
      const hold = gate()
      const handlers = await working(store, {
        async reconcile() {
          await hold.opened
          return { kind: 'done' }
        },
      })
      await store.enqueue(['a', 'b', 'c', 'd', 'e', 'f'])
      await eventually('four run', () => handlers.running.size === 4, 800)
      await sleep(200)
      assert.equal(handlers.running.size, 4)
      hold.open()
      await eventually('all ran', () => handlers.passes.length === 6)
    })

    withStore('a busy key does not hold up another one', async (store) => {
      const hold = gate()
      const handlers = await working(
        store,
        {
          async reconcile(key) {
            if (key === 'busy') await hold.opened
            return { kind: 'done' }
          },
        },
        { concurrency: 2, sweepSeconds: 3600 },
      )
      await store.enqueue(['busy'])
      await eventually('it runs', () => handlers.running.has('busy'))
      await store.enqueue(['busy'])
      await store.enqueue(['other'])
      await eventually('the other one ran', () => handlers.passesOf('other').length === 1, 3000)
      hold.open()
    })

    withStore('a sooner time wins over a later one, and a later one never delays a sooner', async (store) => {
      const handlers = await working(store, {})
      const later = new Date(Date.now() + 3600_000)
      const soon = new Date(Date.now() + 1500)
      await store.enqueue(['a'], { at: later })
      await store.enqueue(['a'], { at: soon })
      await store.enqueue(['a'], { at: later })
      await sleep(700)
      assert.equal(handlers.passes.length, 0)
      await eventually('it ran at the sooner time', () => handlers.passes.length === 1)
      assert.ok((handlers.passes[0]?.at ?? 0) >= soon.getTime() - 50)
    })

    withStore('a pass that waits comes back at its time, or sooner when there is news', async (store) => {
      const untils = [new Date(Date.now() + 3600_000), new Date(Date.now() + 4000)]
      let next = 0
      const handlers = await working(store, {
        reconcile() {
          const until = untils[next++]
          return until === undefined
            ? { kind: 'done' }
            : { kind: 'wait', until, reason: 'The soak time runs.' }
        },
      })
      await store.enqueue(['a'])
      await eventually('the first pass', () => handlers.passes.length === 1)
      await store.enqueue(['a'])
      await eventually('the news came through', () => handlers.passes.length === 2, 3000)
      await eventually('its time came', () => handlers.passes.length === 3)
      assert.ok((handlers.passes[2]?.at ?? 0) >= (untils[1]?.getTime() ?? 0) - 50)
      assert.deepEqual(
        handlers.passes.map(({ attempt }) => attempt),
        [1, 1, 1],
      )
    })

    withStore('news during a pass that then waits runs at once', async (store) => {
      const hold = gate()
      const handlers = await working(store, {
        async reconcile() {
          await hold.opened
          return { kind: 'wait', until: new Date(Date.now() + 3600_000), reason: 'The soak time runs.' }
        },
      })
      await store.enqueue(['a'])
      await eventually('it runs', () => handlers.running.has('a'))
      await store.enqueue(['a'])
      hold.open()
      await eventually('it ran again', () => handlers.passes.length === 2, 3000)
    })

    withStore('a transient failure is tried again by itself, and counted', async (store) => {
      const handlers = await working(store, {
        reconcile(_, { attempt }) {
          if (attempt < 2)
            throw new SupercargoError('The forge is away.', { code: 'away', kind: 'transient' })
          return { kind: 'done' }
        },
      })
      await store.enqueue(['a'])
      await eventually('it was tried again', () => handlers.passes.length === 2)
      const [first, second] = handlers.passes
      assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 2400, 'there is a pause of at least half of 5 s')
      await store.enqueue(['a'])
      await eventually('it ran anew', () => handlers.passes.length === 3)
      assert.deepEqual(
        handlers.passes.map(({ attempt }) => attempt),
        [1, 2, 1],
      )
    })

    withStore('a key in back-off runs now when there is news', async (store) => {
      const handlers = await working(store, {
        reconcile() {
          throw new SupercargoError('The forge is away.', { code: 'away', kind: 'transient' })
        },
      })
      await store.enqueue(['a'])
      for (let count = 1; count <= 6; count++) {
        await eventually(`pass ${count}`, () => handlers.passes.length === count, 2000)
        await store.enqueue(['a'])
      }
      assert.deepEqual(await store.listDeadLetters(), [])
    })

    withStore('not before the time that the forge named, whatever the news', async (store) => {
      const retryAt = new Date(Date.now() + 4000)
      const handlers = await working(store, {
        reconcile(_, { attempt }) {
          if (attempt > 1) return { kind: 'done' }
          throw new SupercargoError('The rate limit is used up.', {
            code: 'limit',
            kind: 'transient',
            retryAt,
          })
        },
      })
      await store.enqueue(['a'])
      await eventually('the first pass', () => handlers.passes.length === 1)
      while (Date.now() < retryAt.getTime() - 500) {
        await store.enqueue(['a'])
        await sleep(200)
      }
      assert.equal(handlers.passes.length, 1)
      await eventually('the second pass', () => handlers.passes.length === 2)
      assert.ok((handlers.passes[1]?.at ?? 0) >= retryAt.getTime() - 50)
    })

    withStore('a lost race is read again soon', async (store) => {
      const handlers = await working(store, {
        reconcile(_, { attempt }) {
          if (attempt < 4)
            throw new SupercargoError('Somebody wrote first.', { code: 'race', kind: 'conflict' })
          return { kind: 'done' }
        },
      })
      await store.enqueue(['a'])
      await eventually('it won', () => handlers.passes.length === 4, 6000)
    })

    withStore(
      'what only a person can mend is a dead letter at once, until there is news or a person',
      async (store) => {
        let broken = true
        const handlers = await working(
          store,
          {
            sweep: () => ['a', 'swept'],
            reconcile(key) {
              if (key === 'a' && broken) {
                throw new SupercargoError('There is no such repository.', { code: 'gone', kind: 'permanent' })
              }
              return { kind: 'done' }
            },
          },
          { concurrency: 4, sweepSeconds: 1 },
        )
        const [letter] = await eventually('it is listed', async () => {
          const letters = await store.listDeadLetters()
          return letters.length > 0 && letters
        })
        assert.equal(letter?.key, 'a')
        assert.equal(letter?.attempts, 1)
        assert.equal(letter?.lastError, 'There is no such repository.')
        const seen = handlers.passesOf('swept').length
        await eventually('the sweep came again', () => handlers.passesOf('swept').length >= seen + 2)
        assert.equal(handlers.passesOf('a').length, 1, 'the sweep leaves it dead')

        await store.enqueue(['a'])
        await eventually('news revived it', () => handlers.passesOf('a').length === 2)
        await eventually('it died again', async () => (await store.listDeadLetters()).length === 1)
        broken = false
        assert.equal(await store.retryDeadLetter(letter?.id ?? ''), true)
        await eventually('a person revived it', () => handlers.passesOf('a').length === 3)
        assert.deepEqual(await store.listDeadLetters(), [])
        assert.equal(await store.retryDeadLetter(letter?.id ?? ''), false)
        assert.equal(await store.retryDeadLetter('nonsense'), false)
      },
    )

    withStore('a bug is tried a few times and then waits for a person', async (store) => {
      const handlers = await working(store, {
        reconcile() {
          throw new TypeError('x is not a function')
        },
      })
      await store.enqueue(['a'])
      for (let count = 1; count < 5; count++) {
        await eventually(`pass ${count}`, () => handlers.passes.length === count)
        assert.deepEqual(await store.listDeadLetters(), [])
        await store.enqueue(['a'])
      }
      const letters = await eventually('it is dead', async () => {
        const found = await store.listDeadLetters()
        return found.length > 0 && found
      })
      assert.equal(letters[0]?.attempts, 5)
      assert.match(letters[0]?.lastError ?? '', /x is not a function/)
      assert.equal(handlers.passes.length, 5)
    })

    withStore('news during a pass that fails for good gives it another one', async (store) => {
      const hold = gate()
      const handlers = await working(store, {
        async reconcile(_, { attempt }) {
          if (attempt > 1) return { kind: 'done' }
          await hold.opened
          throw new SupercargoError('There is no such repository.', { code: 'gone', kind: 'permanent' })
        },
      })
      await store.enqueue(['a'])
      await eventually('it runs', () => handlers.running.has('a'))
      await store.enqueue(['a'])
      hold.open()
      await eventually('it ran again', () => handlers.passes.length === 2)
      assert.deepEqual(await store.listDeadLetters(), [])
    })

    withStore('a key may be as long as a path on a forge', async (store) => {
      const keys = ['x', 'y'].map((end) => `gitlab:${'group/'.repeat(60)}${end}`)
      const handlers = await working(store, {})
      await store.enqueue(keys)
      await eventually('both ran', () => handlers.passes.length === 2)
      assert.deepEqual(handlers.passes.map(({ key }) => key).sort(), keys)
    })

    withStore('the sweep runs at the start and then again and again', async (store) => {
      let sweeps = 0
      const handlers = await working(
        store,
        {
          sweep: () => {
            sweeps++
            if (sweeps === 2) throw new Error('The forge is away.')
            return Array.from({ length: 250 }, (_, i) => `key-${i}`)
          },
        },
        { concurrency: 4, sweepSeconds: 1 },
      )
      await eventually('it swept', () => new Set(handlers.passes.map(({ key }) => key)).size === 250, 30_000)
      await eventually('it swept again, after a failure too', () => sweeps >= 3)
    })
  })
}
