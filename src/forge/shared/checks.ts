import type { Check } from '../checks.ts'

/** What several checks come to together: the worst of them. */
export function worst(states: readonly Check['state'][]): Check['state'] {
  return (['failed', 'pending'] as const).find((state) => states.includes(state)) ?? 'passed'
}

/** One check of each name, in the order of their first appearance: of several, the one that is worst. */
export function oneOfEachName(checks: readonly Check[]): Check[] {
  const byName = new Map<string, Check>()
  for (const check of checks) {
    const known = byName.get(check.name)
    if (known === undefined || worst([known.state, check.state]) !== known.state)
      byName.set(check.name, check)
  }
  return [...byName.values()]
}
