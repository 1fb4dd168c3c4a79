import type { Model } from '../../model/model.ts'

export interface Rate {
  allowed: boolean
  limit: number
  used: number
  /** Seconds since 1970. */
  reset: number
}

/** The window, in seconds. */
const WINDOW = 60
const counts = new WeakMap<Model, Map<string, { used: number; reset: number }>>()

/** Counts one request of a credential, against `faults.rateLimit` in each minute. */
export function spend(model: Model, credential: string): Rate {
  const all = counts.get(model) ?? new Map<string, { used: number; reset: number }>()
  counts.set(model, all)
  const now = Math.floor(Date.now() / 1000)
  const known = all.get(credential)
  const count = known !== undefined && known.reset > now ? known : { used: 0, reset: now + WINDOW }
  count.used += 1
  if (all.size > 1_000) all.clear()
  all.set(credential, count)
  const limit = model.faults.rateLimit
  return { allowed: count.used <= limit, limit, used: count.used, reset: count.reset }
}

/** `RateLimit-*`, and `Retry-After` where the request was refused. */
export function rateHeaders({ allowed, limit, used, reset }: Rate): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-name': 'throttle_authenticated_api',
    'ratelimit-observed': String(used),
    'ratelimit-remaining': String(Math.max(0, limit - used)),
    'ratelimit-reset': String(reset),
    ...(allowed ? {} : { 'retry-after': String(Math.max(1, reset - Math.floor(Date.now() / 1000))) }),
  }
}
