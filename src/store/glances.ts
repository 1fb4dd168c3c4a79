import type { Database } from './database.ts'

/** A quiet key is visited after this time all the same: a glance does not see everything. */
const LONGEST_QUIET = '1 day'

/** Replaces what was seen before: a key with null stays as it was seen, one that is not among them is forgotten. */
export async function recordGlances(
  database: Database,
  marks: ReadonlyMap<string, string | null>,
): Promise<void> {
  const seen = [...marks].filter(([, mark]) => mark !== null)
  await database.query(
    `with gone as (delete from supercargo.glances where key <> all ($1::text[]))
    insert into supercargo.glances (key, mark) select * from unnest($2::text[], $3::text[])
    on conflict (key) do update set mark = excluded.mark where glances.mark <> excluded.mark`,
    [[...marks.keys()], seen.map(([key]) => key), seen.map(([, mark]) => mark)],
  )
}

/** Of these keys, those that are not quiet, or were quiet and have changed, or were not visited for a day. */
export async function dueKeys(database: Database, keys: readonly string[]): Promise<string[]> {
  const rows = await database.query<{ key: string }>(
    `select key from unnest($1::text[]) as keys (key) left join supercargo.quiet_keys using (key)
    where marks is distinct from supercargo.marks_of(key) or visited_at < now() - interval '${LONGEST_QUIET}'
      or marks is null`,
    [keys],
  )
  return rows.map(({ key }) => key)
}

/** What was seen at a glance of all that a key depends on; null where not all of it can be seen. */
export async function marksOf(database: Database, key: string): Promise<string | null> {
  const [row] = await database.query<{ marks: string | null }>('select supercargo.marks_of($1) as marks', [
    key,
  ])
  return row?.marks ?? null
}

/** @param marks from before the visit; null: it left something to wait for */
export async function recordQuiet(database: Database, key: string, marks: string | null): Promise<void> {
  if (marks === null) await database.query('delete from supercargo.quiet_keys where key = $1', [key])
  else
    await database.query(
      `insert into supercargo.quiet_keys (key, marks) values ($1, $2)
      on conflict (key) do update set marks = excluded.marks, visited_at = now()`,
      [key, marks],
    )
}
