import { createHash } from 'node:crypto'
import type { MergeMode } from '../config/model.ts'
import { blobOid } from '../domain/blob.ts'
import { fitting } from '../domain/markdown.ts'
import type { FileEdit } from '../edit/editor.ts'
import type {
  BranchState,
  ChangeRequest,
  FileChange,
  ManifestSnapshot,
  Mergeability,
} from '../forge/forge.ts'
import type { Action, Reason, Standing } from './action.ts'
import { type Block, readBlock, replaceBlock, sameSource, writeBlock } from './block.ts'
import { withNote } from './note.ts'

/** A change to a manifest repository that is wanted by one target, before it is known how it gets in. */
export interface Proposal {
  /** `web/staging`. */
  target: string
  /** `supercargo/web/staging`. */
  branch: string
  block: Omit<Block, 'supersedes' | 'files' | 'closed'>
  from: string | null
  to: string
  /** Empty: the manifests are as they should be. */
  changes: FileChange[]
  edits: FileEdit[]
  /** Why the change is wanted. */
  reason: Reason
  /** Why it must not be made although the files differ; an open change request for it is closed. */
  withdrawn: Reason | null
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

const MAX_SUPERSEDED = 20
/** GitHub takes 65,536 characters; the block comes behind. */
const MAX_BODY = 60_000

/** Compares a proposal with its branch and change request: opens, updates, merges, closes, or leaves it to people. */
export function settle(proposal: Proposal, snapshot: ManifestSnapshot): Settled {
  const state = snapshot.changeRequests[proposal.branch] ?? {
    branch: null,
    open: null,
    closed: null,
    merged: null,
  }
  const stop = whyNotTouch(proposal, snapshot, state)
  if (stop !== null) return stopped(proposal, snapshot, state, stop)
  if (proposal.withdrawn !== null) return withdraw(proposal, snapshot, state, proposal.withdrawn)
  if (proposal.changes.length === 0) return withdraw(proposal, snapshot, state, null)
  if (state.open === null) return opened(proposal, snapshot, state)
  return kept(proposal, snapshot, state, state.open)
}

/** The reason of a change request that nobody has judged yet: people merge it, or the bot when the forge lets it. */
export function waitsForMerge(merge: Proposal['merge'], number: number): Reason {
  return merge === 'review'
    ? reason('waits-for-review', `Change request #${number} waits for a person to merge it.`)
    : reason('merge-pending', WHY_NOT_MERGED.pending(number))
}

/** People come first: what they closed, committed or merged is not undone. */
function whyNotTouch(proposal: Proposal, snapshot: ManifestSnapshot, state: BranchState): Reason | null {
  const { open, branch } = state
  if (open !== null && !open.ours) {
    return reason(
      'branch-taken',
      `Somebody else has opened a change request from the branch ${proposal.branch}.`,
    )
  }
  const openBlock = open === null ? null : readBlock(open.body)
  if (
    openBlock !== null &&
    (!sameSource(openBlock, proposal.block) || openBlock.app !== proposal.block.app)
  ) {
    return reason(
      'name-taken',
      `The branch ${proposal.branch} belongs to the app ${openBlock.app} of ${openBlock.source}.`,
    )
  }
  if (branch !== null && !branch.ours) return whyNotOurs(proposal, snapshot, open)
  if (open !== null || proposal.changes.length === 0 || proposal.withdrawn !== null) return null
  if (proposes(state.closed, proposal) && readBlock(state.closed?.body ?? '')?.closed === null) {
    return reason(
      'closed-by-person',
      `The change request for ${proposal.to} was closed by a person and is not opened again.`,
    )
  }
  if (proposes(state.merged, proposal)) {
    return reason(
      'edited-by-hand',
      `${proposal.to} was delivered before and then changed by hand; that is left alone.`,
    )
  }
  return null
}

/** The branch holds commits that the manifest branch does not hold and that the bot did not make. */
function whyNotOurs({ branch }: Proposal, snapshot: ManifestSnapshot, open: ChangeRequest | null): Reason {
  if (open !== null && open.base !== snapshot.branch) {
    return reason(
      'other-base',
      `Change request #${open.number} goes into ${open.base} and not into ${snapshot.branch}. Close it to let Supercargo open another one.`,
    )
  }
  const left = `A person has committed to ${branch}; it is left to them.`
  return reason(
    'person-committed',
    open === null ? `${left} Delete the branch to let Supercargo go on.` : left,
  )
}

function stopped(proposal: Proposal, snapshot: ManifestSnapshot, state: BranchState, why: Reason): Settled {
  const { open } = state
  const newer = open !== null && readBlock(open.body)?.version !== proposal.block.version
  const note = newer ? `${why.message} ${proposal.to} waits until this is merged or closed.` : why.message
  const body = open === null || why.code !== 'person-committed' ? null : withNote(open.body, note)
  const actions: Action[] =
    open === null || body === null || !open.ours || body === open.body
      ? []
      : [
          {
            ...common(proposal, snapshot, why),
            kind: 'describe-change-request',
            number: open.number,
            title: open.title,
            body,
          },
        ]
  return settled(proposal, actions, 'held', why, open?.url ?? state.closed?.url ?? null)
}

/** Nothing to change: an open change request has lost its purpose, and a left-over branch is in the way of the next. */
function withdraw(
  proposal: Proposal,
  snapshot: ManifestSnapshot,
  state: BranchState,
  held: Reason | null,
): Settled {
  const actions: Action[] = []
  if (state.open !== null) {
    const block = readBlock(state.open.body)
    const why = held ?? whyEmpty(proposal, snapshot, block)
    actions.push({ ...common(proposal, snapshot, why), ...closing(proposal.branch, state.open, why) })
  } else if (state.branch !== null) {
    const why = reason(
      'left-over',
      `The branch ${proposal.branch} has no change request and nothing to change.`,
    )
    const { head } = state.branch
    actions.push({
      ...common(proposal, snapshot, why),
      kind: 'delete-branch',
      branch: proposal.branch,
      expectedHead: head,
    })
  }
  if (held !== null) return settled(proposal, actions, 'held', held, null)
  return settled(
    proposal,
    actions,
    'current',
    reason('up-to-date', `${proposal.target} has ${proposal.to}.`),
    null,
  )
}

/** Closes a change request of the bot's so that it knows again that it did so itself, and why. */
export function closing(branch: string, open: ChangeRequest, why: Reason) {
  const block = readBlock(open.body)
  const marked = block === null ? open.body : replaceBlock(open.body, { ...block, closed: why.code })
  const body = withNote(marked, `Closed by Supercargo: ${why.message}`)
  const wish = { number: open.number, body, branch, expectedHead: open.head }
  return { kind: 'close-change-request' as const, wish }
}

function whyEmpty({ target, to, block }: Proposal, snapshot: ManifestSnapshot, open: Block | null): Reason {
  return open === null || open.version === block.version
    ? reason('emptied', `${snapshot.branch} already has everything that this would change.`)
    : reason('not-wanted', `${target} should have ${to} now, and ${snapshot.branch} already does.`)
}

function opened(proposal: Proposal, snapshot: ManifestSnapshot, state: BranchState): Settled {
  const wish = {
    ...text(proposal, []),
    branch: proposal.branch,
    base: snapshot.branch,
    baseOid: snapshot.base,
    leftover: state.branch?.head ?? null,
    commit: { message: proposal.message, changes: proposal.changes },
  }
  const action: Action = {
    ...common(proposal, snapshot),
    kind: 'open-change-request',
    wish,
    edits: proposal.edits,
    merge: proposal.merge,
  }
  return settled(proposal, [action], 'changing', proposal.reason, null, proposal.merge === 'auto')
}

function kept(
  proposal: Proposal,
  snapshot: ManifestSnapshot,
  state: BranchState,
  open: ChangeRequest,
): Settled {
  const supersedes = superseded(open, proposal)
  const wanted = text(proposal, supersedes)
  if (!holds(state, proposal, open) || mustRebuild(snapshot, state, open)) {
    const wish = {
      ...wanted,
      number: open.number,
      before: { title: open.title, body: open.body },
      branch: proposal.branch,
      ...(open.base === snapshot.branch ? {} : { base: snapshot.branch }),
      baseOid: snapshot.base,
      expectedHead: open.head,
      commit: { message: proposal.message, changes: proposal.changes },
    }
    const action: Action = {
      ...common(proposal, snapshot),
      kind: 'update-change-request',
      wish,
      edits: proposal.edits,
      merge: proposal.merge,
    }
    return settled(proposal, [action], 'changing', proposal.reason, open.url, proposal.merge === 'auto')
  }
  const describe: Action[] =
    open.title === wanted.title && sameBody(open.body, wanted.body)
      ? []
      : [{ ...common(proposal, snapshot), kind: 'describe-change-request', number: open.number, ...wanted }]
  return merged(proposal, snapshot, judgedOn(snapshot, state, open), describe)
}

function merged(
  proposal: Proposal,
  snapshot: ManifestSnapshot,
  open: ChangeRequest,
  describe: Action[],
): Settled {
  if (proposal.merge === 'review') {
    return settled(proposal, describe, 'waiting', waitsForMerge('review', open.number), open.url)
  }
  if (open.mergeability !== 'clean') {
    const why = reason(`merge-${open.mergeability}`, WHY_NOT_MERGED[open.mergeability](open.number))
    return settled(proposal, describe, 'waiting', why, open.url, open.mergeability === 'pending')
  }
  const why = reason('merge', `The forge says that change request #${open.number} may be merged.`)
  const wish = { number: open.number, expectedHead: open.head, branch: proposal.branch }
  const action: Action = { ...common(proposal, snapshot, why), kind: 'merge-change-request', wish }
  return settled(proposal, [...describe, action], 'changing', why, open.url)
}

const WHY_NOT_MERGED: Record<Exclude<Mergeability, 'clean'>, (number: number) => string> = {
  pending: (number) => `The forge has not decided yet whether change request #${number} may be merged.`,
  blocked: (number) => `Change request #${number} waits for a required review or check.`,
  unstable: (number) =>
    `A check of change request #${number} has not passed, so it is not merged automatically.`,
  behind: (number) => `Change request #${number} is behind its base.`,
  conflicting: (number) => `Change request #${number} conflicts with its base.`,
  draft: (number) => `Change request #${number} was made a draft by a person.`,
}

/** True when the branch already holds exactly the wanted files. */
function holds(state: BranchState, proposal: Proposal, open: ChangeRequest): boolean {
  if (state.branch === null || state.branch.head !== open.head) return false
  const tree = new Map(state.branch.tree.map(({ path, oid }) => [path, oid]))
  const block = readBlock(open.body)
  const sameFiles = block !== null && block.files === filesOf(proposal)
  return (
    sameFiles &&
    proposal.changes.every(({ path, content }) => {
      const oid = tree.get(path)
      return content === null ? oid === undefined : oid === blobOid(content, open.head)
    })
  )
}

/** A branch that was rebuilt on the newest base a moment ago is neither behind it nor in conflict with it. */
function judgedOn(snapshot: ManifestSnapshot, state: BranchState, open: ChangeRequest): ChangeRequest {
  return isStale(open) && isOnBase(snapshot, state) ? { ...open, mergeability: 'pending' } : open
}

/** A branch that its base has left behind is rebuilt on it, without closing the change request. */
function mustRebuild(snapshot: ManifestSnapshot, state: BranchState, open: ChangeRequest): boolean {
  return open.base !== snapshot.branch || (isStale(open) && !isOnBase(snapshot, state))
}

function isStale({ mergeability }: ChangeRequest): boolean {
  return mergeability === 'conflicting' || mergeability === 'behind'
}

function isOnBase(snapshot: ManifestSnapshot, { branch }: BranchState): boolean {
  return branch?.parents.length === 1 && branch.parents[0] === snapshot.base
}

/** Forges may store other line ends. */
function sameBody(a: string, b: string): boolean {
  return a.replaceAll('\r\n', '\n').trimEnd() === b.trimEnd()
}

function superseded(open: ChangeRequest, proposal: Proposal): string[] {
  const block = readBlock(open.body)
  if (block === null) return []
  const before =
    block.version === proposal.block.version ? block.supersedes : [...block.supersedes, block.version]
  return before.filter((version) => version !== proposal.block.version).slice(-MAX_SUPERSEDED)
}

function text(proposal: Proposal, supersedes: string[]): { title: string; body: string } {
  const block = writeBlock({ ...proposal.block, supersedes, files: filesOf(proposal), closed: null })
  return { title: proposal.title, body: `${fitting(proposal.body(supersedes), MAX_BODY)}\n\n${block}` }
}

/** A digest of the paths that change. */
function filesOf({ changes }: Proposal): string {
  const paths = changes.map(({ path }) => path).toSorted()
  return createHash('sha256').update(paths.join('\0')).digest('hex').slice(0, 16)
}

function proposes(request: ChangeRequest | null, proposal: Proposal): boolean {
  if (request === null || !request.ours) return false
  const block = readBlock(request.body)
  return block !== null && sameSource(block, proposal.block) && block.version === proposal.block.version
}

function common(proposal: Proposal, snapshot: ManifestSnapshot, why: Reason = proposal.reason) {
  return { repository: snapshot.repository, target: proposal.target, reason: why }
}

function settled(
  proposal: Proposal,
  actions: Action[],
  state: Standing['state'],
  why: Reason,
  url: string | null,
  soon = false,
): Settled {
  const { target, from, to } = proposal
  return { actions, standing: { target, state, reason: why, from, to, url }, soon }
}

function reason(code: string, message: string): Reason {
  return { code, message }
}
