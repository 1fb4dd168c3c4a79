import type { Pool, PoolClient } from 'pg'
import { persist } from './transient.ts'

type Statement = Parameters<PoolClient['query']>[0] | string | { text: string }

/** graphile-worker's statements that write the end of a job: they may be repeated, for the job stays locked. */
const ENDS_JOB = /^\s*(with j as \(\s*)?(delete from|update)\s+\S*_private_jobs\b/i

/**
 * The pool for graphile-worker, through which the end of a job is written however long the database is away.
 * graphile-worker 0.17.3 itself gives up at the first error, stops, and when others end in the meantime,
 * counts wrongly what it still has to write: then it waits for ever, and its promise never settles.
 * @param until when to give up
 */
export function lastingPool(pool: Pool, until: () => boolean): Pool {
  const connect = (callback?: Parameters<Pool['connect']>[0]): unknown =>
    callback === undefined ? Promise.resolve(lastingClient(pool, until)) : pool.connect(callback)
  return new Proxy(pool, {
    get(target, name) {
      if (name === 'connect') return connect
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** What graphile-worker uses of a client; it takes a connection only for what does not end a job. */
function lastingClient(pool: Pool, until: () => boolean): Pick<PoolClient, 'release'> & { query: unknown } {
  let connecting: Promise<PoolClient> | undefined
  return {
    async query(statement: Statement, values?: unknown[]) {
      const text = typeof statement === 'string' ? statement : 'text' in statement ? statement.text : ''
      if (ENDS_JOB.test(String(text))) {
        return persist(() => pool.query(statement as string, values), until)
      }
      connecting ??= pool.connect()
      return (await connecting).query(statement as string, values)
    },
    release() {
      void connecting?.then(
        (client) => client.release(),
        () => undefined,
      )
    },
  }
}
