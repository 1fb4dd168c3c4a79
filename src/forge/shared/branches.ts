import { SupercargoError } from '../../domain/errors.ts'
import { BRANCH_PREFIX } from '../../domain/names.ts'
import type { RepositoryId } from '../../domain/repository.ts'

/**
 * @param consented the policy of the manifest repository lets the bot write this branch
 * @throws SupercargoError `branch-not-ours` for any other branch (requirement 24)
 */
export function assertOurs(branch: string, consented?: true): void {
  if (branch.startsWith(BRANCH_PREFIX) || consented === true) return
  throw new SupercargoError(`The branch ${branch} does not belong to the bot.`, {
    code: 'branch-not-ours',
    kind: 'bug',
  })
}

/** The error of a lost race for a branch. */
export function branchMoved(repository: RepositoryId, branch: string): SupercargoError {
  return new SupercargoError(`The branch ${branch} of ${repository.path} was changed by somebody else.`, {
    code: 'branch-moved',
    kind: 'conflict',
  })
}
