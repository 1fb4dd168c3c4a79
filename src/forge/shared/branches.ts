import { SupercargoError } from '../../domain/errors.ts'
import { BRANCH_PREFIX } from '../../domain/names.ts'
import type { RepositoryId } from '../../domain/repository.ts'

/** @throws SupercargoError `branch-not-ours` */
export function assertOurs(branch: string): void {
  if (branch.startsWith(BRANCH_PREFIX)) return
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
