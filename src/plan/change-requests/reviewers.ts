import type { Reviewer } from '../../config/model.ts'
import type { ReviewWish } from '../../forge/people.ts'

/** As the hidden block remembers somebody who was asked. */
export function nameOf(reviewer: Reviewer): string {
  return reviewer.kind === 'user' ? `user:${reviewer.login}` : `team:${reviewer.path}`
}

/** Those who were not asked yet. */
export function notYetAsked(
  reviewers: readonly Reviewer[] = [],
  asked: readonly string[] = [],
): readonly Reviewer[] {
  return reviewers.filter((each) => !asked.includes(nameOf(each)))
}

export function reviewWish(reviewers: readonly Reviewer[]): ReviewWish {
  return {
    users: reviewers.flatMap((each) => (each.kind === 'user' ? [each.login] : [])),
    teams: reviewers.flatMap((each) => (each.kind === 'team' ? [each.path] : [])),
  }
}
