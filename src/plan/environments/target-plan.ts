import type { Version } from '../../domain/version.ts'
import type { Standing } from '../action.ts'
import type { DirectChange } from '../change-requests/direct.ts'
import type { Settled } from '../change-requests/proposal.ts'
import type { Question } from '../questions.ts'

/** What one environment needs: a settled proposal, a direct commit, or the reason for neither. */
export type TargetPlan = Settled & {
  direct: DirectChange | null
  /** Comparisons that must be read before anything is planned. */
  notRead: { base: string; head: string }[]
  /** Branches whose change requests must be read before anything is planned. */
  branchesNeeded?: string[]
  /** Questions that must be answered before anything is planned. */
  questions?: Question[]
  /** The version that it should have; absent while none is ready. */
  candidate?: Version
  /** What a person wished does not count any more. */
  wishIsOver?: true
  /** Something ends then by itself, such as a lock. */
  until?: Date | null
}

/** Nothing is done, and this is why. */
export function without(standing: Standing): TargetPlan {
  return { actions: [], standing, soon: false, direct: null, notRead: [] }
}
