import { spawnSync } from 'node:child_process'
import { SupercargoError } from '../domain/errors.ts'

/**
 * Whether the git of this machine knows whose commits it makes; without that `git commit` refuses.
 * @throws SupercargoError `git-missing`
 */
export function gitKnowsItsUser(): boolean {
  const { error, status } = spawnSync('git', ['config', '--get', 'user.email'], {
    timeout: 5_000,
    stdio: 'ignore',
  })
  if (error === undefined) return status === 0
  throw new SupercargoError('The sandbox needs git, and there is none.', {
    code: 'git-missing',
    kind: 'permanent',
    advice:
      'Install git, or set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET to work for GitHub, where it is not needed.',
    cause: error,
  })
}
