import type { Freeze, Policy } from './model.ts'

/** That an environment must stay as it is, and until when. */
export interface Frozen {
  /** ISO 8601, UTC: the first moment at which no freeze holds it any more. */
  until: string
  /** Of the freeze that ends first; foreign text, or null. */
  reason: string | null
}

/**
 * The freeze that holds an environment now; null: none does. Freezes that follow one another without a gap are one.
 * @param policy null: the manifest repository has none
 */
export function freezeAt(policy: Policy | null, environment: string, now: Date): Frozen | null {
  const concerned = (policy?.freeze ?? []).filter((freeze) => concerns(freeze, environment))
  const holding = (at: string) => concerned.filter(({ from, to }) => from <= at && at < to)
  const [first] = holding(now.toISOString()).toSorted((a, b) => (a.to < b.to ? -1 : 1))
  if (first === undefined) return null
  let until = first.to
  for (let next = holding(until); next.length > 0; next = holding(until)) {
    until =
      next
        .map(({ to }) => to)
        .toSorted()
        .at(-1) ?? until
  }
  return { until, reason: first.reason }
}

function concerns({ only, except }: Freeze, environment: string): boolean {
  return (only === null || only.includes(environment)) && !except.includes(environment)
}
