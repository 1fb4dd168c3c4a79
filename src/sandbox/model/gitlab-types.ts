import type { Oid } from '../../domain/commit.ts'

/* Rows that GitLab has; of labels and awards GitHub's are alike. Times are ISO 8601 in UTC with seconds. */

/** https://docs.gitlab.com/api/access_requests/#valid-access-levels */
export type AccessLevel = 10 | 20 | 30 | 40 | 50

/** A user in a group or project, or in a team of GitHub. */
export interface Member {
  id: number
  /** The account of a group, a repository, or a team. */
  sourceId: number
  accountId: number
  level: AccessLevel
  createdAt: string
  /** A day: `2027-01-31`; null = for ever. */
  expiresAt: string | null
}

/** Kinds of events by the names of the API, such as `push_events` and `note_events`. */
export type HookEvents = Record<string, boolean>

export interface ProjectHook {
  id: number
  /** The account of a group, a repository, or a team. */
  sourceId: number
  group: boolean
  url: string
  name: string | null
  description: string | null
  events: HookEvents
  branchFilter: string | null
  sslVerification: boolean
  /** Sent as `X-Gitlab-Token`. */
  token: string | null
  /** `whsec_…`: makes the signature headers. */
  signingToken: string | null
  /** Failures in a row. */
  failures: number
  /** ISO 8601; null while it is not switched off for a time. */
  disabledUntil: string | null
  /** Switched off until a test delivery succeeds or the hook is changed. */
  disabled: boolean
  createdAt: string
}

export interface Label {
  id: number
  repositoryId: number
  name: string
  color: string
  description: string | null
}

export interface Award {
  id: number
  /** A merge request's, a note's or (on GitHub) a comment's id. */
  awardableId: number
  awardableType: 'MergeRequest' | 'Note'
  name: string
  accountId: number
  createdAt: string
}

export type PipelineStatus =
  | 'created'
  | 'pending'
  | 'running'
  | 'success'
  | 'failed'
  | 'canceled'
  | 'skipped'
  | 'manual'

export interface Pipeline {
  id: number
  iid: number
  repositoryId: number
  oid: Oid
  /** A branch's or tag's short name. */
  ref: string
  tag: boolean
  status: PipelineStatus
  /** `external` were made by commit statuses only. */
  source: 'push' | 'api' | 'external'
  accountId: number
  createdAt: string
  updatedAt: string
  startedAt: string | null
  finishedAt: string | null
}

export interface Environment {
  id: number
  repositoryId: number
  name: string
  slug: string
  externalUrl: string | null
  tier: string
  state: 'available' | 'stopping' | 'stopped'
  createdAt: string
  updatedAt: string
}

export type DeploymentStatus = 'created' | 'running' | 'success' | 'failed' | 'canceled'

export interface Deployment {
  id: number
  iid: number
  repositoryId: number
  environmentId: number
  oid: Oid
  ref: string
  tag: boolean
  status: DeploymentStatus
  accountId: number
  createdAt: string
  updatedAt: string
}

/** A comment on a commit, which is a discussion of one note. */
export interface CommitNote {
  id: number
  repositoryId: number
  oid: string
  authorId: number
  body: string
  createdAt: string
  updatedAt: string
}
