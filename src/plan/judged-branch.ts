import { blobOid } from '../domain/blob.ts'
import type { BranchState, ChangeRequest, ManifestSnapshot } from '../forge/forge.ts'
import { readBlock } from './block.ts'
import { filesOf, type Proposal } from './proposal.ts'

/** True when the branch already holds exactly the wanted files. */
export function holds(state: BranchState, proposal: Proposal, open: ChangeRequest): boolean {
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
export function judgedOn(snapshot: ManifestSnapshot, state: BranchState, open: ChangeRequest): ChangeRequest {
  return isStale(open) && isOnBase(snapshot, state) ? { ...open, mergeability: 'pending' } : open
}

/** A branch that its base has left behind is rebuilt on it, without closing the change request. */
export function mustRebuild(snapshot: ManifestSnapshot, state: BranchState, open: ChangeRequest): boolean {
  return open.base !== snapshot.branch || (isStale(open) && !isOnBase(snapshot, state))
}

function isStale({ mergeability }: ChangeRequest): boolean {
  return mergeability === 'conflicting' || mergeability === 'behind'
}

function isOnBase(snapshot: ManifestSnapshot, { branch }: BranchState): boolean {
  return branch?.parents.length === 1 && branch.parents[0] === snapshot.base
}
