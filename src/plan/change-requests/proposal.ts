import { createHash } from 'node:crypto'
import type { MergeMode, Reviewer } from '../../config/model.ts'
import type { Vocabulary } from '../../domain/vocabulary.ts'
import type { FileEdit } from '../../edit/editor.ts'
import type { FileChange } from '../../forge/forge.ts'
import type { Action, Reason, Standing, Waiting } from '../action.ts'
import type { Block } from './block.ts'

/** A change to a manifest repository that is wanted by one target, before it is known how it gets in. */
export interface Proposal {
  /** `web/staging`. */
  target: string
  /** `supercargo/web/staging`. */
  branch: string
  /** The policy lets the bot use the branch, which is not below `supercargo/`. */
  consented?: true
  /** Branches that may hold change requests for other versions; there are none where the name never changes. */
  others: readonly string[]
  /** Of the forge where it is proposed. */
  words: Vocabulary
  block: Omit<Block, 'supersedes' | 'files' | 'reviewers' | 'closed'>
  /** Whom to ask for a review; absent: nobody. */
  reviewers?: readonly Reviewer[]
  from: string | null
  to: string
  /** Newer versions that are not ready. */
  waiting?: readonly Waiting[]
  /** Empty: the manifests are as they should be. */
  changes: FileChange[]
  edits: FileEdit[]
  /** Why the change is wanted. */
  reason: Reason
  /** Why it must not be made although the files differ; an open change request for it is closed. */
  withdrawn: Reason | null
  /** Why the bot itself does not let it in now, whatever `merge` says; people may. */
  heldBack: Reason | null
  title: string
  /** Visible part of the body, given the versions that it supersedes. */
  body(supersedes: readonly string[]): string
  message: string
  merge: Exclude<MergeMode, 'direct'>
}

/** What becomes of a proposal. */
export interface Settled {
  actions: Action[]
  standing: Standing
  /** The forge has not decided whether it may be merged: look again soon. */
  soon: boolean
}

/** The branch, as the writers of a forge want it named. */
export function branchWish({ branch, consented }: Pick<Proposal, 'branch' | 'consented'>) {
  return consented === true ? { branch, consented } : { branch }
}

/** A digest of the paths that change. */
export function filesOf({ changes }: Proposal): string {
  const paths = changes.map(({ path }) => path).toSorted()
  return createHash('sha256').update(paths.join('\0')).digest('hex').slice(0, 16)
}
