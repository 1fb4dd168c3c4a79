import type { Database } from './database.ts'
import type { DeadLetter } from './store.ts'

/** More than anyone reads. */
const MOST = 1000

/** The newest first; ids are `key:<key>` and `delivery:<number>`. */
export function listDeadLetters(database: Database): Promise<DeadLetter[]> {
  return database.query<DeadLetter>(
    `select 'key:' || key as id, key, attempts, last_error as "lastError", dead_at as "lastAt"
      from supercargo.key_states where dead_at is not null
    union all
    select 'delivery:' || seq, source || ':' || id, attempts, last_error, dead_at
      from supercargo.deliveries where dead_at is not null
    order by 5 desc limit ${MOST}`,
  )
}

/** Tries it again now, with a clean slate. False when there is no such letter any more. */
export function retryDeadLetter(database: Database, id: string): Promise<boolean> {
  const colon = id.indexOf(':')
  const name = id.slice(colon + 1)
  if (id.startsWith('key:')) return retryKey(database, name)
  if (id.startsWith('delivery:') && /^[0-9]{1,18}$/.test(name)) return retryDelivery(database, name)
  return Promise.resolve(false)
}

async function retryKey(database: Database, key: string): Promise<boolean> {
  const rows = await database.query(
    `select supercargo.enqueue(array[key], now(), true) from supercargo.key_states
      where key = $1 and dead_at is not null`,
    [key],
  )
  return rows.length > 0
}

async function retryDelivery(database: Database, seq: string): Promise<boolean> {
  const rows = await database.query(
    `with revived as (
      update supercargo.deliveries set dead_at = null, outcome = null, attempts = 0, bugs = 0, next_at = now()
        where seq = $1 and dead_at is not null returning seq
    )
    select supercargo.wake('inbox', now()) from revived`,
    [seq],
  )
  return rows.length > 0
}
