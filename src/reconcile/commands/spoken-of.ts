import { BRANCH_PREFIX } from '../../domain/names.ts'
import { parseRepository, type RepositoryId } from '../../domain/repository.ts'
import type { Forge } from '../../forge/forge.ts'
import { readBlock } from '../../plan/change-requests/block.ts'

/** What the commands of a comment are about. */
export interface SpokenOf {
  /** The application repository. */
  repository: RepositoryId
  /** The app of the change request on which the comment stands; null: it stands on a request of the application. */
  app: string | null
}

const NOTHING = { branch: null, files: [], directories: [] }

/**
 * A comment on a request of an application is about that application, and one on a change request of the bot's about
 * the application whose it is. Only what the bot itself has opened says so, on branches of its own.
 */
export async function spokenOf(forge: Forge, repository: RepositoryId, number: number): Promise<SpokenOf> {
  const { branches } = await forge.readManifests(repository, {
    ...NOTHING,
    changeRequestBranches: [],
    branchPrefixes: [BRANCH_PREFIX],
  })
  if (branches.length === 0) return { repository, app: null }
  const { changeRequests } = await forge.readManifests(repository, {
    ...NOTHING,
    changeRequestBranches: branches,
  })
  const found = Object.values(changeRequests).find(
    ({ open }) => open?.ours === true && open.number === number,
  )
  const block = readBlock(found?.open?.body ?? '')
  return block === null
    ? { repository, app: null }
    : { repository: parseRepository(block.source, repository.forge), app: block.app }
}
