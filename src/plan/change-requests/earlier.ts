import type { BranchState, ChangeRequest, ManifestSnapshot } from '../../forge/forge.ts'
import type { Reason } from '../action.ts'
import { readBlock, sameOwner } from './block.ts'
import type { Proposal } from './proposal.ts'

/** An open change request of the same target for another version, on a branch of its own. */
export interface Earlier extends BranchState {
  /** Of the branch. */
  name: string
  open: ChangeRequest
}

/**
 * Found by the names that the branches of a target can have, and then by what the bot itself wrote into their
 * change requests: the name alone proves nothing.
 */
export function earlierOnes(proposal: Proposal, snapshot: ManifestSnapshot): Earlier[] {
  return proposal.others.flatMap((name) => {
    const state = snapshot.changeRequests[name]
    const open = state?.open ?? null
    return state !== undefined && open !== null && isOwn(open, proposal) ? [{ ...state, name, open }] : []
  })
}

/** Branches of change requests of the same target that were merged, and that nobody has removed. */
export function mergedBranches(proposal: Proposal, snapshot: ManifestSnapshot) {
  return proposal.others.flatMap((name) => {
    const { branch = null, open = null, merged = null } = snapshot.changeRequests[name] ?? {}
    const gone = branch !== null && open === null && merged !== null && branch.head === merged.head
    return gone && branch.ours && isOwn(merged, proposal) ? [{ name, head: branch.head }] : []
  })
}

/** Why an earlier one is closed: there is one open change request for a target. */
export function supersededBy({ target, to, withdrawn }: Proposal): Reason {
  return withdrawn ?? { code: 'superseded', message: `${target} should have ${to} now.` }
}

function isOwn(request: ChangeRequest, proposal: Proposal): boolean {
  const block = request.ours ? readBlock(request.body) : null
  return block !== null && sameOwner(block, proposal.block)
}
