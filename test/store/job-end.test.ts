import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openStore, type StoreOptions } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { eventually } from '../support/eventually.ts'
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts'
import { gate, type Scripted, scripted } from './scripted.ts'
import { silent } from './worlds.ts'

const KEYS = ['a', 'b', 'c']
const WORK = { concurrency: 4, sweepSeconds: 3600 }

describe('the database does not take the end of a job', { skip: noPostgres }, () => {
  let server: PostgresServer
  before(async () => {
    server = await startPostgres()
  })
  after(() => server.remove())

  /** A pass whose end the database refuses so often with this SQLSTATE, and then two others that end one after the other. */
  async function refused(
    times: number,
    sqlState: string,
    options: Partial<StoreOptions> = {},
  ): Promise<{ store: Store; handlers: Scripted; running: () => boolean; isLocked: () => Promise<boolean> }> {
    const databaseUrl = await server.createDatabase()
    const store = await openStore({ databaseUrl, dataDir: '/nowhere', log: silent, ...options })
    const gates = new Map(KEYS.map((key) => [key, gate()]))
    const handlers = scripted({
      async reconcile(key) {
        await gates.get(key)?.opened
        return { kind: 'done' }
      },
    })
    const ask = async (text: string) => (await server.query(databaseUrl, text)).length > 0
    const isLocked = () => ask('select 1 from supercargo_worker.jobs where locked_by is not null')
    const worker = await store.work(handlers, WORK)
    await store.enqueue(KEYS)
    await eventually('all run', () => handlers.running.size === KEYS.length)
    await server.query(
      databaseUrl,
      `create sequence refusals;
      create function refuse() returns trigger language plpgsql as $$
      begin
        if old.key = 'reconcile:a' and nextval('refusals') <= ${times} then
          raise exception 'Not now.' using errcode = '${sqlState}';
        end if;
        return old;
      end $$;
      create trigger refuse before delete on supercargo_worker._private_jobs for each row execute function refuse()`,
    )
    gates.get('a')?.open()
    await eventually('the end is refused', () => ask('select 1 from refusals where is_called'))
    gates.get('b')?.open()
    await eventually(
      'b has ended',
      async () => !(await ask("select 1 from supercargo_worker.jobs where key = 'reconcile:b'")),
    )
    gates.get('c')?.open()
    return { store, handlers, running: worker.running, isLocked }
  }

  test('it is written again, nothing is done twice, and work goes on', { timeout: 60_000 }, async () => {
    const { store, handlers, running, isLocked } = await refused(3, '57P01')
    await eventually('the ends are written', async () => !(await isLocked()))
    assert.equal(running(), true)
    assert.deepEqual(handlers.passes.map(({ key }) => key).sort(), KEYS)
    await store.enqueue(KEYS)
    await eventually('all run again', () => handlers.passes.length === 2 * KEYS.length)
    await store.close()
  })

  test('when it never will, the process ends rather than do nothing', {
    timeout: 60_000,
  }, async () => {
    const reasons: string[] = []
    const onFenced = (reason: string) => reasons.push(reason)
    const { store, running } = await refused(1_000_000, '57P01', {
      timings: { beat: 100, end: 500 },
      onFenced,
    })
    await eventually('it is fenced', () => reasons.length > 0)
    assert.deepEqual(reasons, ['Its worker does not end.'])
    assert.equal(running(), false)
    await store.close()
  })
})
