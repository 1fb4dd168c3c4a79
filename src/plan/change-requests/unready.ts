import type { ChangeRequest } from '../../forge/forge.ts'
import type { Reason } from '../action.ts'
import { readBlock } from './block.ts'
import type { Proposal } from './proposal.ts'

/** What an open change request has come to whose version was ready when it was opened. */
export interface Unready {
  /** A whole sentence about its version. */
  reason: Reason
  /** It is left as it is, for it mostly comes to the same again. */
  passing: boolean
}

/**
 * Why the version of an open change request is not ready any more; null where it is, or nobody can tell. Checks and
 * scans run again, and that passes; an image that is gone, and what has failed, must not be merged.
 */
export function unready({ waiting = [] }: Pick<Proposal, 'waiting'>, open: ChangeRequest): Unready | null {
  // a version may have digests behind its tag
  const [tag] = readBlock(open.body)?.version.split('@') ?? []
  const waits = waiting.find(({ version }) => version === tag)?.waits ?? []
  const [first] = waits
  if (first === undefined) return null
  return {
    reason: first.reason,
    passing: waits.every(
      ({ kind, again, reason }) => kind === 'unknown' || (again && reason.code !== 'waits-for-image'),
    ),
  }
}
