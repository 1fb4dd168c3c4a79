import type { Oid } from '../../domain/commit.ts'
import { type LruCache, lruCache } from '../../domain/lru.ts'
import type { RepositoryId } from '../../domain/repository.ts'

/** How a repository lets pull requests be merged. */
export type MergeMethod = 'merge' | 'squash' | 'rebase'

/** What a repository is called inside GitHub, and what it allows. */
export interface RepositoryFacts {
  nodeId: string
  /** The first that is allowed is used. */
  methods: MergeMethod[]
}

/** What a write on a commit needs to know of it. */
export interface BaseFacts {
  tree: Oid
  /** Git modes of the files that were read at this commit. */
  modes: Map<string, string>
  /** Directories (or files) that were read completely: what is not in `modes` does not exist. */
  covered: string[]
}

/**
 * What reading has taught about things that never change, or that GitHub refuses when they did: it saves a write
 * its questions. All of it can be asked for again, so that nothing is lost with the process.
 */
export interface Memory {
  repository: LruCache<RepositoryFacts>
  /** Node ids of pull requests. */
  pull: LruCache<string>
  base: LruCache<BaseFacts>
  blobs: LruCache<{ text: string | null }>
  /** Number of annotations of check runs, by node id. */
  annotations: LruCache<number>
  /** Ids of apps by their slugs. */
  apps: LruCache<number>
  /** Heads of pull requests that have a report of the bot's. */
  reported: LruCache<true>
  /** Pull requests that change none of some files, with their heads and with what the default branch has. */
  unconcerned: LruCache<true>
}

export function createMemory(): Memory {
  return {
    repository: lruCache(10_000),
    pull: lruCache(10_000),
    base: lruCache(100),
    blobs: lruCache(200),
    annotations: lruCache(1000),
    apps: lruCache(1000),
    reported: lruCache(10_000),
    unconcerned: lruCache(10_000),
  }
}

export function repositoryMemoryKey(repository: RepositoryId): string {
  return repository.path.toLowerCase()
}

export function pullMemoryKey(repository: RepositoryId, number: number): string {
  return `${repositoryMemoryKey(repository)}#${number}`
}

export function baseMemoryKey(repository: RepositoryId, oid: Oid): string {
  return `${repositoryMemoryKey(repository)}@${oid}`
}

export const METHOD_FIELDS = 'mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed'

/** The merge methods of a repository in the order of preference. */
export function methodsOf(allowed: {
  mergeCommitAllowed: boolean
  squashMergeAllowed: boolean
  rebaseMergeAllowed: boolean
}): MergeMethod[] {
  const methods: [boolean, MergeMethod][] = [
    [allowed.mergeCommitAllowed, 'merge'],
    [allowed.squashMergeAllowed, 'squash'],
    [allowed.rebaseMergeAllowed, 'rebase'],
  ]
  return methods.filter(([is]) => is).map(([, method]) => method)
}
