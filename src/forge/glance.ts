import type { RepositoryId } from '../domain/repository.ts'

/** A look at all repositories at once. Throws, as `Forge` says, when none of them can be seen. */
export interface ForgeGlance {
  /** Costs two requests for each hundred repositories on GitHub, one on GitLab. */
  glance(): Promise<Look>
}

export interface Look {
  /** Every repository that the bot was given access to, but for those that a failure hides. */
  seen: Glance[]
  /** Why a part could not be seen, such as one installation; [] when there is nothing besides what was seen. */
  failures: unknown[]
}

export interface Glance {
  repository: RepositoryId
  /**
   * Another text as soon as a branch, a tag or a pull request there has changed, or the repository itself; null where
   * the forge does not tell that for many repositories at once.
   */
  mark: string | null
}
