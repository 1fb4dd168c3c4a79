import { errorKind } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { CloseChangeRequest } from '../forge.ts'
import { deleteBranch } from './branch.ts'
import type { Client } from './client.ts'
import { withoutQuickActions } from './quick-actions.ts'

/** Sets the body and closes in one request, then deletes the branch if nobody moved it. */
export async function closeChangeRequest(
  client: Client,
  repository: RepositoryId,
  wish: CloseChangeRequest,
): Promise<void> {
  await client.rest.mergeRequests.edit(repository.path, wish.number, {
    description: withoutQuickActions(wish.body),
    stateEvent: 'close',
  })
  try {
    await deleteBranch(client, repository, wish, wish.expectedHead)
  } catch (error) {
    if (errorKind(error) !== 'conflict') throw error
  }
}
