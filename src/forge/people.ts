import type { RepositoryId } from '../domain/repository.ts'

/** Who belongs to a team, and who is asked to look at a change request. Failures are thrown as `Forge` says. */
export interface ForgePeople {
  /**
   * Whether a person is a member of a team: on GitHub one of its child teams will do, on GitLab it is the group itself,
   * and not one above it. False for a team that does not exist or cannot be seen.
   * @param repository by which the bot was let in; the team need not have anything to do with it
   * @param team `acme/sre`; on GitLab the path of a group
   * @throws SupercargoError `permission-missing` (permanent) where the bot may not read members: that means no
   */
  readMembership(repository: RepositoryId, team: string, login: string): Promise<boolean>
  /**
   * Logins of the members of a team, at most 100; null for a team that does not exist or cannot be seen. On GitHub with
   * those of child teams. Throws as `readMembership` does.
   */
  readMembers(repository: RepositoryId, team: string): Promise<Members | null>
  /**
   * Asks people and teams to review a change request: nobody twice, and never its author. On GitLab a team's members
   * are asked. Gives those who cannot be asked, which hinders nobody else.
   */
  askReviewers(repository: RepositoryId, number: number, wish: ReviewWish): Promise<NotAsked[]>
}

export interface Members {
  /** False: there are more. */
  complete: boolean
  items: string[]
}

/** Whom to ask for a review. */
export interface ReviewWish {
  /** Logins. */
  users: string[]
  /** As in `readMembership`. */
  teams: string[]
}

/** Somebody who could not be asked. */
export interface NotAsked {
  /** `user:alice`, `team:acme/sre` */
  who: string
  /** A whole sentence. */
  why: string
}
