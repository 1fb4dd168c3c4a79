import type { RepositoryId } from '../domain/repository.ts'

/** A look at all repositories at once. Failures are thrown as `Forge` says. */
export interface ForgeGlance {
  /**
   * Every repository that the bot was given access to, with a mark. Throws rather than return a part of them. Two
   * requests for each hundred of them on GitHub, one on GitLab.
   */
  glance(): Promise<Glance[]>
}

export interface Glance {
  repository: RepositoryId
  /**
   * Another text as soon as a branch, a tag or a pull request there has changed, or the repository itself; null where
   * the forge does not tell that for many repositories at once.
   */
  mark: string | null
}
