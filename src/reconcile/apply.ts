import type { Action } from '../plan/action.ts'
import type { Applied } from '../plan/aftermath.ts'
import { type Dependencies, forgeOf } from './dependencies.ts'

/** Carries out one action. Each is an ensure: doing it again, or after somebody else did it, changes nothing. */
export async function apply(
  action: Action,
  { forges, registry }: Pick<Dependencies, 'forges' | 'registry'>,
): Promise<Applied> {
  const { repository } = action
  const forge = forgeOf(forges, repository)
  const { words } = forge
  switch (action.kind) {
    case 'open-change-request':
      return { action, words, opened: await forge.openChangeRequest(repository, action.wish), merge: null }
    case 'merge-change-request':
      return { action, words, opened: null, merge: await forge.mergeChangeRequest(repository, action.wish) }
    case 'update-change-request':
      await forge.updateChangeRequest(repository, action.wish)
      break
    case 'describe-change-request':
      await forge.describeChangeRequest(repository, action.number, action)
      break
    case 'close-change-request':
      await forge.closeChangeRequest(repository, action.wish)
      break
    case 'commit':
      await forge.commit(repository, action.wish)
      break
    case 'delete-branch':
      await forge.deleteBranch(repository, action.branch, action.expectedHead, action.consented)
      break
    case 'comment':
      await forge.writeComment(repository, action.wish)
      break
    case 'show-deployment':
      await forge.ensureDeployment(repository, action.wish)
      break
    case 'end-deployment':
      await forge.endDeployment(repository, action.place)
      break
    case 'retag':
      await registry.retag(action.wish, repository)
      break
    case 'write-state':
      await forge.writeState(repository, action.wish)
      break
    case 'report':
      await forge.writeReport(repository, action.wish)
      break
  }
  return { action, words, opened: null, merge: null }
}
