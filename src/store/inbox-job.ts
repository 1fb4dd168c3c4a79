import type { Logger } from 'pino'
import { commandsKey } from '../domain/commands-key.ts'
import type { Database } from './database.ts'
import { decodePayload } from './payload.ts'
import { judge } from './retry.ts'
import { cleanText, describeError, type Shift } from './shift.ts'
import type { Delivery, DeliveryMeaning, Handlers } from './store.ts'
import { persist } from './transient.ts'

interface Row {
  seq: string
  source: string
  id: string
  event: string
  size: number
  attempts: number
  bugs: number
}

type Meant = { row: Row; meaning: DeliveryMeaning } | { row: Row; error: unknown }

/** Read together: at most so many, for nobody is answered meanwhile, and so many bytes of JSON, but always one. */
const MOST_ROWS = 30
const MOST_BYTES = 4 * 1024 * 1024
/** A delivery during which the process ended is left alone for so long, and counts as tried. */
const PAUSE_AFTER_CRASH = "interval '1 minute'"

/**
 * Works on every delivery that waits, a group at a time: one read, the handler for each, one transaction that
 * queues the keys, writes down the intents and the outcomes. One delivery that fails is tried again by itself.
 * @param careful the process ended during the last attempt: one by one, each counted before it is tried, so
 * that a delivery that ends the process does not do so for ever
 */
export async function workInbox(
  database: Database,
  handlers: Handlers,
  careful: boolean,
  shift: Shift,
  log: Logger,
): Promise<void> {
  const durably = <T>(work: () => Promise<T>): Promise<T> => persist(work, shift.gone)
  while (!shift.stopping()) {
    const rows = await durably(() => readWaiting(database, careful))
    if (rows.length === 0) break
    if (careful) await durably(() => countAttempt(database, rows))
    const meant = await Promise.all(await durably(() => understand(database, handlers, rows)))
    if (shift.gone()) return
    await durably(() => write(database, meant, log))
  }
  await durably(() =>
    database.query(
      `select supercargo.wake('inbox', next) from
        (select min(next_at) as next from supercargo.deliveries where finished_at is null and dead_at is null) as w
        where next is not null`,
    ),
  )
}

async function readWaiting(database: Database, careful: boolean): Promise<Row[]> {
  const rows = await database.query<Row>(
    `select seq, source, id, event, size, attempts, bugs from supercargo.deliveries
      where finished_at is null and dead_at is null and next_at <= now() order by next_at, seq limit $1`,
    [careful ? 1 : MOST_ROWS],
  )
  let bytes = 0
  return rows.filter(({ size }, index) => {
    bytes += size
    return index === 0 || bytes <= MOST_BYTES
  })
}

async function countAttempt(database: Database, rows: readonly Row[]): Promise<void> {
  await database.query(
    `update supercargo.deliveries set attempts = attempts + 1, bugs = bugs + 1,
      next_at = now() + ${PAUSE_AFTER_CRASH} where seq = any($1::bigint[])`,
    [rows.map(({ seq }) => seq)],
  )
}

/** Resolves when everything was read; the handlers' answers come later. */
async function understand(
  database: Database,
  handlers: Handlers,
  rows: readonly Row[],
): Promise<Promise<Meant>[]> {
  const bodies = await readBodies(database, rows)
  return rows.map(async (row) => {
    try {
      const payload = await decodePayload(bodies.get(row.seq) ?? [])
      const delivery: Delivery = { source: row.source, id: row.id, event: row.event, payload }
      return { row, meaning: await handlers.delivery(delivery) }
    } catch (error) {
      return { row, error }
    }
  })
}

/** The first part of each together, for most have no other; the others one by one, for they are large. */
async function readBodies(database: Database, rows: readonly Row[]): Promise<Map<string, Uint8Array[]>> {
  const bodies = new Map<string, Uint8Array[]>(rows.map(({ seq }) => [seq, []]))
  const parts = await database.query<{ delivery: string; part: number; bytes: Uint8Array | null }>(
    `select delivery, part, case when part = 0 then bytes end as bytes from supercargo.payloads
      where delivery = any($1::bigint[]) order by delivery, part`,
    [rows.map(({ seq }) => seq)],
  )
  for (const { delivery, part, bytes } of parts) {
    bodies.get(delivery)?.push(bytes ?? (await readPart(database, delivery, part)))
  }
  return bodies
}

async function readPart(database: Database, delivery: string, part: number): Promise<Uint8Array> {
  const [row] = await database.query<{ bytes: Uint8Array }>(
    'select bytes from supercargo.payloads where delivery = $1 and part = $2',
    [delivery, part],
  )
  return row?.bytes ?? new Uint8Array()
}

async function write(database: Database, meant: readonly Meant[], log: Logger): Promise<void> {
  const good = meant.filter((one) => 'meaning' in one)
  try {
    await finish(database, good)
  } catch (error) {
    if (good.length === 1 && good[0] !== undefined) await fail(database, good[0].row, error, log)
    else for (const one of good) await write(database, [one], log)
  }
  for (const one of meant) if ('error' in one) await fail(database, one.row, one.error, log)
}

async function finish(
  database: Database,
  good: readonly { row: Row; meaning: DeliveryMeaning }[],
): Promise<void> {
  if (good.length === 0) return
  const intents = good.flatMap(({ meaning }) => meaning.intents ?? [])
  const keys = [
    ...good.flatMap(({ meaning }) => meaning.keys),
    ...intents.map(({ repository, number }) => commandsKey(repository, number)),
  ]
  await database.query(
    'select supercargo.finish_deliveries($1::bigint[], $2::text[], $3::text[], $4::jsonb)',
    [
      good.map(({ row }) => row.seq),
      good.map(({ meaning }) => cleanText(meaning.outcome)),
      [...new Set(keys)],
      JSON.stringify(intents),
    ],
  )
}

async function fail(database: Database, row: Row, error: unknown, log: Logger): Promise<void> {
  const verdict = judge(error, row, new Date())
  const reason = describeError(error)
  const outcome = verdict.at === null ? `It failed and waits for a person: ${firstLine(reason)}` : null
  log.warn(
    { source: row.source, delivery: row.id, attempts: verdict.attempts, error: reason },
    'A delivery failed.',
  )
  await database.query('select supercargo.fail_delivery($1, $2, $3, $4, $5, $6)', [
    row.seq,
    verdict.attempts,
    verdict.bugs,
    reason,
    outcome,
    verdict.at,
  ])
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
