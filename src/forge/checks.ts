import type { Oid } from '../domain/commit.ts'
import type { RepositoryId } from '../domain/repository.ts'

/** What is said of commits by those who build and test them. Failures are thrown as `Forge` says. */
export interface ForgeChecks {
  /**
   * Every check of each commit, all pages of them: check runs and commit statuses on GitHub; on GitLab the newest
   * pipeline of the commit on the branch as `pipeline`, and what is in it: its jobs and commit statuses. Of several
   * from one source the newest counts; where several sources use one name, all of them must have passed. The bot's
   * own report is none. One request for up to 20 commits where they have few, beside those for what is required.
   * @throws SupercargoError `required-checks-unknown` when the forge does not say what is required, which is not
   *   the same as nothing
   */
  readChecks(repository: RepositoryId, branch: string, commits: readonly Oid[]): Promise<BranchChecks>
}

export interface BranchChecks {
  /** Names of the checks that the branch's protection requires; [] where it requires none. */
  required: string[]
  /**
   * By commit; [] where nobody has said anything yet. Where the protection says which app must report a check, those
   * of the same name from anybody else are left out.
   */
  commits: Record<Oid, Check[]>
}

export interface Check {
  name: string
  /** Skipped and neutral ones have passed, as the forge itself has it. `pending` also while it is queued. */
  state: 'passed' | 'failed' | 'pending'
  url: string | null
}
