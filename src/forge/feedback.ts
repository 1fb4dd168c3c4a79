import type { Oid } from '../domain/commit.ts'
import type { RepositoryId } from '../domain/repository.ts'

/**
 * What answers people where they are: who they are allowed to be, and what they see beside a pull request. Every
 * `ensure` may be done again and then changes nothing. Failures are thrown as `Forge` says.
 */
export interface ForgeFeedback {
  /**
   * What a person may do in a repository, by whatever way it was granted (requirement 10). `none` for a login that does
   * not exist, is blocked, or has no access; where the forge did not say, this throws, and that means no as well.
   */
  readAccess(repository: RepositoryId, login: string): Promise<Access>
  /** A comment of a pull request as it is now; null where there is none (any more). */
  readComment(repository: RepositoryId, number: number, comment: number): Promise<WrittenComment | null>
  /** The bot's own comment on a pull request that holds this text, found by its author as well; null without one. */
  findComment(repository: RepositoryId, number: number, marker: string): Promise<OwnComment | null>
  /** The bot's reaction to a comment. Throws `comment-not-found` (conflict) when somebody deleted it. */
  ensureReaction(repository: RepositoryId, wish: ReactionWish): Promise<void>
  /** Labels of a pull request; one that the repository does not have yet is made. */
  ensureLabels(repository: RepositoryId, number: number, wish: LabelWish): Promise<void>
  /**
   * Shows that a commit is (or is about to be) where people can look at it. Once it has succeeded, every other one of
   * the place is over. On GitHub it needs the app's permission `deployments: write`; without it, it throws
   * `permission-missing`.
   */
  ensureDeployment(repository: RepositoryId, wish: DeploymentWish): Promise<void>
  /**
   * Says something on a commit under a name of the bot's that begins with `supercargo/`: a check run on GitHub, a commit
   * status on GitLab. The newest one of a name counts; `ForgeChecks` leaves those of the bot out.
   */
  writeStatus(repository: RepositoryId, wish: StatusWish): Promise<void>
  /** Nothing is deployed there any more. GitHub keeps what was there as inactive, GitLab forgets it. */
  endDeployment(repository: RepositoryId, place: DeploymentPlace): Promise<void>
}

/** `write`: may push. `maintain`: also to protected branches, as the repository says. `admin`: may change who may. */
export type Access = 'none' | 'read' | 'write' | 'maintain' | 'admin'

export interface WrittenComment {
  login: string
  /** False for bots, for what apps write in the name of people, and for the forge itself. */
  person: boolean
  text: string
  /** Where people see it. */
  url: string
}

export interface OwnComment {
  /** For `CommentWish`. */
  id: string
  body: string
}

export interface ReactionWish {
  /** Number of the pull request. */
  number: number
  /** Number of the comment, as webhooks tell it: of an issue comment on GitHub, of a note on GitLab. */
  comment: number
  reaction: 'eyes' | 'rocket' | 'confused'
}

export interface StatusWish {
  commit: Oid
  /** That the commit is on, without `refs/heads/`. */
  branch: string
  /** `supercargo/preview-web` */
  name: string
  conclusion: 'success' | 'failure'
  /** One whole sentence, without markup. */
  title: string
  /** Where it leads; null: nowhere. */
  url: string | null
}

export interface LabelWish {
  add: string[]
  remove: string[]
}

/**
 * GitHub: one environment with a deployment for each slot, because nobody but an administrator can remove an
 * environment. GitLab: the environment `environment/slot`, which its pages show in a folder.
 */
export interface DeploymentPlace {
  /** `preview-web` */
  environment: string
  /** `pr-12` */
  slot: string
}

export interface DeploymentWish extends DeploymentPlace {
  commit: Oid
  /** The branch that the commit is on, without `refs/heads/`; that of a fork will do. */
  branch: string
  state: 'running' | 'success' | 'failure'
  /** Where people can look at it; null while there is no such page. */
  url: string | null
}
