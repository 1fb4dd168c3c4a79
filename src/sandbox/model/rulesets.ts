import type { Model } from './model.ts'
import { matches } from './protection.ts'
import type { Repository, Ruleset } from './types.ts'

/** The rulesets that hold for a branch, oldest first. */
export function rulesetsOf(model: Model, repository: Repository, branch: string): Ruleset[] {
  const hits = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => hit(pattern, branch, repository.defaultBranch))
  return model.tables.rulesets
    .by(repository.id)
    .filter(
      ({ enforcement, include, exclude }) => enforcement === 'active' && hits(include) && !hits(exclude),
    )
}

function hit(pattern: string, branch: string, defaultBranch: string): boolean {
  if (pattern === '~ALL') return true
  if (pattern === '~DEFAULT_BRANCH') return branch === defaultBranch
  return matches(pattern, `refs/heads/${branch}`)
}
