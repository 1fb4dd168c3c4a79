import type { Database } from './database.ts'

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
