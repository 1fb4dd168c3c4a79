import type { Refusal, RefusalCode } from '../model/refusal.ts'

const STATUS: Record<RefusalCode, 403 | 404 | 409 | 422> = {
  'not-found': 404,
  forbidden: 403,
  invalid: 422,
  exists: 422,
  stale: 409,
  'not-fast-forward': 422,
  protected: 403,
  'not-mergeable': 409,
  empty: 409,
}

/** The HTTP status of a page that says why something was refused. */
export function statusOf({ code }: Refusal): 403 | 404 | 409 | 422 {
  return STATUS[code]
}
