import { errorKind } from '../domain/errors.ts'
import type { RepositoryId } from '../domain/repository.ts'
import type { Forge } from '../forge/forge.ts'
import type { NotAsked } from '../forge/people.ts'
import type { Action, Asks } from '../plan/action.ts'
import type { Applied } from '../plan/aftermath.ts'
import { type Dependencies, forgeOf } from './dependencies.ts'
import { reasonOf } from './reason-of.ts'

/** Carries out one action. Each is an ensure: doing it again, or after somebody else did it, changes nothing. */
export async function apply(
  action: Action,
  { forges, registry }: Pick<Dependencies, 'forges' | 'registry'>,
): Promise<Applied> {
  const { repository } = action
  const forge = forgeOf(forges, repository)
  const { words } = forge
  switch (action.kind) {
    case 'open-change-request': {
      const opened = await forge.openChangeRequest(repository, action.wish)
      const { asks } = action
      const notAsked =
        asks === undefined ? [] : await ask(forge, repository, opened.number, asks).catch(laterBy(asks))
      return { action, words, opened, merge: null, notAsked }
    }
    case 'ask-reviewers': {
      const notAsked = await ask(forge, repository, action.number, action)
      return { action, words, opened: null, merge: null, notAsked }
    }
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
    case 'status':
      await forge.writeStatus(repository, action.wish)
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

/** Remembers who was asked when it is done: after a crash in between nobody is asked twice, because the forge looks. */
async function ask(
  forge: Forge,
  repository: RepositoryId,
  number: number,
  { reviewers, title, body }: Asks,
): Promise<NotAsked[]> {
  const notAsked = await forge.askReviewers(repository, number, reviewers)
  await forge.describeChangeRequest(repository, number, { title, body })
  return notAsked
}

/** The change request is open all the same: the next pass asks whoever is not named in it. */
function laterBy({ reviewers: { users, teams } }: Asks): (error: unknown) => NotAsked[] {
  return (error) => {
    if (errorKind(error) === 'bug') throw error
    const why = `${reasonOf(error).message} It is tried again.`
    return [...users, ...teams].map((who) => ({ who, why }))
  }
}
