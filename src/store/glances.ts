import type { Database } from './database.ts'

/** A quiet key is visited after this time all the same: a glance does not see everything. */
const LONGEST_QUIET = '1 day'

/** Keys in one statement: few enough that an embedded database answers others in between. */
const TOGETHER = 500

/** Each key is a fact of its own, so that a process that ends in between leaves nothing wrong. */
export async function recordGlances(database: Database, marks: ReadonlyMap<string, string>): Promise<void> {
  for (const some of inParts([...marks])) {
    await database.query(
      `insert into supercargo.glances (key, mark) select * from unnest($1::text[], $2::text[])
      on conflict (key) do update set mark = excluded.mark where glances.mark <> excluded.mark`,
      [some.map(([key]) => key), some.map(([, mark]) => mark)],
    )
  }
}

/** Forgets what was seen of everything else, so that whoever depends on it is visited. */
export async function keepGlances(database: Database, keys: readonly string[]): Promise<void> {
  for (const table of ['glances', 'quiet_keys']) {
    await database.query(
      `delete from supercargo.${table} as old where not exists
      (select from unnest($1::text[]) as kept (key) where kept.key = old.key)`,
      [keys],
    )
  }
}

/** What these sources follow in registries, each once; `seen`: it was seen before, by whichever sweep. */
export async function watchesOf(
  database: Database,
  sources: readonly string[],
  prefixes: readonly string[],
): Promise<{ key: string; seen: boolean }[]> {
  return await database.query<{ key: string; seen: boolean }>(
    `select manifests as key, exists (select from supercargo.glances where key = manifests) as seen
    from supercargo.feeds join unnest($1::text[]) as sources (source) using (source)
    where exists (select from unnest($2::text[]) as prefixes (prefix) where starts_with(manifests, prefix))
    group by manifests order by manifests`,
    [sources, prefixes],
  )
}

/** Of these keys, those that are not quiet, or were quiet and have changed, or were not visited for a day. */
export async function dueKeys(database: Database, keys: readonly string[]): Promise<string[]> {
  const due: string[] = []
  for (const some of inParts(keys)) {
    const rows = await database.query<{ key: string }>(
      `select key from unnest($1::text[]) as keys (key) left join supercargo.quiet_keys using (key)
      where marks is null or marks is distinct from supercargo.marks_of(key)
        or visited_at < now() - interval '${LONGEST_QUIET}'`,
      [some],
    )
    due.push(...rows.map(({ key }) => key))
  }
  return due
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

function inParts<T>(items: readonly T[]): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < items.length; at += TOGETHER) parts.push(items.slice(at, at + TOGETHER))
  return parts
}
