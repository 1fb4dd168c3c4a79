import type { Oid } from '../../domain/commit.ts'

/*
 * What the built-in forge remembers besides git. Rows are never changed in place: a change puts a new row
 * under the same id. Times are ISO 8601 in UTC with seconds, as forges show them: `2026-01-31T12:00:00Z`.
 */

export interface Account {
  id: number
  /** `acme`, `you`, `supercargo[bot]`. */
  login: string
  type: 'User' | 'Organization' | 'Bot'
  name: string
  email: string
  /** GitLab: an administrator has shut this person out. */
  blocked?: boolean
  createdAt: string
}

export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin'

export interface Repository {
  id: number
  ownerId: number
  /** Login of the owner. */
  owner: string
  name: string
  description: string | null
  private: boolean
  archived: boolean
  defaultBranch: string
  /** The repository that this one was forked from. */
  parentId: number | null
  /** Roles of people by login. The sandbox's own person is an administrator everywhere. */
  collaborators: Record<string, Role>
  allowMergeCommit: boolean
  allowSquashMerge: boolean
  allowRebaseMerge: boolean
  allowAutoMerge: boolean
  deleteBranchOnMerge: boolean
  /** GitLab: merge requests wait for a pipeline that has succeeded. */
  onlyMergeAfterPipeline?: boolean
  /** Names that it had before, with its owner, in lower case: `acme/old`. Asking for them leads here. */
  formerPaths?: string[]
  /** The next number of a pull request or issue; they share one sequence. */
  nextNumber: number
  createdAt: string
  updatedAt: string
  pushedAt: string
}

export interface PullRequest {
  id: number
  repositoryId: number
  number: number
  title: string
  body: string | null
  state: 'open' | 'closed' | 'merged'
  draft: boolean
  authorId: number
  /** Branch name without `refs/heads/`, in `headRepositoryId`. */
  headBranch: string
  /** Null when the fork was deleted. */
  headRepositoryId: number | null
  /** Login of the head repository's owner, which outlives the repository. */
  headOwner: string
  /** The head when it was last seen: of an open pull request the branch's head. */
  headOid: Oid
  baseBranch: string
  /** The base branch's head when the pull request was opened, last pushed to, or merged. */
  baseOid: Oid
  /** Set when merged. */
  mergeCommitOid: Oid | null
  mergedById: number | null
  closedById: number | null
  labels: string[]
  createdAt: string
  updatedAt: string
  closedAt: string | null
  /** When it was opened again last. */
  reopenedAt?: string
  mergedAt: string | null
  /** A merge that was decided and is done when the base branch holds `commit`. */
  merging: { commit: Oid; byId: number } | null
  /** Ids of the people, and on GitHub of the teams, who are asked for a review. */
  reviewerIds?: number[]
  reviewTeamIds?: number[]
  /** GitLab: merge this head as soon as its pipeline has succeeded. */
  autoMerge?: { head: Oid; byId: number } | null
  /** GitLab: the source branch goes with the merge. */
  removesSource?: boolean
}

export interface IssueComment {
  id: number
  repositoryId: number
  /** Number of the pull request. */
  number: number
  authorId: number
  body: string
  /** GitLab's own note about what has happened. */
  system?: boolean
  createdAt: string
  updatedAt: string
}

export interface Review {
  id: number
  repositoryId: number
  number: number
  authorId: number
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED'
  body: string
  commitOid: Oid
  submittedAt: string
}

/** All check runs of one app on one commit. */
export interface CheckSuite {
  id: number
  repositoryId: number
  headOid: Oid
  headBranch: string | null
  /** Account of the app's bot. */
  appAccountId: number
  createdAt: string
  updatedAt: string
}

export type CheckStatus = 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending'
export type CheckConclusion =
  | 'action_required'
  | 'cancelled'
  | 'failure'
  | 'neutral'
  | 'success'
  | 'skipped'
  | 'stale'
  | 'timed_out'

export interface CheckAnnotation {
  path: string
  startLine: number
  endLine: number
  startColumn: number | null
  endColumn: number | null
  level: 'notice' | 'warning' | 'failure'
  title: string | null
  message: string
  rawDetails: string | null
}

export interface CheckRun {
  id: number
  suiteId: number
  repositoryId: number
  headOid: Oid
  appAccountId: number
  name: string
  externalId: string
  detailsUrl: string | null
  status: CheckStatus
  conclusion: CheckConclusion | null
  startedAt: string
  completedAt: string | null
  title: string | null
  summary: string | null
  text: string | null
  annotations: CheckAnnotation[]
}

export type StatusState = 'error' | 'failure' | 'pending' | 'success'

/** One report of a context on a commit; the newest (highest id) of each context counts. */
export interface CommitStatus {
  id: number
  repositoryId: number
  oid: Oid
  state: StatusState
  context: string
  description: string | null
  targetUrl: string | null
  creatorId: number
  createdAt: string
  /** GitLab's own words for it. */
  gitlab?: {
    status: string
    ref: string
    pipelineId: number
    coverage: number | null
    /** Of a job: its failure does not make the pipeline fail. */
    allowFailure?: boolean
  }
}

export interface RequiredCheck {
  context: string
  /** Id of the app that alone may report it; null = anybody. */
  app: number | null
}

/** Checks that the branches which fit must have passed before something is merged into them. */
export interface Ruleset {
  id: number
  repositoryId: number
  name: string
  enforcement: 'active' | 'evaluate' | 'disabled'
  /** `refs/heads/` and a pattern, `~DEFAULT_BRANCH` or `~ALL`. */
  include: string[]
  exclude: string[]
  checks: RequiredCheck[]
  strict: boolean
  createdAt: string
  updatedAt: string
}

/** Rules of one protected branch. Force pushes and deletion are refused on every protected branch. */
export interface Protection {
  id: number
  repositoryId: number
  branch: string
  /** Contexts of statuses, or names of check runs, that must have passed; null = status checks are not required. */
  requiredChecks: string[] | null
  /** Ids of the apps that alone may report a check, by its name. */
  requiredApps?: Record<string, number>
  /** The head must hold the newest base. */
  strict: boolean
  /** Approving reviews that are needed; null = changes may be pushed without a pull request. */
  requiredApprovals: number | null
  dismissStaleReviews: boolean
  /** The rules hold for administrators as well. */
  enforceAdmins: boolean
  /** Logins of people and slugs of apps that alone may push; null = everybody with write access. */
  restrictPushes: string[] | null
  /** GitLab: the access levels that may push and merge (0 = nobody), and whether pushes may be forced. */
  levels?: { push: number; merge: number; allowForcePush: boolean }
}

export type PermissionLevel = 'read' | 'write' | 'admin'
/** By GitHub's names: `contents`, `pull_requests`, `checks`, `metadata`. */
export type Permissions = Record<string, PermissionLevel>

/** The app on one account. */
export interface Installation {
  id: number
  accountId: number
  permissions: Permissions
  events: string[]
  /** Ids of the repositories, or all of the account. */
  repositories: number[] | 'all'
  suspendedAt: string | null
  createdAt: string
  updatedAt: string
}

/** A token that was given out; only its hash is kept. */
export interface InstallationToken {
  id: number
  /** SHA-256 of the token, in hexadecimal. */
  hash: string
  installationId: number
  permissions: Permissions
  /** Null = all of the installation. */
  repositories: number[] | null
  expiresAt: string
}

/** A token of a person other than `you`; only its hash is kept. */
export interface PersonToken {
  id: number
  /** SHA-256 of the token, in hexadecimal. */
  hash: string
  accountId: number
  /** GitLab's tokens have a name, scopes, and a last day (`2027-01-31`). */
  gitlab?: {
    name: string
    scopes: string[]
    expiresAt: string | null
    revoked: boolean
    createdAt: string
    /** Of project and group access tokens: the repository's or the group account's id. */
    sourceId: number | null
  }
}

/** Who asks. Every function that changes something takes one. */
export type Actor =
  | { kind: 'anonymous' }
  /** A person with a token; permissions follow from the person's role in the repository. */
  | {
      kind: 'person'
      account: Account
      /** What the token may be used for; undefined = everything. */
      scopes?: readonly string[]
    }
  /** The app itself, by JWT: it may ask about installations only. */
  | { kind: 'app'; account: Account }
  /** An installation of the app, by installation token; `repositories` null = all of the installation. */
  | {
      kind: 'installation'
      account: Account
      installation: Installation
      permissions: Permissions
      repositories: number[] | null
    }

/** An actor with an account: everybody but the anonymous. */
export type KnownActor = Exclude<Actor, { kind: 'anonymous' }>
