import type { Database } from './database.ts'
import { cleanText } from './shift.ts'
import type { Intent, IntentCounts, JournalEntry, LabelIntent } from './store.ts'

type Row = Omit<Intent, 'number' | 'comment'> &
  Pick<LabelIntent, 'labels' | 'head' | 'delivery'> & { number: string; comment: string | null }

export async function openIntents(
  database: Database,
  repository: string,
  number: number,
): Promise<(Intent | LabelIntent)[]> {
  const rows = await database.query<Row>(
    `select seq as id, repository, number, comment, login, hash, labels, head, delivery, accepted_at as "acceptedAt"
      from supercargo.intents where repository = $1 and number = $2 and finished_at is null order by seq`,
    [repository, number],
  )
  return rows.map(({ number, comment, hash, labels, head, delivery, ...row }) => {
    const all = { ...row, number: Number(number) }
    return comment === null
      ? { ...all, comment, labels, head, delivery }
      : { ...all, comment: Number(comment), hash }
  })
}

export async function countIntents(
  database: Database,
  { id, repository, login }: Intent | LabelIntent,
  seconds: number,
): Promise<IntentCounts> {
  const [row] = await database.query<{ person: string; repository: string }>(
    `select count(*) filter (where login = $2) as person, count(*) as repository
      from supercargo.intents where repository = $1 and seq <= $3
      and accepted_at > (select accepted_at from supercargo.intents where seq = $3) - $4 * interval '1 second'`,
    [repository, login, id, seconds],
  )
  return { person: Number(row?.person ?? 0), repository: Number(row?.repository ?? 0) }
}

export async function finishIntent(
  database: Database,
  { id }: Intent | LabelIntent,
  entry: JournalEntry,
): Promise<void> {
  const { key, action, code, message, target, url } = entry
  await database.query(
    `with done as (
      update supercargo.intents set finished_at = now(), outcome = $4 where seq = $1 and finished_at is null returning 1
    )
    insert into supercargo.journal (key, action, code, message, target, url)
      select $2, $3, $4, $5, $6, $7 from done`,
    [id, key, action, code, cleanText(message), target ?? null, url ?? null],
  )
}
