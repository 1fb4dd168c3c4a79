import type { Previews } from '../../config/model.ts'
import type { Reason } from '../action.ts'

/**
 * Why the previews that nobody wants stay for now; null when they go. Whatever made them unwanted (a closed pull request,
 * a deleted branch, a label, their time, a limit), this is the only way out.
 * @param complete whether everything that might want one has been listed
 */
export function mayRemove(
  orphans: readonly string[],
  { maxRemovals }: Previews,
  { complete, confirmed }: { complete: boolean; confirmed: boolean },
): Reason | null {
  if (orphans.length === 0) return null
  if (!complete) {
    return {
      code: 'listing-incomplete',
      message: 'A listing was cut, so no preview is removed in this pass.',
    }
  }
  if (orphans.length <= maxRemovals || confirmed) return null
  const message = `${orphans.length} previews would be removed at once, more than ${maxRemovals}. Run "supercargo reconcile --confirm-removals" if that is right.`
  return { code: 'too-many-removals', message }
}
