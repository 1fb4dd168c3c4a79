import type { Database } from './database.ts'
import { groupCommit } from './group-commit.ts'
import { type EncodedPayload, encodePayload } from './payload.ts'
import type { Delivery, DeliveryRow } from './store.ts'
import { persist } from './transient.ts'

type Arrival = EncodedPayload & { source: string; id: string; event: string }
type Answer = 'accepted' | 'duplicate'

/** A forge waits 10 s for an answer; a database that restarts is back before that. */
const PATIENCE_MS = 8000

/** Accepts deliveries; those that arrive within a few milliseconds share one transaction. */
export function createInbox(database: Database): (delivery: Delivery) => Promise<Answer> {
  const acceptTogether = groupCommit<Arrival, Answer>((arrivals) => acceptGroup(database, arrivals), {
    gatherMs: 2,
    count: 200,
    weight: 1024 * 1024,
    weigh: ({ parts }) => parts[0]?.length ?? 0,
  })
  return async ({ source, id, event, payload }) => {
    const arrival = { source, id, event, ...(await encodePayload(payload)) }
    const started = Date.now()
    return persist(
      () => (arrival.parts.length === 1 ? acceptTogether(arrival) : acceptLarge(database, arrival)),
      () => Date.now() - started > PATIENCE_MS,
    )
  }
}

async function acceptGroup(database: Database, arrivals: readonly Arrival[]): Promise<Answer[]> {
  const first = new Map<string, Arrival>()
  for (const arrival of arrivals) {
    const name = nameOf(arrival)
    if (!first.has(name)) first.set(name, arrival)
  }
  const unique = [...first.values()]
  const rows = await database.urgent<{ source: string; id: string }>(
    'select source, id from supercargo.accept_deliveries($1, $2, $3, $4, $5)',
    [
      unique.map(({ source }) => source),
      unique.map(({ id }) => id),
      unique.map(({ event }) => event),
      unique.map(({ size }) => size),
      unique.map(({ parts }) => parts[0]),
    ],
  )
  const accepted = new Set(rows.map(nameOf))
  return arrivals.map((arrival) =>
    accepted.has(nameOf(arrival)) && first.get(nameOf(arrival)) === arrival ? 'accepted' : 'duplicate',
  )
}

/** The pieces first, each by itself, so that others are accepted in between; then the delivery and its job. */
async function acceptLarge(database: Database, arrival: Arrival): Promise<Answer> {
  const { source, id, event, size, parts } = arrival
  const known = await database.urgent('select 1 from supercargo.deliveries where source = $1 and id = $2', [
    source,
    id,
  ])
  if (known.length > 0) return 'duplicate'
  const [next] = await database.query<{ seq: string }>(
    "select nextval(pg_get_serial_sequence('supercargo.deliveries', 'seq')) as seq",
  )
  for (const [index, part] of parts.entries()) {
    await database.query('insert into supercargo.payloads (delivery, part, bytes) values ($1, $2, $3)', [
      next?.seq,
      index,
      part,
    ])
  }
  const [row] = await database.urgent<{ accepted: boolean }>(
    'select supercargo.accept_large_delivery($1, $2, $3, $4, $5) as accepted',
    [next?.seq, source, id, event, size],
  )
  return row?.accepted === true ? 'accepted' : 'duplicate'
}

/** The newest deliveries, newest first. */
export function listDeliveries(database: Database, limit: number): Promise<DeliveryRow[]> {
  return database.query<DeliveryRow>(
    `select source, id, event, received_at as "receivedAt", outcome from supercargo.deliveries
      order by seq desc limit $1`,
    [limit],
  )
}

function nameOf({ source, id }: { source: string; id: string }): string {
  return `${source}\n${id}`
}
