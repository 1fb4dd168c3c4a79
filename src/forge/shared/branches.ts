import { SupercargoError } from '../../domain/errors.ts'
import { BRANCH_PREFIX, STATE_BRANCH } from '../../domain/names.ts'
import type { RepositoryId } from '../../domain/repository.ts'

/**
 * @param consented the policy of the manifest repository lets the bot write this branch
 * @throws SupercargoError `branch-not-ours` for any other branch (requirement 24), and for the bot's own notes
 */
export function assertOurs(branch: string, consented?: true): void {
  assertNotState(branch)
  if (branch.startsWith(BRANCH_PREFIX) || consented === true) return
  throw notOurs(branch)
}

/**
 * What people have told the bot is written by `writeState` alone.
 * @throws SupercargoError `branch-not-ours`
 */
export function assertNotState(branch: string): void {
  if (branch === STATE_BRANCH) throw notOurs(branch)
}

function notOurs(branch: string): SupercargoError {
  return new SupercargoError(`The branch ${branch} is not one for change requests of the bot.`, {
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
