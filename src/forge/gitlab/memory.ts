import type { Oid } from '../../domain/commit.ts'
import { type LruCache, lruCache } from '../../domain/lru.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { BranchHistory, ChangeRequest, PathCommit, Report } from '../forge.ts'
import type { Directory } from '../shared/directories.ts'
import type { Blob } from './project-query.ts'

/** A file as a tree names it. */
export interface ListedFile {
  path: string
  oid: Oid
  /** Git mode. */
  mode: string
}

/** What is known of a commit that was the head of a branch of the bot's. */
export interface HeadFacts {
  parents: Oid[]
  ours: boolean
}

/** What is known of a head of the state branch. */
export interface StateFacts {
  /** The bot wrote all that it keeps. */
  ours: boolean
  /** Of its newest commits, as they were wished. */
  messages: string[]
}

/** The merge requests of a branch that have ended, as they were at the time of the last look. */
export interface Ended {
  closed: ChangeRequest | null
  merged: ChangeRequest | null
  /** Milliseconds since 1970, by GitLab's clock: what changed later is not known here. */
  upTo: number
}

/**
 * What reading and writing have taught about things that never change, such as what a commit holds. All of it can be
 * asked for again, so that nothing is lost with the process; it is what lets a pass that changes nothing cost one request.
 */
export interface Memory {
  /** Texts by object id; null for what is no text. */
  blobs: LruCache<{ text: string | null }>
  /** Every file below a directory of a commit. */
  listings: LruCache<ListedFile[]>
  /** Directories of a commit that are in `listings`. */
  listed: LruCache<Set<string>>
  heads: LruCache<HeadFacts>
  /** Of heads of the state branch. */
  states: LruCache<StateFacts>
  ended: LruCache<Ended>
  /** Newest commits of a path at a commit. */
  histories: LruCache<PathCommit[]>
  /** The newest commits of a branch with this head, as `readSource` gives them. */
  branches: LruCache<BranchHistory>
  defaultBranches: LruCache<string>
  /** Reports by their digest: GitLab keeps their title only. */
  reports: LruCache<Report>
  /** Heads of merge requests that have a report of the bot's. */
  reported: LruCache<true>
  /** What a commit has at some paths, without texts. */
  entries: LruCache<Map<string, Blob>>
  /** Whether a commit status with the name of the bot's report is its own, by its id. */
  ownStatuses: LruCache<boolean>
}

const MOST_TEXT = 64 * 1024 * 1024

export function createMemory(): Memory {
  return {
    blobs: lruCache(MOST_TEXT, ({ text }) => 100 + 2 * (text?.length ?? 0)),
    listings: lruCache(200_000, (files) => files.length + 1),
    listed: lruCache(2000),
    heads: lruCache(10_000),
    states: lruCache(1000),
    ended: lruCache(10_000),
    histories: lruCache(2000),
    branches: lruCache(200),
    defaultBranches: lruCache(10_000),
    reports: lruCache(2000),
    reported: lruCache(10_000),
    entries: lruCache(10_000),
    ownStatuses: lruCache(10_000),
  }
}

export function projectKey(repository: RepositoryId): string {
  return repository.path.toLowerCase()
}

export function commitKey(repository: RepositoryId, oid: Oid): string {
  return `${projectKey(repository)}@${oid}`
}

export function listingKey(repository: RepositoryId, oid: Oid, path: string): string {
  return `${commitKey(repository, oid)}:${path}`
}

export function branchKey(repository: RepositoryId, branch: string): string {
  return `${projectKey(repository)}#${branch}`
}

/** Keeps what a directory of a commit holds. */
export function rememberListing(
  memory: Memory,
  repository: RepositoryId,
  oid: Oid,
  path: string,
  files: ListedFile[],
): void {
  memory.listings.set(listingKey(repository, oid, path), files)
  const key = commitKey(repository, oid)
  const listed = memory.listed.get(key) ?? new Set()
  memory.listed.set(key, listed.add(path))
}

/** The listings of a commit that are known, by directory. */
export function knownListings(memory: Memory, repository: RepositoryId, oid: Oid): Map<string, ListedFile[]> {
  const paths = [...(memory.listed.get(commitKey(repository, oid)) ?? [])]
  return new Map(
    paths.flatMap((path) => {
      const files = memory.listings.get(listingKey(repository, oid, path))
      return files === undefined ? [] : [[path, files] as const]
    }),
  )
}

/** Directories may lie in each other: every file once. */
export function filesBelow(
  memory: Memory,
  repository: RepositoryId,
  commit: Oid,
  directories: readonly Directory[],
): ListedFile[] {
  const known = knownListings(memory, repository, commit)
  const files = directories.flatMap(({ path }) => known.get(path) ?? [])
  return [...new Map(files.map((file) => [file.path, file])).values()]
}
