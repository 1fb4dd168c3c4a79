import type { Database } from './database.ts'

/** GitHub lets a delivery be sent again for 3 days. */
const PAYLOAD_DAYS = 7
/** The ids that repeated deliveries are known by outlive their bodies. */
const DELIVERY_DAYS = 30
const JOURNAL_DAYS = 90
/** Longer than any delivery is sent again. */
const INTENT_DAYS = 90
const ROWS = 1000

/** Removes what is too old to be of use, a little at a time. */
export async function prune(database: Database, stop: () => boolean): Promise<void> {
  const old = (column: string, days: number): string => `${column} < now() - interval '${days} days'`
  const statements = [
    `delete from supercargo.payloads where (delivery, part) in (select p.delivery, p.part
      from supercargo.payloads p join supercargo.deliveries d on d.seq = p.delivery
      where ${old('d.finished_at', PAYLOAD_DAYS)} or ${old('d.received_at', DELIVERY_DAYS)} limit ${ROWS})
      returning 1`,
    `delete from supercargo.payloads where (delivery, part) in (select p.delivery, p.part
      from supercargo.payloads p where p.written_at < now() - interval '1 day'
      and not exists (select 1 from supercargo.deliveries d where d.seq = p.delivery) limit ${ROWS})
      returning 1`,
    `delete from supercargo.deliveries where seq in (select seq from supercargo.deliveries
      where ${old('received_at', DELIVERY_DAYS)} limit ${ROWS}) returning 1`,
    `delete from supercargo.intents where seq in (select seq from supercargo.intents
      where ${old('accepted_at', INTENT_DAYS)} limit ${ROWS}) returning 1`,
    `delete from supercargo.journal where seq in (select seq from supercargo.journal
      where ${old('at', JOURNAL_DAYS)} limit ${ROWS}) returning 1`,
  ]
  for (const statement of statements) {
    while (!stop() && (await database.query(statement)).length === ROWS);
  }
}
