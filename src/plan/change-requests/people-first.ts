import type { BranchState, ChangeRequest, ManifestSnapshot } from '../../forge/forge.ts'
import type { Reason } from '../action.ts'
import { readBlock, sameOwner, sameSource } from './block.ts'
import { isKnown } from './judged-branch.ts'
import type { Proposal } from './proposal.ts'

/** People come first: what they closed, committed or merged is not undone. */
export function whyNotTouch(
  proposal: Proposal,
  snapshot: ManifestSnapshot,
  state: BranchState,
): Reason | null {
  const { open, branch } = state
  if (open !== null && !open.ours) {
    return reason(
      'branch-taken',
      `Somebody else has opened a change request from the branch ${proposal.branch}.`,
    )
  }
  const openBlock = open === null ? null : readBlock(open.body)
  if (openBlock !== null && !sameOwner(openBlock, proposal.block)) {
    return reason(
      'name-taken',
      `The branch ${proposal.branch} belongs to the app ${openBlock.app} of ${openBlock.source}.`,
    )
  }
  if (branch !== null && !branch.ours) return whyNotOurs(proposal, snapshot, open)
  if (open !== null || proposal.changes.length === 0 || proposal.withdrawn !== null) return null
  if (!isKnown(state, proposal)) {
    return reason(
      'branch-taken',
      `There is a branch ${proposal.branch} that Supercargo did not make. Delete it to let Supercargo go on.`,
    )
  }
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
function whyNotOurs(
  { branch, words }: Proposal,
  snapshot: ManifestSnapshot,
  open: ChangeRequest | null,
): Reason {
  if (open !== null && open.base !== snapshot.branch) {
    return reason(
      'other-base',
      `Change request ${words.mark}${open.number} goes into ${open.base} and not into ${snapshot.branch}. Close it to let Supercargo open another one.`,
    )
  }
  const why = personCommitted(branch)
  return open === null
    ? { ...why, message: `${why.message} Delete the branch to let Supercargo go on.` }
    : why
}

/** A branch with commits of a person's is theirs. */
export function personCommitted(branch: string): Reason {
  return reason('person-committed', `A person has committed to ${branch}; it is left to them.`)
}

function proposes(request: ChangeRequest | null, proposal: Proposal): boolean {
  if (request === null || !request.ours) return false
  const block = readBlock(request.body)
  return (
    block !== null &&
    sameSource(block, proposal.block) &&
    block.version === proposal.block.version &&
    block.asked === proposal.block.asked
  )
}

function reason(code: string, message: string): Reason {
  return { code, message }
}
