import type { BranchState, ChangeRequest, ManifestSnapshot } from '../forge/forge.ts'
import type { Reason } from './action.ts'
import { readBlock, sameSource } from './block.ts'
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
  const left = `A person has committed to ${branch}; it is left to them.`
  return reason(
    'person-committed',
    open === null ? `${left} Delete the branch to let Supercargo go on.` : left,
  )
}

function proposes(request: ChangeRequest | null, proposal: Proposal): boolean {
  if (request === null || !request.ours) return false
  const block = readBlock(request.body)
  return block !== null && sameSource(block, proposal.block) && block.version === proposal.block.version
}

function reason(code: string, message: string): Reason {
  return { code, message }
}
