import type { Oid } from '../domain/commit.ts'
import type { RepositoryId } from '../domain/repository.ts'

/**
 * What the bot keeps in a manifest repository beside the manifests: files on its own branch `STATE_BRANCH`, which
 * shares no file with any other. They are read with the manifests, `ManifestQuery.state`. The bot alone writes there,
 * and every commit says who asked for it: the history is the audit trail.
 */
export interface ForgeState {
  /**
   * One commit on the branch whose head is still `expectedHead`; it is made where it does not exist. Nothing is
   * committed where nothing would change. Throws `conflict` when somebody else was first.
   */
  writeState(repository: RepositoryId, wish: StateWish): Promise<void>
}

export interface StateWish {
  /** Head of the branch as it was read; null: there is none. */
  expectedHead: Oid | null
  /** First line, blank line, body, trailers: already made safe by whoever composed it. */
  message: string
  changes: StateChange[]
}

/** `content: null` deletes. */
export interface StateChange {
  path: string
  content: string | null
}

export interface StateSnapshot {
  /** Null: there is no such branch. */
  head: Oid | null
  /** Texts below the directory that was asked for, by their path from the root; null: binary. */
  files: Record<string, string | null>
  /** Of the newest 100 commits, newest first, as they were wished: what was done lately. */
  messages: string[]
  /** False: it could not be read completely, or a commit on it is not the bot's. Then nobody knows what is locked. */
  trusted: boolean
}
