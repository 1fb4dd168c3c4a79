import type { Model } from '../../model/model.ts'

export interface Rate {
  limit: number
  used: number
  remaining: number
  /** Seconds since 1970. */
  reset: number
}

const HOUR = 3_600
const counts = new WeakMap<Model, Map<string, { used: number; reset: number }>>()

/** What one credential has used in its hour. */
export function rateOf(model: Model, credential: string): Rate {
  const { used, reset } = countOf(model, credential)
  const limit = model.faults.rateLimit
  return { limit, used, remaining: Math.max(0, limit - used), reset }
}

/** Counts one request; false when the hour's requests are used up. */
export function spend(model: Model, credential: string): boolean {
  const count = countOf(model, credential)
  if (count.used >= model.faults.rateLimit) return false
  count.used += 1
  return true
}

/** Takes one back: conditional requests that were answered 304 cost nothing. */
export function refund(model: Model, credential: string): void {
  countOf(model, credential).used -= 1
}

/** The `x-ratelimit-*` headers. */
export function rateHeaders(rate: Rate, resource: 'core' | 'graphql'): Record<string, string> {
  return {
    'x-ratelimit-limit': String(rate.limit),
    'x-ratelimit-remaining': String(rate.remaining),
    'x-ratelimit-used': String(rate.used),
    'x-ratelimit-reset': String(rate.reset),
    'x-ratelimit-resource': resource,
  }
}

function countOf(model: Model, credential: string): { used: number; reset: number } {
  const all = counts.get(model) ?? new Map<string, { used: number; reset: number }>()
  counts.set(model, all)
  const now = Math.floor(Date.now() / 1000)
  const known = all.get(credential)
  if (known !== undefined && known.reset > now) return known
  const fresh = { used: 0, reset: now + HOUR }
  if (all.size > 1_000) all.clear()
  all.set(credential, fresh)
  return fresh
}
