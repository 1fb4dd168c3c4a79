import type { Oid } from '../domain/commit.ts'
import type { RepositoryId } from '../domain/repository.ts'
import type { FileEdit } from '../edit/editor.ts'
import type { DeploymentPlace, DeploymentWish, StatusWish } from '../forge/feedback.ts'
import type {
  BranchWish,
  ChangeRequestText,
  CloseChangeRequest,
  CommentWish,
  DirectCommit,
  MergeChangeRequest,
  OpenChangeRequest,
  ReportWish,
  UpdateChangeRequest,
} from '../forge/forge.ts'
import type { ReviewWish } from '../forge/people.ts'
import type { StateWish } from '../forge/state.ts'
import type { RetagWish } from '../registry/registry.ts'
import type { Wait } from './versions/wait.ts'

/**
 * What must be done so that what is becomes what should be. Plain data: dry run, dashboard, change request
 * and tests all print the same actions. Every action is an ensure: doing it and planning again gives [].
 */
export type Action = ActionBase &
  /** `merge`: who merges it afterwards. */
  (
    | { kind: 'open-change-request'; wish: OpenChangeRequest; edits: FileEdit[]; merge: Merger; asks?: Asks }
    | { kind: 'update-change-request'; wish: UpdateChangeRequest; edits: FileEdit[]; merge: Merger }
    | { kind: 'describe-change-request'; number: number; title: string; body: string }
    | ({ kind: 'ask-reviewers'; number: number } & Asks)
    | { kind: 'close-change-request'; wish: CloseChangeRequest }
    | { kind: 'merge-change-request'; wish: MergeChangeRequest }
    | { kind: 'commit'; wish: DirectCommit; edits: FileEdit[] }
    | ({ kind: 'delete-branch'; expectedHead: Oid } & BranchWish)
    | { kind: 'comment'; wish: CommentWish }
    | { kind: 'report'; wish: ReportWish }
    | { kind: 'show-deployment'; wish: DeploymentWish }
    | { kind: 'end-deployment'; place: DeploymentPlace }
    | { kind: 'status'; wish: StatusWish }
    /** In a registry; `repository` is the one whose release it is. */
    | { kind: 'retag'; wish: RetagWish }
    /** On the bot's own branch of a manifest repository. */
    | { kind: 'write-state'; wish: StateWish }
  )

/** Whom to ask for a review, and the text that remembers who was asked. */
export interface Asks extends ChangeRequestText {
  reviewers: ReviewWish
}

/** `review`: people. `auto`: the bot, when the forge lets it. */
type Merger = 'review' | 'auto'

interface ActionBase {
  /** Where it is done. */
  repository: RepositoryId
  /** `web/staging`; null for what concerns the whole repository. */
  target: string | null
  reason: Reason
}

/** Why something is done or left alone. */
export interface Reason {
  /** Stable, kebab-case: `newer-version`, `up-to-date`, `not-a-descendant`. */
  code: string
  /** One whole sentence in plain English. */
  message: string
}

/** How one target stands after planning; every target has exactly one, also where nothing is to be done. */
export interface Standing {
  target: string
  state: 'current' | 'changing' | 'waiting' | 'held' | 'refused'
  reason: Reason
  /** The tag in the manifests now, and the tag that it should be; null where unknown. */
  from: string | null
  to: string | null
  url: string | null
  /** What is to be said once it has `to`, where that is more than that it has it. */
  there?: Reason
  /** Newer versions than the one that it should have, which are not ready; newest first. */
  waiting?: Waiting[]
  /** Which of them should have been ready by now, and what it lacks. */
  late?: Reason
}

/** A version that is not ready. */
export interface Waiting {
  /** Its tag, or its abbreviated commit. */
  version: string
  /** At least one. */
  waits: Wait[]
}
