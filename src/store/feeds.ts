import type { Database } from './database.ts'

/** Replaces what the source feeds. */
export async function recordFeeds(
  database: Database,
  source: string,
  manifests: readonly string[],
): Promise<void> {
  await database.query(
    `with gone as (
      delete from supercargo.feeds where source = $1 and manifests <> all ($2::text[])
    )
    insert into supercargo.feeds (source, manifests) select $1, unnest($2::text[]) on conflict do nothing`,
    [source, [...new Set(manifests)].sort()],
  )
}

/** The sources that feed the repository, in the order of their keys. */
export async function feedsOf(database: Database, manifests: string): Promise<string[]> {
  const rows = await database.query<{ source: string }>(
    'select source from supercargo.feeds where manifests = $1 order by source',
    [manifests],
  )
  return rows.map(({ source }) => source)
}
