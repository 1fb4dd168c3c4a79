import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, describe } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SupercargoError } from '../../src/domain/errors.ts'
import { maintain } from '../../src/store/maintain.ts'
import type { Delivery, Store } from '../../src/store/store.ts'
import { gate, type Script, type Scripted, scripted } from '../store/scripted.ts'
import { type StoreMode, silent } from '../store/worlds.ts'
import { eventually } from '../support/eventually.ts'
import { storeTests } from './store-tests.ts'

const WORK = { concurrency: 4, sweepSeconds: 3600 }

const shift = { signal: new AbortController().signal, stopping: () => false, gone: () => false }

function delivery(id: string, more: Partial<Delivery> = {}): Delivery {
  return { source: 'github', id, event: 'push', payload: { number: id }, ...more }
}

/** What the inbox, the feeds and the journal promise, whatever the database. */
export function inboxContract(mode: StoreMode): void {
  describe(`the inbox on ${mode.name}`, { skip: mode.skip }, () => {
    after(() => mode.close())

    const { withWorld, withStore } = storeTests(mode)
    const working = async (store: Store, script: Script = {}): Promise<Scripted> => {
      const handlers = scripted(script)
      await store.work(handlers, WORK)
      return handlers
    }

    withStore('a delivery becomes a visible outcome and passes over its keys', async (store) => {
      const handlers = await working(store, {
        delivery: () => ({ keys: ['a', 'b'], outcome: 'Looks at a and b.' }),
      })
      assert.equal(await store.acceptDelivery(delivery('1', { payload: { ref: 'main' } })), 'accepted')
      await eventually('both keys ran', () => handlers.passes.length === 2)
      assert.deepEqual(handlers.deliveries, [delivery('1', { payload: { ref: 'main' } })])
      const [row] = await store.listDeliveries(10)
      assert.equal(row?.outcome, 'Looks at a and b.')
      assert.equal(row?.source, 'github')
      assert.equal(row?.event, 'push')
      assert.ok(Math.abs((row?.receivedAt.getTime() ?? 0) - Date.now()) < 60_000)
    })

    withWorld(
      'a delivery that comes again changes nothing, at the same time or after a restart',
      async (world) => {
        const first = await world.open()
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => first.acceptDelivery(delivery('1'))),
        )
        assert.equal(answers.filter((answer) => answer === 'accepted').length, 1)
        assert.equal(await first.acceptDelivery(delivery('1', { source: 'gitlab' })), 'accepted')
        await first.close()

        const second = await world.open()
        const handlers = await working(second)
        await eventually('they were worked on', () => handlers.deliveries.length === 2)
        assert.equal(await second.acceptDelivery(delivery('1')), 'duplicate')
        await sleep(300)
        assert.equal(handlers.deliveries.length, 2)
        await second.close()
      },
    )

    withStore('any JSON comes back as it was sent, however large', async (store) => {
      const payloads = [
        null,
        'text',
        { nul: 'a\u0000b', lone: '\ud800', astral: '😀', quotes: '"\\\'{}' },
        { text: 'x'.repeat(3_000_000) },
        { noise: randomBytes(1_500_000).toString('base64') },
        [],
      ]
      const handlers = await working(store)
      const answers = await Promise.all(
        payloads.map((payload, index) => store.acceptDelivery(delivery(String(index), { payload }))),
      )
      assert.deepEqual(
        answers,
        payloads.map(() => 'accepted'),
      )
      await eventually('all were read', () => handlers.deliveries.length === payloads.length)
      for (const { id, payload } of handlers.deliveries) assert.deepEqual(payload, payloads[Number(id)])
      assert.equal(await store.acceptDelivery(delivery('4', { payload: payloads[4] })), 'duplicate')
    })

    withStore('a delivery that cannot be written does not fail its neighbours', async (store) => {
      const answers = await Promise.allSettled(
        ['1', '2', 'poison\0', '3'].map((id) => store.acceptDelivery(delivery(id))),
      )
      assert.deepEqual(
        answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'refused')),
        ['accepted', 'accepted', 'refused', 'accepted'],
      )
    })

    withStore(
      'a delivery that fails is tried again by itself, and does not hold up the others',
      async (store) => {
        let tries = 0
        await Promise.all(['1', '2', '3'].map((id) => store.acceptDelivery(delivery(id))))
        await working(store, {
          delivery({ id }) {
            if (id === '2' && tries++ === 0) throw new Error('not yet')
            return { keys: [], outcome: `Not wanted: ${id}.` }
          },
        })
        const outcomes = async () =>
          (await store.listDeliveries(10)).map(({ outcome }) => outcome).filter((outcome) => outcome !== null)
        await eventually('the others are done', async () => (await outcomes()).length === 2, 3000)
        await eventually('so is it', async () => (await outcomes()).length === 3)
        assert.equal(tries, 2)
      },
    )

    withStore('an outcome that cannot be written fails its own delivery only', async (store) => {
      await Promise.all(['1', '2', '3'].map((id) => store.acceptDelivery(delivery(id))))
      const handlers = await working(store, {
        delivery: ({ id }) => ({ keys: [id === '2' ? 'poison\0' : `key-${id}`], outcome: 'Fi\0ne.' }),
      })
      await eventually('the others ran', () => handlers.passes.length === 2)
      const rows = await store.listDeliveries(10)
      assert.deepEqual(
        rows.map(({ outcome }) => outcome),
        ['Fine.', null, 'Fine.'],
      )
    })

    withStore(
      'a delivery that nothing can help waits for a person, and its outcome says so',
      async (store) => {
        let broken = true
        const handlers = await working(store, {
          delivery() {
            if (broken)
              throw new SupercargoError('It makes no sense.', { code: 'nonsense', kind: 'permanent' })
            return { keys: ['a'], outcome: 'Looks at a.' }
          },
        })
        await store.acceptDelivery(delivery('1'))
        const [letter] = await eventually('it is listed', async () => {
          const letters = await store.listDeadLetters()
          return letters.length > 0 && letters
        })
        assert.equal(letter?.key, 'github:1')
        assert.equal(letter?.lastError, 'It makes no sense.')
        const [dead] = await store.listDeliveries(1)
        assert.equal(dead?.outcome, 'It failed and waits for a person: It makes no sense.')
        broken = false
        assert.equal(await store.retryDeadLetter(letter?.id ?? ''), true)
        await eventually('its key ran', () => handlers.passesOf('a').length === 1)
        assert.deepEqual(await store.listDeadLetters(), [])
        const [alive] = await store.listDeliveries(1)
        assert.equal(alive?.outcome, 'Looks at a.')
      },
    )

    withStore('deliveries are listed newest first, as many as asked for', async (store) => {
      for (const id of ['1', '2', '3']) await store.acceptDelivery(delivery(id))
      const rows = await store.listDeliveries(2)
      assert.deepEqual(
        rows.map(({ id, outcome }) => [id, outcome]),
        [
          ['3', null],
          ['2', null],
        ],
      )
    })

    withStore('a storm of deliveries loses none', async (store) => {
      const handlers = await working(store)
      const ids = Array.from({ length: 1000 }, (_, i) => String(i))
      await Promise.all(
        ids.map((id) => store.acceptDelivery(delivery(id, { event: `app-${Number(id) % 20}` }))),
      )
      await eventually('all were read', () => handlers.deliveries.length === ids.length, 30_000)
      assert.equal(new Set(handlers.deliveries.map(({ id }) => id)).size, ids.length)
      await eventually('all keys ran', () => new Set(handlers.passes.map(({ key }) => key)).size === 20)
      assert.deepEqual(handlers.overlaps, [])
    })

    withStore('what feeds a manifest repository is what the last pass said', async (store) => {
      await store.recordFeeds('s1', ['m1', 'm2', 'm2'])
      await store.recordFeeds('s2', ['m1'])
      assert.deepEqual(await store.feedsOf('m1'), ['s1', 's2'])
      await store.recordFeeds('s1', ['m2', 'm3'])
      assert.deepEqual(await store.feedsOf('m1'), ['s2'])
      assert.deepEqual(await store.feedsOf('m2'), ['s1'])
      assert.deepEqual(await store.addFeeds('m4', ['s1', 's3', 's3']), ['s1', 's3'])
      assert.deepEqual(await store.addFeeds('m4', ['s1', 's4']), ['s4'])
      assert.deepEqual(await store.feedsOf('m4'), ['s1', 's3', 's4'])
      assert.deepEqual(await store.sourcesBesides(['s1', 's3', 'm4']), ['s2', 's4'])
      await store.waitingSince('s1', ['x'], new Date(0))
      assert.deepEqual(await store.remembered('s1'), { feeds: ['m2', 'm3', 'm4'], waits: { x: new Date(0) } })
      assert.deepEqual(await store.remembered('nobody'), { feeds: [], waits: {} })
      await store.waitingSince('s1', [], new Date(0))
      await store.recordFeeds('s1', [])
      assert.deepEqual(await store.feedsOf('m2'), [])
    })

    withStore('a wait keeps its beginning as long as it lasts', async (store) => {
      const [first, later] = [new Date('2026-01-01T10:00:00Z'), new Date('2026-01-01T11:00:00Z')]
      assert.deepEqual(await store.waitingSince('a', ['x', 'y', 'x'], first), { x: first, y: first })
      assert.deepEqual(await store.waitingSince('b', ['x'], later), { x: later })
      assert.deepEqual(await store.waitingSince('a', ['y', 'z'], later), { y: first, z: later })
      assert.deepEqual(await store.waitingSince('a', ['x', 'y'], later), { x: later, y: first })
      assert.deepEqual(await store.waitingSince('a', [], later), {})
      assert.deepEqual(await store.waitingSince('a', ['y'], later), { y: later })
      assert.deepEqual(await store.waitingSince('b', ['x'], first), { x: later })
    })
    withStore(
      'a quiet key is due again when a feed of it changes, is seen no more, or is another one',
      async (store) => {
        const keys = ['s1', 's2']
        const due = () => store.dueKeys(keys)
        const visit = async (key: string) => await store.recordQuiet(key, await store.marksOf(key))
        const see = (marks: Record<string, string>) => store.recordGlances(new Map(Object.entries(marks)))
        const watches = (sources: string[]) => store.watchesOf(sources, ['manifest ', 'tags '])
        await store.recordFeeds('s1', ['m1', 'image:a', 'tags b'])
        assert.deepEqual(await watches(keys), [{ key: 'tags b', seen: false }])
        await see({ s1: '1', s2: '1', m1: '1', 'tags b': '1' })
        assert.deepEqual(await watches(['s1', 's1']), [{ key: 'tags b', seen: true }])
        assert.deepEqual(await watches(['s2']), [])
        assert.deepEqual(await due(), keys)
        await visit('s1')
        await visit('s2')
        assert.deepEqual(await due(), [])
        await see({ s1: '1', s2: '1', m1: '2' })
        assert.deepEqual(await due(), ['s1'])
        await visit('s1')
        await see({ 'tags b': '2' })
        assert.deepEqual(await due(), ['s1'])
        await visit('s1')
        await store.recordFeeds('s1', ['m1', 'tags b', 'tags c'])
        assert.deepEqual([await store.marksOf('s1'), await due()], [null, ['s1']])
        await store.recordFeeds('s1', ['m1'])
        await visit('s1')
        assert.deepEqual([await due(), await watches(keys)], [[], []])
        await store.keepGlances(['s1', 's2'])
        assert.deepEqual(await due(), ['s1'])
        await store.keepGlances(['s1', 'm1'])
        await see({ s2: '1' })
        assert.deepEqual((await due()).toSorted(), keys, 'what is gone and comes back is visited')
        await visit('s2')
        await store.recordQuiet('s2', null)
        assert.deepEqual((await due()).toSorted(), keys)
      },
    )

    withStore('tens of thousands of keys are glanced at', async (store) => {
      const keys = Array.from({ length: 20_000 }, (_, index) => `github:acme/r${index}`)
      await store.recordGlances(new Map(keys.map((key) => [key, 'a'])))
      await store.keepGlances(keys)
      assert.equal((await store.dueKeys(keys)).length, keys.length)
      await store.keepGlances([])
      assert.equal(await store.marksOf('github:acme/r1'), null)
    })

    withStore('the journal is read newest first, of one key or of all', async (store) => {
      const url = 'https://forge.example/acme/k8s/pull/1'
      const entry = { key: 'a', action: 'merged', code: 'auto', message: 'It merged \0 by policy.' }
      await store.journal({ ...entry, target: 'web/staging', url })
      await store.journal({ ...entry, key: 'b' })
      const [newest, oldest] = await store.readJournal({ limit: 10 })
      assert.deepEqual({ ...newest, at: 0 }, { ...entry, key: 'b', message: 'It merged  by policy.', at: 0 })
      assert.deepEqual(
        { ...oldest, at: 0 },
        { ...entry, message: 'It merged  by policy.', target: 'web/staging', url, at: 0 },
      )
      assert.ok(oldest?.at instanceof Date)
      assert.equal((await store.readJournal({ key: 'a', limit: 10 })).length, 1)
      assert.equal((await store.readJournal({ limit: 1 })).length, 1)
    })

    withWorld('old payloads go first, then the ids and the journal', async (world) => {
      const store = await world.open()
      const handlers = await working(store)
      for (const id of ['new', 'week', 'month', 'waiting']) {
        if (id === 'waiting') await store.close()
        const open = id === 'waiting' ? await world.open() : store
        await open.acceptDelivery(delivery(id))
        await open.journal({ key: id, action: 'merged', code: 'auto', message: 'It merged.' })
        if (id === 'waiting') await open.close()
        else await eventually('it is done', () => handlers.deliveries.some((one) => one.id === id))
      }
      const database = await world.database()
      const { query } = database
      for (const [id, days] of [
        ['week', 8],
        ['month', 31],
      ]) {
        await query(
          `update supercargo.deliveries set received_at = now() - $2 * interval '1 day',
            finished_at = now() - $2 * interval '1 day' where id = $1`,
          [id, days],
        )
      }
      await query(
        "update supercargo.deliveries set received_at = now() - interval '8 days' where id = 'waiting'",
      )
      await query("update supercargo.journal set at = now() - interval '91 days' where key = 'month'")
      await query(`insert into supercargo.payloads (delivery, part, bytes, written_at)
        values (999999, 0, '', now() - interval '2 days'), (999999, 1, '', now())`)
      await maintain(database, 3600, shift, silent)
      assert.deepEqual(await query('select part from supercargo.payloads where delivery = 999999'), [
        { part: 1 },
      ])
      assert.deepEqual(
        await query(`select d.id from supercargo.deliveries d join supercargo.payloads p on p.delivery = d.seq
          order by 1`),
        [{ id: 'new' }, { id: 'waiting' }],
      )
      assert.deepEqual(await query('select id from supercargo.deliveries order by 1'), [
        { id: 'new' },
        { id: 'waiting' },
        { id: 'week' },
      ])
      assert.deepEqual(await query('select key from supercargo.journal order by 1'), [
        { key: 'new' },
        { key: 'waiting' },
        { key: 'week' },
      ])
      await database.close()
    })

    withStore('stopping begins nothing new, and waits for what runs', async (store) => {
      const hold = gate()
      const handlers = scripted({
        async reconcile() {
          await hold.opened
          return { kind: 'done' }
        },
      })
      const worker = await store.work(handlers, { concurrency: 1, sweepSeconds: 3600 })
      assert.equal(worker.running(), true)
      await store.enqueue(['a'])
      await eventually('it runs', () => handlers.running.has('a'))
      await store.enqueue(['b'])
      const stopped = worker.stop(10_000)
      assert.equal(worker.running(), false)
      setTimeout(hold.open, 300)
      await stopped
      assert.deepEqual(
        handlers.passes.map(({ key }) => key),
        ['a'],
      )
      assert.equal(handlers.running.size, 0)
    })

    withWorld(
      'what does not end in time is aborted and given back, and runs elsewhere at once',
      async (world) => {
        const store = await world.open()
        const signals: AbortSignal[] = []
        const handlers = scripted({
          async reconcile(key, { signal }) {
            signals.push(signal)
            if (key === 'polite') await new Promise((_, reject) => signal.addEventListener('abort', reject))
            else await new Promise(() => undefined)
            return { kind: 'done' }
          },
        })
        const worker = await store.work(handlers, WORK)
        await store.enqueue(['polite', 'stubborn'])
        await eventually('both run', () => handlers.running.size === 2)
        const started = Date.now()
        await worker.stop(200)
        assert.ok(Date.now() - started < 5000)
        assert.deepEqual(
          signals.map(({ aborted }) => aborted),
          [true, true],
        )
        await store.close()

        const other = await world.open()
        const next = await working(other)
        await eventually('both ran there', () => next.passes.length >= 2, 4000)
        assert.deepEqual(next.passes.map(({ key }) => key).sort(), ['polite', 'stubborn'])
        assert.equal(next.passesOf('polite')[0]?.attempt, 1, 'to be interrupted is not to fail')
        assert.deepEqual(await other.listDeadLetters(), [])
        await other.close()
      },
    )

    withStore('it says that it is reachable', async (store) => {
      await store.ping()
    })
  })
}
