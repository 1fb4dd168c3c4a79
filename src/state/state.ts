import type { Oid } from '../domain/commit.ts'

/**
 * What people have told the bot about one application repository, as it stands on the bot's own branch of a manifest
 * repository. It survives the loss of the database, and every replica sees it.
 */
export interface SourceState {
  /** By `app/environment`. */
  environments: Record<string, EnvironmentState>
  /** By `app/number` of the pull request. */
  previews: Record<string, PreviewState>
  /** By the name of the app. */
  places: Record<string, PreviewPlaces>
}

/** Who said something, when and why. */
export interface Said {
  /** Login, as the forge spells it. */
  by: string
  /** ISO 8601, UTC. */
  at: string
  /** Page of the comment; null where it was said otherwise (a label, the bot itself). */
  url: string | null
  /** As the person wrote it; foreign text. */
  reason: string | null
}

export interface EnvironmentState {
  /** It stays as it is, or at the lock's version, until somebody unlocks it. */
  lock: Lock | null
  /** It is to have this version now, whatever its rule says, until the rule has a newer one. */
  promotion: Promotion | null
}

export interface Lock extends Said {
  /** ISO 8601; null: until it is taken away. */
  until: string | null
  /** The environment is brought to this version and held there; null: it stays at what it has. */
  pin: PinnedVersion | null
}

export interface Promotion extends Said {
  version: PinnedVersion
  /** The tag that the rule had then, which does not end the promotion; null: it had none. */
  instead: string | null
}

export interface PinnedVersion {
  tag: string
  /** Null where nobody knows it. */
  commit: Oid | null
}

/** What was said about the preview of one pull request; what was not said is null. */
export interface PreviewState {
  /** `up`: it is wanted although the configuration does not choose it. `down`: it is not wanted until the next `up`. */
  wanted: ({ is: 'up' | 'down' } & Said) | null
  /** The one commit of a fork that may be shown. */
  approved: ({ commit: Oid } & Said) | null
  /** It stays although its time is over, and does not sleep. */
  pinned: Said | null
  /** Its time begins anew here, ISO 8601. `seconds`: it lives so long from then; null: the configuration's `ttl`. */
  extended: ({ seconds: number | null } & Said) | null
}

/** Where the previews of an app are, so that they can be taken away when its configuration is not there any more. */
export interface PreviewPlaces {
  /** `github:acme/web`, as it was called when this was written. */
  source: string
  /** At least one: where they are, and where they were until the last of them is gone. */
  at: PreviewPlace[]
}

export interface PreviewPlace {
  /** As configured. Null: the default branch of the manifest repository. */
  branch: string | null
  /** Path template, such as `apps/web/previews/pr-{number}`. */
  path: string
}

/** What could be read of a state branch. */
export type StateRead =
  | { ok: true; head: Oid | null; value: SourceState }
  /** Nobody knows what is locked: nothing may merge. `message` is a whole sentence. */
  | { ok: false; message: string }

export const NOTHING_SAID: SourceState = { environments: {}, previews: {}, places: {} }
