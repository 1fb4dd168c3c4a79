import type { Commit, Oid } from '../domain/commit.ts'
import type { ForgeId, RepositoryId } from '../domain/repository.ts'
import type { Vocabulary } from '../domain/vocabulary.ts'
import type { ForgeChecks } from './checks.ts'
import type { ForgeFeedback, OwnComment } from './feedback.ts'
import type { ForgeGlance } from './glance.ts'
import type { ForgePeople } from './people.ts'
import type { ForgeState, StateSnapshot } from './state.ts'

/**
 * The port to a forge. Readers return what is there at one moment; a part that could not be read completely
 * says so (`complete: false`), and whoever deletes or merges must look at it. Every failure is thrown as a
 * SupercargoError whose kind decides scheduling: `transient` with `retryAt` for rate limits, `conflict` for
 * a lost race, `permanent` with code `repository-not-found` for 404 and `repository-forbidden` for 403 without a rate
 * limit. What is not found may be gone, or hidden from the bot: forges do not tell.
 */
export interface Forge
  extends ForgeReader,
    ForgeGlance,
    ForgeChecks,
    ForgeWriter,
    ForgeFeedback,
    ForgePeople,
    ForgeState {
  readonly id: ForgeId
  /** For texts that people read. */
  readonly words: Vocabulary
}

export interface ForgeReader {
  /**
   * The default branch's head with the named files' texts, and the bot's report. One request, or two on GitLab.
   * @param proposals absent: what pull requests would make of these files is not read
   */
  readRepository(
    repository: RepositoryId,
    files: readonly string[],
    proposals?: ProposalQuery,
  ): Promise<RepositorySnapshot>
  /** What an application repository has to offer: branches, tags, pull requests. One request where they are few. */
  readSource(repository: RepositoryId, query: SourceQuery): Promise<SourceSnapshot>
  /**
   * What became of pull requests, by number; null where there is none of that number. One request for a hundred.
   */
  readPullRequestStates(
    repository: RepositoryId,
    numbers: readonly number[],
  ): Promise<Record<number, SourcePullRequest['state'] | null>>
  /**
   * What a manifest repository holds. One request, whatever the size of the repository, where what is below its
   * directories is known from before (GitLab), or lies not too deep (GitHub).
   */
  readManifests(repository: RepositoryId, query: ManifestQuery): Promise<ManifestSnapshot>
  /** What a manifest repository held at a commit, below directories (or files). One request where they are small. */
  readTree(repository: RepositoryId, commit: Oid, paths: readonly string[]): Promise<CommitTree>
  /** How two commits (or tags, or abbreviated ids) are related. */
  compareCommits(repository: RepositoryId, base: string, head: string): Promise<Comparison>
}

export interface ForgeWriter {
  /** Creates the branch, its one commit and the change request; reuses a left-over branch. */
  openChangeRequest(repository: RepositoryId, wish: OpenChangeRequest): Promise<ChangeRequestLink>
  /**
   * Rebuilds the branch as one commit on `baseOid` and brings title and body up to date, without closing
   * the change request. Throws `conflict` when the branch's head is no longer `expectedHead`, or the change
   * request is no longer open; its text is then as it was.
   */
  updateChangeRequest(repository: RepositoryId, wish: UpdateChangeRequest): Promise<void>
  /** Title and body only. */
  describeChangeRequest(repository: RepositoryId, number: number, text: ChangeRequestText): Promise<void>
  /** Sets the body, closes, and deletes the branch if its head is still `expectedHead`. */
  closeChangeRequest(repository: RepositoryId, wish: CloseChangeRequest): Promise<void>
  /** Merges exactly `expectedHead`, or says why not; never merges anything else. */
  mergeChangeRequest(repository: RepositoryId, wish: MergeChangeRequest): Promise<MergeResult>
  /**
   * Commits on an existing branch whose head is still `expectedHead`; else throws `conflict`. On GitLab a commit that is
   * pushed in the same moment may come before it, if it touches other files.
   */
  commit(repository: RepositoryId, wish: DirectCommit): Promise<Oid>
  /** Deletes a branch of the bot's if its head is still `expectedHead`; a branch that is gone is fine. */
  deleteBranch(
    repository: RepositoryId,
    branch: string,
    expectedHead: Oid,
    consented?: BranchWish['consented'],
  ): Promise<void>
  /**
   * Creates the comment, or edits (or replaces) the one with `id`. Throws `conflict` when another worker created one
   * at the same time; then this one is not there.
   */
  writeComment(repository: RepositoryId, wish: CommentWish): Promise<void>
  /**
   * Sets the bot's one report on a commit: a check run on GitHub; on GitLab a commit status with the title, and a
   * comment on the commit with the summary of a failure.
   */
  writeReport(repository: RepositoryId, wish: ReportWish): Promise<void>
}

/** Items of a listing. `complete: false` means that there are more, or that reading failed half-way. */
export interface Listing<T> {
  complete: boolean
  items: T[]
}

// ---------------------------------------------------------------- application repositories

export interface RepositorySnapshot {
  /** The forge's own id, which stays the same when the repository is renamed or moved. */
  id: string
  /** As the forge spells it now (renames are followed). */
  repository: RepositoryId
  /** `https://github.com/acme/web`. */
  url: string
  /** Page that compares two commits for people, with `{base}` and `{head}` to be filled in. */
  compareUrl: string
  private: boolean
  archived: boolean
  defaultBranch: string
  /** Null in an empty repository. */
  head: Oid | null
  /** Texts at `head` by path; null where there is no such file. */
  files: Record<string, string | null>
  /** The bot's own report on `head`. */
  report: PresentReport | null
  /**
   * Of the 50 open pull requests with the newest changes those that would change some of the files, and on whose heads
   * the bot has not reported yet. What heads hold is asked for once, or until there is a report. [] where nobody asked.
   */
  proposals: Proposal[]
}

export interface ProposalQuery {
  /** Texts of larger files are not read. */
  mostBytes: number
}

/** What an open pull request would make of files of the default branch. Anybody may have written it: no part of it counts. */
export interface Proposal {
  number: number
  /** The head branch, in the fork where it is in one. */
  branch: string
  head: Oid
  /** Texts at `head` of the files that it changes; null where there is no such file, or none that is text. */
  files: Record<string, string | null>
  /** Those of `files` that are too large, and are null for that reason. */
  tooLarge: string[]
}

export interface SourceQuery {
  /** Followed branches, each with the directories (or files) whose object ids are wanted for every commit. */
  branches: { name: string; paths: string[] }[]
  /** Read all tags. */
  tags: boolean
  /** Read open pull requests, and the ones closed most recently, with the bot's own comment on each. */
  pullRequests: boolean
  /** Read all live branches. */
  liveBranches: boolean
  /** Only comments that hold this text are the bot's; see `Comment`. */
  commentMarker: string
}

export interface SourceSnapshot {
  /** By branch name; null where there is no such branch. */
  branches: Record<string, BranchHistory | null>
  tags: Listing<Tag>
  pullRequests: Listing<SourcePullRequest>
  /** At least the 20 that were closed or merged most recently, as far as there are any. */
  closedPullRequests: SourcePullRequest[]
  liveBranches: Listing<LiveBranch>
}

/**
 * The newest commits of a branch (at least 50, or all), as `git log` lists them: children before parents. On GitLab
 * only first parents: what was pushed or merged one after the other.
 */
export interface BranchHistory {
  head: Oid
  commits: HistoryCommit[]
}

export interface HistoryCommit extends Commit {
  /**
   * What stands for each path that was asked for, at this commit: it is another one than at the first parent if and only
   * if this commit changed the path. GitHub: its object id, null where it does not exist. GitLab: the commit that
   * changed it last, null where none is known.
   */
  pathOids: Record<string, Oid | null>
}

export interface Tag {
  name: string
  /** The commit; annotated tags are peeled. */
  commit: Oid
}

export interface LiveBranch {
  name: string
  head: Oid
}

export interface SourcePullRequest {
  number: number
  title: string
  url: string
  authorLogin: string | null
  /** True when an app, a token or a service account opened it. */
  byBot: boolean
  /**
   * ISO 8601. When somebody last opened, reopened or pushed to it, as far as the forge tells; comments never count. GitHub
   * keeps no time of a push: there it is the date of the newest commit, never after the last change that GitHub saw.
   */
  activeAt: string
  /** Name of the head branch, in the fork when `fork` is true. */
  branch: string
  head: Oid
  fork: boolean
  draft: boolean
  state: 'open' | 'closed' | 'merged'
  labels: string[]
  comment: Comment | null
}

/** The bot's sticky comment: its author is the bot itself AND its text holds the marker. */
export type Comment = OwnComment

export interface Comparison {
  /** `ahead`: head descends from base. `behind`: base descends from head. `unknown`: one of them does not exist. */
  status: 'ahead' | 'behind' | 'identical' | 'diverged' | 'unknown'
  /** The commits of head that base has not, oldest first; at most 250 (see `total`). */
  commits: Commit[]
  total: number
  /** Page that shows the comparison to people. */
  url: string
}

// ---------------------------------------------------------------- manifest repositories

export interface ManifestQuery {
  /** The branch that the engine deploys from; null for the default branch. */
  branch: string | null
  /**
   * Single files whose text is wanted (the policy). They are read at the head of the default branch, whatever
   * `branch` says: no other branch can grant anything.
   */
  files: string[]
  /** Directories (or files) that are read to any depth. */
  directories: DirectoryQuery[]
  /** Branches of the bot, whose change requests are wanted. */
  changeRequestBranches: string[]
  /**
   * By branch of the bot's: those of `directories` that it can change, which alone are read at its head. Of a branch
   * that is not named here all are read.
   */
  branchDirectories?: Record<string, string[]>
  /** Beginnings of names, each with a `/` at its end: which branches are there? */
  branchPrefixes?: string[]
  /** A directory of the bot's own branch, whose files are read to any depth. */
  state?: string
}

export interface DirectoryQuery {
  path: string
  /** False: names and object ids are enough. */
  texts: boolean
  /** How many of the newest commits that touched the path are wanted; 0 for none. */
  history: number
}

export interface ManifestSnapshot {
  repository: RepositoryId
  url: string
  private: boolean
  branch: string
  /** Head of `branch`; everything below but `files` was read at this commit. */
  base: Oid
  /** Texts of `ManifestQuery.files` on the default branch; null where there is no such file. */
  files: Record<string, string | null>
  /** Every file under the directories that were asked for, each once: with its text if any of them wants texts. */
  tree: ManifestFile[]
  /** False when some directory could not be read completely: nothing may be deleted. */
  complete: boolean
  /** By path, newest first, of the directories whose history was asked for. */
  history: Record<string, PathCommit[]>
  /** By branch name; every branch that was asked for has an entry. */
  changeRequests: Record<string, BranchState>
  /**
   * Names that begin with `ManifestQuery.branchPrefixes`: at least those with an open change request of the bot's (all
   * that GitLab gives), up to a hundred of the others.
   */
  branches: string[]
  /** Of `ManifestQuery.state`; absent where it was not asked for. */
  state?: StateSnapshot
}

/** Files as they were at a commit, each once. */
export type CommitTree = Pick<ManifestSnapshot, 'tree' | 'complete'>

/** A commit on the manifest branch that touched a path. */
export interface PathCommit {
  oid: Oid
  /** The whole message, with trailers. */
  message: string
  /** True when the bot itself made it; else its trailers prove nothing. */
  ours: boolean
}

export interface ManifestFile {
  /** Relative to the repository's root, with `/`. */
  path: string
  oid: Oid
  /** `100644` file, `100755` executable, `120000` symlink, `160000` submodule. */
  mode: string
  /** Null when the text was not asked for, or the file is binary. */
  text: string | null
}

export interface BranchState {
  /** Null where there is no such branch. */
  branch: BotBranch | null
  open: ChangeRequest | null
  /** The one that was closed without a merge most recently, if nothing was merged from this branch since. */
  closed: ChangeRequest | null
  /** The one that was merged most recently. */
  merged: ChangeRequest | null
}

export interface BotBranch {
  head: Oid
  /** Parents of the head commit. */
  parents: Oid[]
  /** False when any commit that the manifest branch does not hold was not made by the bot. */
  ours: boolean
  /** Object ids at the branch's head, of the files under its directories (see `ManifestQuery.branchDirectories`). */
  tree: { path: string; oid: Oid }[]
}

export interface ChangeRequest {
  number: number
  url: string
  title: string
  body: string
  head: Oid
  /** Branch that it would be merged into. */
  base: string
  /** True when the bot itself opened it. Else its body proves nothing. */
  ours: boolean
  mergeability: Mergeability
}

/**
 * - `clean`: the forge says that it may be merged now: checks, reviews and protection hold.
 * - `pending`: the forge has not decided yet: ask again soon.
 * - `blocked`: a required review or check is missing. `unstable`: a check that is not required has not passed.
 * - `behind`: must be rebuilt on the newest base. `conflicting`: cannot be merged. `draft`: a person made it a draft.
 */
export type Mergeability = 'clean' | 'pending' | 'blocked' | 'unstable' | 'behind' | 'conflicting' | 'draft'

// ---------------------------------------------------------------- writing

/** `content: null` deletes. Text is written as UTF-8. The mode of an existing file is kept. */
export interface FileChange {
  path: string
  content: string | null
  /** Git mode; default `100644`. No other is ever written. */
  mode?: '100644' | '100755'
}

/** First line, blank line, body, trailers: already made safe by whoever composed it. */
export interface CommitWish {
  message: string
  changes: FileChange[]
}

export interface ChangeRequestText {
  title: string
  body: string
}

export interface ChangeRequestLink {
  number: number
  url: string
}

/** A branch of the bot's. */
export interface BranchWish {
  branch: string
  /**
   * The policy of the manifest repository lets the bot write it, although its name does not begin with
   * `supercargo/`. Without this no such branch is ever written.
   */
  consented?: true
}

export interface OpenChangeRequest extends ChangeRequestText, BranchWish {
  /** Manifest branch, and the head that the changes were computed on. */
  base: string
  baseOid: Oid
  /** Head of a left-over branch of the same name; null when there must be none (compare-and-swap). */
  leftover: Oid | null
  commit: CommitWish
}

export interface UpdateChangeRequest extends ChangeRequestText, BranchWish {
  number: number
  /** The text that is there now. */
  before: ChangeRequestText
  /** Manifest branch that it goes into from now on; absent: it stays the same. */
  base?: string
  baseOid: Oid
  expectedHead: Oid
  commit: CommitWish
}

export interface CloseChangeRequest extends BranchWish {
  number: number
  body: string
  expectedHead: Oid
}

export interface MergeChangeRequest extends BranchWish {
  number: number
  expectedHead: Oid
}

export type MergeResult =
  | { merged: true; commit: Oid }
  /** `reason`: a whole sentence, from the forge's answer, without markup. `again`: worth asking again soon. */
  | { merged: false; reason: string; again: boolean }

export interface DirectCommit extends CommitWish {
  branch: string
  expectedHead: Oid
}

export interface CommentWish {
  /** Number of the pull request. */
  number: number
  /** Null creates. */
  id: string | null
  body: string
  /** Only one comment of the bot's holds this text; null: there may be several. See `SourceQuery.commentMarker`. */
  marker: string | null
  /** Write a new one in the place of the one with `id`, so that the forge tells people: of an edit it tells nobody. */
  anew?: boolean
}

/** What the bot shows on a commit of the application or manifest repository. */
export interface Report {
  conclusion: 'success' | 'neutral' | 'failure'
  /** At most 120 characters. */
  title: string
  /** Markdown, at most 65,535 bytes. */
  summary: string
  annotations: Annotation[]
}

export interface Annotation {
  path: string
  /** From 1. */
  line: number
  column: number
  message: string
}

/** A report as it stands on a commit. */
export interface PresentReport extends Report {
  id: string
  /** What `reportDigest` says of all of it, where the forge has kept no more of its texts than the title. */
  digest?: string
}

export interface ReportWish extends Report {
  /** The report to update; null creates. */
  id: string | null
  commit: Oid
  /** Head branch of the pull request whose head the commit is; absent: it is the head of the default branch. */
  branch?: string
}
