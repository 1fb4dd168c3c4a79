import type { Database } from './database.ts'
import { cleanText } from './shift.ts'
import type { JournalEntry, JournalQuery, JournalRow } from './store.ts'

export async function writeJournal(database: Database, entry: JournalEntry): Promise<void> {
  const { key, action, code, message, target, url } = entry
  await database.query(
    'insert into supercargo.journal (key, action, code, message, target, url) values ($1, $2, $3, $4, $5, $6)',
    [key, action, code, message, target ?? null, url ?? null].map((value) =>
      value === null ? null : cleanText(value),
    ),
  )
}

/** Newest first. */
export async function readJournal(database: Database, { key, limit }: JournalQuery): Promise<JournalRow[]> {
  const rows = await database.query<JournalRow & { target: string | null; url: string | null }>(
    `select at, key, action, code, message, target, url from supercargo.journal
      where $1::text is null or key = $1 order by seq desc limit $2`,
    [key ?? null, limit],
  )
  return rows.map(({ target, url, ...row }) => ({
    ...row,
    ...(target === null ? {} : { target }),
    ...(url === null ? {} : { url }),
  }))
}
