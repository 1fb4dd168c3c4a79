import type { Database } from './database.ts'
import type { Remembered } from './store.ts'

/** Replaces what the key waits for; what it waited for before keeps its time. */
export async function waitingSince(
  database: Database,
  key: string,
  waits: readonly string[],
  now: Date,
): Promise<Record<string, Date>> {
  const rows = await database.query<{ what: string; since: Date }>(
    `with ended as (
      delete from supercargo.waits where key = $1 and what <> all ($2::text[])
    ), begun as (
      insert into supercargo.waits (key, what, since) select $1, unnest($2::text[]), $3
      on conflict do nothing returning what, since
    )
    select what, since from begun
    union all select what, since from supercargo.waits where key = $1 and what = any ($2::text[])`,
    [key, [...new Set(waits)].sort(), now],
  )
  return Object.fromEntries(rows.map(({ what, since }) => [what, since]))
}

/** What is fed by a source, and what it waits for, in one question. */
export async function remembered(database: Database, source: string): Promise<Remembered> {
  const rows = await database.query<{ feed: string | null; what: string | null; since: Date | null }>(
    `select manifests as feed, null as what, null as since from supercargo.feeds where source = $1
    union all select null, what, since from supercargo.waits where key = $1 order by feed, what`,
    [source],
  )
  return {
    feeds: rows.flatMap(({ feed }) => feed ?? []),
    waits: Object.fromEntries(
      rows.flatMap(({ what, since }) => (what === null || since === null ? [] : [[what, since]])),
    ),
  }
}
