import { accountById, findAccount, roleOf } from './access.ts'
import type { Model } from './model.ts'
import { Refusal } from './refusal.ts'
import { findTeam } from './teams.ts'
import type { KnownActor, PullRequest, Repository } from './types.ts'

/** Logins, and slugs of teams of the repository's owner. */
export interface ReviewRequest {
  people: readonly string[]
  teams: readonly string[]
}

/**
 * Asks people and teams for a review; all, or none of them.
 * @throws Refusal `invalid` for the author, and for whoever has nothing to do with the repository
 */
export function requestReview(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  pull: PullRequest,
  { people, teams }: ReviewRequest,
): PullRequest {
  const reviewerIds = people.map((login) => {
    const account = findAccount(model, login)
    if (account?.id === pull.authorId) {
      throw new Refusal('invalid', 'Review cannot be requested from pull request author.')
    }
    if (account === null || roleOf(model, account, { ...repository, private: true }) === null) {
      throw new Refusal(
        'invalid',
        `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${repository.owner}/${repository.name} repository.`,
      )
    }
    return account.id
  })
  const reviewTeamIds = teams.map((slug) => {
    const team = findTeam(model, repository.owner, slug)
    const seen = actor.kind !== 'installation' || actor.permissions.members !== undefined
    if (team === null || !seen)
      throw new Refusal('invalid', 'Could not resolve to a node with the global id.')
    return team.id
  })
  const next = {
    ...pull,
    reviewerIds: [...new Set([...(pull.reviewerIds ?? []), ...reviewerIds])],
    reviewTeamIds: [...new Set([...(pull.reviewTeamIds ?? []), ...reviewTeamIds])],
    updatedAt: model.now(),
  }
  model.save(['pulls', next])
  return next
}

/** Nobody of these is asked any more. */
export function withdrawReview(
  model: Model,
  pull: PullRequest,
  { people, teams }: ReviewRequest,
): PullRequest {
  const isNamed = (names: readonly string[], name: string) =>
    names.some((each) => each.toLowerCase() === name.toLowerCase())
  const next = {
    ...pull,
    reviewerIds: (pull.reviewerIds ?? []).filter((id) => !isNamed(people, accountById(model, id).login)),
    reviewTeamIds: (pull.reviewTeamIds ?? []).filter(
      (id) => !isNamed(teams, model.tables.teams.get(id)?.slug ?? ''),
    ),
  }
  model.save(['pulls', next])
  return next
}
