import type { Vocabulary } from '../../domain/vocabulary.ts'
import type {
  BranchState,
  BranchWish,
  ChangeRequest,
  ManifestSnapshot,
  Mergeability,
} from '../../forge/forge.ts'
import type { Action, Reason, Standing } from '../action.ts'
import { readBlock, replaceBlock } from './block.ts'
import { type Earlier, earlierOnes, mergedBranches, supersededBy } from './earlier.ts'
import { holds, isKnown, judgedOn, mustRebuild } from './judged-branch.ts'
import { withNote } from './note.ts'
import { personCommitted, whyNotTouch } from './people-first.ts'
import { branchWish, type Proposal, type Settled } from './proposal.ts'
import { asksFor, requestText } from './request-text.ts'
import { sameBody } from './same-body.ts'
import { unready } from './unready.ts'

const MAX_SUPERSEDED = 20

/** Compares a proposal with its branch and change request: opens, updates, merges, closes, or leaves it to people. */
export function settle(proposal: Proposal, snapshot: ManifestSnapshot): Settled {
  const state = snapshot.changeRequests[proposal.branch] ?? {
    branch: null,
    open: null,
    closed: null,
    merged: null,
  }
  const earlier = earlierOnes(proposal, snapshot)
  const theirs = earlier.find(({ branch }) => branch?.ours === false)
  if (theirs !== undefined) {
    const why = personCommitted(theirs.name)
    return stopped(proposal, snapshot, theirs, why)
  }
  const stop = whyNotTouch(proposal, snapshot, state)
  if (stop !== null) return stopped(proposal, snapshot, state, stop)
  for (const { open } of [state, ...earlier]) {
    const still = open === null ? null : unready(proposal, open)
    if (still?.passing === true) return settled(proposal, [], 'waiting', still.reason, open?.url ?? null)
  }
  const done = alone(proposal, snapshot, state, earlier)
  return { ...done, actions: [...done.actions, ...closeEarlier(proposal, snapshot, earlier)] }
}

function alone(
  proposal: Proposal,
  snapshot: ManifestSnapshot,
  state: BranchState,
  earlier: readonly Earlier[],
): Settled {
  if (proposal.withdrawn !== null) return withdraw(proposal, snapshot, state, proposal.withdrawn)
  if (proposal.changes.length === 0) return withdraw(proposal, snapshot, state, null)
  if (state.open === null) return opened(proposal, snapshot, state, earlier)
  return kept(proposal, snapshot, state, state.open)
}

/** There is one open change request for a target: where every version has a branch of its own, the others close. */
function closeEarlier(proposal: Proposal, snapshot: ManifestSnapshot, earlier: readonly Earlier[]): Action[] {
  const why = supersededBy(proposal)
  const named = (branch: string) => branchWish({ ...proposal, branch })
  const leftOver = reason('left-over', 'Its change request was merged.')
  return [
    ...earlier.map(({ name, open }) => ({
      ...common(proposal, snapshot, why),
      ...closing(named(name), open, why),
    })),
    ...mergedBranches(proposal, snapshot).map(({ name, head }) => ({
      ...common(proposal, snapshot, leftOver),
      ...named(name),
      kind: 'delete-branch' as const,
      expectedHead: head,
    })),
  ]
}

/** The reason of a change request that nobody has judged yet: people merge it, or the bot when the forge lets it. */
export function waitsForMerge(merge: Proposal['merge'], { mark }: Vocabulary, number: number): Reason {
  const name = `${mark}${number}`
  return merge === 'review'
    ? reason('waits-for-review', `Change request ${name} waits for a person to merge it.`)
    : reason('merge-pending', WHY_NOT_MERGED.pending(name))
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
    const why = held ?? unready(proposal, state.open)?.reason ?? whyEmpty(proposal, snapshot, state.open)
    actions.push({ ...common(proposal, snapshot, why), ...closing(branchWish(proposal), state.open, why) })
  } else if (state.branch !== null && isKnown(state, proposal)) {
    const why = reason(
      'left-over',
      `The branch ${proposal.branch} has no change request and nothing to change.`,
    )
    const { head } = state.branch
    actions.push({
      ...common(proposal, snapshot, why),
      kind: 'delete-branch',
      ...branchWish(proposal),
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
export function closing(branch: BranchWish, open: ChangeRequest, why: Reason) {
  const block = readBlock(open.body)
  const marked = block === null ? open.body : replaceBlock(open.body, { ...block, closed: why.code })
  const body = withNote(marked, `Closed by Supercargo: ${why.message}`)
  const wish = { number: open.number, body, ...branch, expectedHead: open.head }
  return { kind: 'close-change-request' as const, wish }
}

function whyEmpty({ target, to, block }: Proposal, snapshot: ManifestSnapshot, open: ChangeRequest): Reason {
  const before = readBlock(open.body)
  return before === null || before.version === block.version
    ? reason('emptied', `${snapshot.branch} already has everything that this would change.`)
    : reason('not-wanted', `${target} should have ${to} now, and ${snapshot.branch} already does.`)
}

function opened(
  proposal: Proposal,
  snapshot: ManifestSnapshot,
  state: BranchState,
  earlier: readonly Earlier[],
): Settled {
  const before = [...new Set(earlier.flatMap(({ open }) => superseded(open, proposal)))]
  const supersedes = before.slice(-MAX_SUPERSEDED)
  const wish = {
    ...requestText(proposal, supersedes),
    ...branchWish(proposal),
    base: snapshot.branch,
    baseOid: snapshot.base,
    leftover: state.branch?.head ?? null,
    commit: { message: proposal.message, changes: proposal.changes },
  }
  const asks = proposal.merge === 'review' ? asksFor(proposal, supersedes) : null
  const action: Action = {
    ...common(proposal, snapshot),
    kind: 'open-change-request',
    wish,
    edits: proposal.edits,
    merge: proposal.merge,
    ...(asks === null ? {} : { asks }),
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
  const asked = readBlock(open.body)?.reviewers
  const wanted = requestText(proposal, supersedes, asked)
  if (!holds(state, proposal, open) || mustRebuild(snapshot, state, open)) {
    const wish = {
      ...wanted,
      number: open.number,
      before: { title: open.title, body: open.body },
      ...branchWish(proposal),
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
  const done = merged(proposal, snapshot, judgedOn(snapshot, state, open), describe)
  // what the bot may merge by itself needs nobody, unless the forge says so
  const { mergeability } = open
  const isWanted = proposal.merge === 'review' ? mergeability !== 'draft' : mergeability === 'blocked'
  const asks = isWanted ? asksFor(proposal, supersedes, asked) : null
  if (asks === null) return done
  const why = reason('reviewers', 'The policy of the manifest repository names who is asked for a review.')
  const ask: Action = {
    ...common(proposal, snapshot, why),
    kind: 'ask-reviewers',
    number: open.number,
    ...asks,
  }
  return { ...done, actions: [ask] }
}

function merged(
  proposal: Proposal,
  snapshot: ManifestSnapshot,
  open: ChangeRequest,
  describe: Action[],
): Settled {
  const { words } = proposal
  const name = `${words.mark}${open.number}`
  if (proposal.merge === 'review') {
    return settled(proposal, describe, 'waiting', waitsForMerge('review', words, open.number), open.url)
  }
  if (proposal.heldBack !== null) {
    return settled(proposal, describe, 'waiting', proposal.heldBack, open.url)
  }
  if (open.mergeability !== 'clean') {
    const why = reason(`merge-${open.mergeability}`, WHY_NOT_MERGED[open.mergeability](name))
    return settled(proposal, describe, 'waiting', why, open.url, open.mergeability === 'pending')
  }
  const why = reason('merge', `The forge says that change request ${name} may be merged.`)
  const wish = { number: open.number, expectedHead: open.head, ...branchWish(proposal) }
  const action: Action = { ...common(proposal, snapshot, why), kind: 'merge-change-request', wish }
  return settled(proposal, [...describe, action], 'changing', why, open.url)
}

const WHY_NOT_MERGED: Record<Exclude<Mergeability, 'clean'>, (name: string) => string> = {
  pending: (name) => `The forge has not decided yet whether change request ${name} may be merged.`,
  blocked: (name) => `Change request ${name} waits for a required review or check.`,
  unstable: (name) => `A check of change request ${name} has not passed, so it is not merged automatically.`,
  behind: (name) => `Change request ${name} is behind its base.`,
  conflicting: (name) => `Change request ${name} conflicts with its base.`,
  draft: (name) => `Change request ${name} was made a draft by a person.`,
}

function superseded(open: ChangeRequest, proposal: Proposal): string[] {
  const block = readBlock(open.body)
  if (block === null) return []
  const before =
    block.version === proposal.block.version ? block.supersedes : [...block.supersedes, block.version]
  return before.filter((version) => version !== proposal.block.version).slice(-MAX_SUPERSEDED)
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
