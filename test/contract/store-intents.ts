import assert from 'node:assert/strict'
import { after, describe } from 'node:test'
import { maintain } from '../../src/store/maintain.ts'
import type { Intent, IntentWish, LabelWish, Store } from '../../src/store/store.ts'
import { type Script, scripted } from '../store/scripted.ts'
import { type StoreMode, silent } from '../store/worlds.ts'
import { eventually } from '../support/eventually.ts'
import { storeTests } from './store-tests.ts'

const WORK = { concurrency: 4, sweepSeconds: 3600 }
const REPOSITORY = 'github:acme/web'
const KEY = 'commands github:acme/web 12'

function wish(comment: number, more: Partial<IntentWish> = {}): IntentWish {
  return { repository: REPOSITORY, number: 12, comment, login: 'alice', hash: 'a'.repeat(64), ...more }
}

function entry(code: string) {
  return { key: REPOSITORY, action: 'command', code, message: 'alice: It was done.\0', target: '12' }
}

/** What the store promises about commands. */
export function intentsContract(mode: StoreMode): void {
  describe(`intents on ${mode.name}`, { skip: mode.skip }, () => {
    after(() => mode.close())

    const { withWorld, withStore } = storeTests(mode)
    /** Every delivery wishes what its payload says. */
    const working = async (store: Store, reconcile?: Script['reconcile']) => {
      const handlers = scripted({
        delivery: ({ payload }) => ({ keys: [], intents: payload as IntentWish[], outcome: 'Reads it.' }),
        ...(reconcile === undefined ? {} : { reconcile }),
      })
      await store.work(handlers, WORK)
      return handlers
    }
    const send = (store: Store, id: string, ...wishes: (IntentWish | LabelWish)[]) =>
      store.acceptDelivery({ source: 'github', id, event: 'issue_comment', payload: wishes })
    const understood = (store: Store, count: number) =>
      eventually('all was understood', async () => {
        const rows = await store.listDeliveries(100)
        return rows.length === count && rows.every(({ outcome }) => outcome === 'Reads it.')
      })
    const open = async (store: Store) =>
      (await store.openIntents(REPOSITORY, 12)).map(({ comment }) => comment)

    withStore('a comment is one intent, however often and in how many deliveries it comes', async (store) => {
      const handlers = await working(store)
      for (const id of ['1', '2', '3', '1']) await send(store, id, wish(9_007_199_254_740_991))
      await send(store, '4', wish(9_007_199_254_740_991, { login: 'mallory', hash: 'b' }))
      await understood(store, 4)
      const [intent, ...others] = await store.openIntents(REPOSITORY, 12)
      assert.deepEqual(others, [])
      const { id, acceptedAt, ...rest } = intent as Intent
      assert.deepEqual(rest, wish(9_007_199_254_740_991))
      assert.ok(id !== '' && Math.abs(acceptedAt.getTime() - Date.now()) < 60_000)
      await eventually('its key ran', () => handlers.passesOf(KEY).length > 0)
    })

    withStore('intents are open in their order until they have an outcome', async (store) => {
      await working(store)
      await send(store, '1', wish(3), wish(1))
      await send(store, '2', wish(2, { number: 13 }), wish(5, { repository: 'gitlab:acme/web' }))
      await understood(store, 2)
      assert.deepEqual(await open(store), [3, 1])
      const [first] = await store.openIntents(REPOSITORY, 12)
      assert.ok(first)
      await store.finishIntent(first, entry('carried-out'))
      await store.finishIntent(first, entry('again'))
      assert.deepEqual(await open(store), [1])
      const journal = await store.readJournal({ key: REPOSITORY, limit: 10 })
      assert.deepEqual(
        journal.map(({ code, message, target }) => [code, message, target]),
        [['carried-out', 'alice: It was done.', '12']],
      )
      await send(store, '3', wish(3))
      await understood(store, 3)
      assert.deepEqual(await open(store), [1])
    })

    withWorld('an intent is kept for longer than its comment can come again', async (world) => {
      const store = await world.open()
      await working(store)
      await send(store, '1', wish(1), wish(2))
      await understood(store, 1)
      await store.close()
      const database = await world.database()
      const age = (comment: number, days: number) =>
        database.query(
          "update supercargo.intents set accepted_at = now() - $2 * interval '1 day' where comment = $1",
          [comment, days],
        )
      await age(1, 89)
      await age(2, 91)
      await maintain(database, 3600, shift, silent)
      assert.deepEqual(await database.query('select comment::text from supercargo.intents'), [
        { comment: '1' },
      ])
      await database.close()
    })

    withStore('an intent that a pass did not come to is there for the next one', async (store) => {
      let failures = 0
      const handlers = await working(store, async () => {
        if (failures++ === 0) throw new Error('The process was killed here.')
        const intents = await store.openIntents(REPOSITORY, 12)
        for (const intent of intents) await store.finishIntent(intent, entry('carried-out'))
        return { kind: 'done' }
      })
      await send(store, '1', wish(1), wish(2))
      await eventually('it ran again', async () => handlers.passesOf(KEY).length >= 2)
      await eventually('both are done', async () => (await open(store)).length === 0)
      assert.equal((await store.readJournal({ limit: 10 })).length, 2)
    })

    withStore('labels of one delivery are one intent, which says what they were given for', async (store) => {
      await working(store)
      const given: LabelWish = {
        repository: REPOSITORY,
        number: 12,
        comment: null,
        login: 'alice',
        labels: ['preview-fork', 'bug'],
        head: 'a'.repeat(40),
        delivery: 'x',
      }
      await send(store, '1', wish(3), given)
      await send(store, '2', given, { ...given, delivery: 'y', labels: ['x'] })
      await understood(store, 2)
      const [comment, first, second, ...others] = await store.openIntents(REPOSITORY, 12)
      assert.deepEqual(others, [])
      assert.ok(comment && first && second)
      const { id: _, acceptedAt, ...rest } = first
      assert.deepEqual(rest, given)
      assert.ok(Math.abs(acceptedAt.getTime() - Date.now()) < 60_000)
      assert.deepEqual([comment.comment, second.comment === null && second.labels], [3, ['x']])
      assert.equal((await store.countIntents(second, 3600)).person, 3)
      await store.finishIntent(first, entry('carried-out'))
      await store.finishIntent(second, entry('no-fork-label'))
      assert.deepEqual(await open(store), [3])
    })

    withStore('what came before an intent is counted by person and by repository', async (store) => {
      await working(store)
      const login = 'bob'
      await send(store, '1', wish(1), wish(2, { login }), wish(3), wish(4, { number: 13 }), wish(5))
      await send(store, '2', wish(6, { repository: 'github:acme/api' }))
      await understood(store, 2)
      const counts: [number, number][] = []
      for (const intent of await store.openIntents(REPOSITORY, 12)) {
        const { person, repository } = await store.countIntents(intent, 3600)
        counts.push([person, repository])
      }
      assert.deepEqual(counts, [
        [1, 1],
        [1, 2],
        [2, 3],
        [4, 5],
      ])
    })
  })
}

const shift = { signal: new AbortController().signal, stopping: () => false, gone: () => false }
