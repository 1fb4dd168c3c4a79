import { kindOf } from '../../src/intake/gitlab-delivery.ts'
import type { Delivery } from '../../src/store/store.ts'

/** A webhook about a comment, as a receiver has got it. */
export interface CommentHook {
  event: string
  delivery?: string
  headers: Record<string, string>
  payload: { comment?: { id: number }; object_attributes?: { id: number } }
}

/** The number of the comment that it is about. */
export function commentOf({ payload }: CommentHook): number | undefined {
  return payload.comment?.id ?? payload.object_attributes?.id
}

/** What the bot's door makes of it. */
export function deliveryOf(source: string, { event, delivery, headers, payload }: CommentHook): Delivery {
  if (source === 'github') return { source, id: delivery ?? '', event, payload }
  return { source, id: headers['idempotency-key'] ?? '', event: kindOf(payload), payload }
}
