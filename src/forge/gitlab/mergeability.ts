import type { Mergeability } from '../forge.ts'

/** GitLab decides in the background; these mean that it has not. */
const UNDECIDED = ['unchecked', 'checking', 'preparing', 'approvals_syncing']

/**
 * https://docs.gitlab.com/api/merge_requests/#merge-status lists the values; the list grows with every release, and
 * what is not known is a condition that does not hold.
 * @param status in either spelling: `not_approved` of REST, `NOT_APPROVED` of GraphQL
 */
export function mergeabilityOf(status: string | null | undefined, draft: boolean): Mergeability {
  if (draft) return 'draft'
  const word = (status ?? 'unchecked').toLowerCase()
  if (UNDECIDED.includes(word)) return 'pending'
  switch (word) {
    case 'mergeable':
      return 'clean'
    case 'draft_status':
      return 'draft'
    case 'conflict':
    case 'broken_status':
      return 'conflicting'
    case 'need_rebase':
      return 'behind'
    default:
      return 'blocked'
  }
}

/** GitLab decides only when it is asked: until somebody looks at the merge request itself, nothing happens. */
export function mustBeAsked(status: string | null | undefined): boolean {
  return (status ?? 'unchecked').toLowerCase() === 'unchecked'
}

/** True when waiting, or a rebuilt branch, may change the answer without a person. */
export function mayChange(status: string | null | undefined): boolean {
  const word = (status ?? 'unchecked').toLowerCase()
  return [...UNDECIDED, 'mergeable', 'conflict', 'broken_status', 'need_rebase', 'commits_status'].includes(
    word,
  )
}
