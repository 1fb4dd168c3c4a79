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

/** @returns the sources that were not there */
export async function addFeeds(
  database: Database,
  manifests: string,
  sources: readonly string[],
): Promise<string[]> {
  const rows = await database.query<{ source: string }>(
    `insert into supercargo.feeds (source, manifests) select unnest($2::text[]), $1
    on conflict do nothing returning source`,
    [manifests, [...new Set(sources)].sort()],
  )
  return rows.map(({ source }) => source).sort()
}

/** The sources of all that is fed, but for these. */
export async function sourcesBesides(database: Database, keys: readonly string[]): Promise<string[]> {
  const rows = await database.query<{ source: string }>(
    `select distinct source from supercargo.feeds
    where not exists (select from unnest($1::text[]) as known (key) where known.key = source) order by source`,
    [keys],
  )
  return rows.map(({ source }) => source)
}
