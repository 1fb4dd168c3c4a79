import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Client } from './client.ts'
import { knownListings, type ListedFile, type Memory, rememberListing } from './memory.ts'
import { ask } from './project.ts'
import { aliasSchemas, type ProjectAnswer, ProjectQuery } from './project-query.ts'
import { rememberTexts } from './texts.ts'

/** Requests after which reading gives up: the snapshot is then not complete. */
const MOST_REQUESTS = 60
const SUBMODULE = '160000'

/** A directory of a commit, as far as it was read. */
export interface PartialListing {
  commit: Oid
  path: string
  files: ListedFile[]
  /** Where the next page begins; null before the first one. */
  after: string | null
}

/**
 * Adds the page of a directory that an answer holds under `alias`.
 * @returns true when it was the last one
 */
export function readPage(listing: PartialListing, answer: ProjectAnswer, alias: string): boolean {
  const tree = aliasSchemas.tree.parse(answer.repository?.[alias] ?? null)
  if (tree === null) return true
  const { blobs, submodules } = tree
  if (listing.after === null) {
    listing.files.push(...submodules.nodes.map(({ path, sha }) => ({ path, oid: sha, mode: SUBMODULE })))
  }
  listing.files.push(
    ...blobs.nodes.map(({ path, sha, mode }) => ({ path, oid: sha, mode: mode ?? '100644' })),
  )
  listing.after = blobs.pageInfo.endCursor ?? null
  return !blobs.pageInfo.hasNextPage || listing.after === null
}

/**
 * Reads directories (or files) of commits that are not in memory yet, and keeps them there.
 * @param wanted those that were read in part go on from there
 * @returns false when some could not be read completely
 */
export async function completeListings(
  client: Client,
  repository: RepositoryId,
  wanted: readonly PartialListing[],
  memory: Memory,
): Promise<boolean> {
  let pending = wanted.filter(({ commit, path }) => !knownListings(memory, repository, commit).has(path))
  for (let requests = 0; pending.length > 0; requests++) {
    if (requests === MOST_REQUESTS) return false
    const query = new ProjectQuery(repository.path)
    const asked = pending.filter(({ commit, path, after }, i) =>
      query.tree(`d${i}`, { kind: 'commit', oid: commit }, path, after),
    )
    const answer = await ask(client, repository, query, 'ReadTrees')
    const done = new Set<PartialListing>()
    for (const listing of asked) {
      if (!readPage(listing, answer, `d${pending.indexOf(listing)}`)) continue
      done.add(listing)
    }
    await keep(client, repository, [...done], memory)
    pending = pending.filter((listing) => !done.has(listing))
  }
  return true
}

/** What has no files may be a file itself. */
async function keep(
  client: Client,
  repository: RepositoryId,
  listings: readonly PartialListing[],
  memory: Memory,
): Promise<void> {
  const empty = listings.filter(({ path, files }) => path !== '' && files.length === 0)
  for (const oid of new Set(empty.map(({ commit }) => commit))) {
    const some = empty.filter(({ commit }) => commit === oid)
    const query = new ProjectQuery(repository.path)
    query.blobs(
      'files',
      { kind: 'commit', oid },
      some.slice(0, 90).map(({ path }) => path),
    )
    const answer = await ask(client, repository, query, 'ReadFiles')
    const blobs = aliasSchemas.blobs.parse(answer.repository?.files)
    rememberTexts(memory, blobs)
    for (const { path, oid: blob, mode } of blobs) {
      some.find((listing) => listing.path === path)?.files.push({ path, oid: blob, mode })
    }
  }
  for (const { commit, path, files } of listings) rememberListing(memory, repository, commit, path, files)
}
