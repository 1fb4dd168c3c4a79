import { z } from 'zod'
import type { Mergeability } from '../forge.ts'

export const MERGEABILITY_FIELDS = 'isDraft mergeable mergeStateStatus'

export const mergeabilitySchema = z.object({
  isDraft: z.boolean(),
  mergeable: z.string(),
  mergeStateStatus: z.string(),
})

/** https://docs.github.com/en/graphql/reference/enums#mergestatestatus; what is unknown is never `clean`. */
export function mergeabilityOf(pull: z.infer<typeof mergeabilitySchema>): Mergeability {
  if (pull.isDraft || pull.mergeStateStatus === 'DRAFT') return 'draft'
  if (pull.mergeable === 'CONFLICTING' || pull.mergeStateStatus === 'DIRTY') return 'conflicting'
  switch (pull.mergeStateStatus) {
    case 'CLEAN':
    case 'HAS_HOOKS':
      return pull.mergeable === 'MERGEABLE' ? 'clean' : 'pending'
    case 'BLOCKED':
      return 'blocked'
    case 'BEHIND':
      return 'behind'
    case 'UNSTABLE':
      return 'unstable'
    default:
      return 'pending'
  }
}
