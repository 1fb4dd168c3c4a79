import { blobOid } from '../../domain/blob.ts'
import type { BotBranch, BranchState, ChangeRequest, ManifestSnapshot } from '../../forge/forge.ts'
import { readBlock } from './block.ts'
import { filesOf, type Proposal } from './proposal.ts'

/** True when the branch already holds exactly the wanted files. */
export function holds(state: BranchState, proposal: Proposal, open: ChangeRequest): boolean {
  if (state.branch === null || state.branch.head !== open.head) return false
  const block = readBlock(open.body)
  const sameFiles = block !== null && block.files === filesOf(proposal)
  return sameFiles && holdsFiles(state.branch, proposal)
}

/**
 * Whether a branch is the bot's where a team has chosen its name: a change request of its own came from it, or it
 * holds exactly what is proposed now, as half a write leaves it. Its commits tell nothing once they are merged.
 */
export function isKnown(state: BranchState, proposal: Proposal): boolean {
  if (proposal.consented !== true || state.branch === null) return true
  const requests = [state.open, state.closed, state.merged]
  if (requests.some((request) => request?.ours === true && readBlock(request.body) !== null)) return true
  return proposal.changes.length > 0 && holdsFiles(state.branch, proposal)
}

function holdsFiles({ head, tree }: BotBranch, { changes }: Proposal): boolean {
  const oids = new Map(tree.map(({ path, oid }) => [path, oid]))
  return changes.every(({ path, content }) => {
    const oid = oids.get(path)
    return content === null ? oid === undefined : oid === blobOid(content, head)
  })
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
