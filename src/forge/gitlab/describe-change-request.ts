import type { RepositoryId } from '../../domain/repository.ts'
import type { ChangeRequestText } from '../forge.ts'
import type { Client } from './client.ts'
import { withoutQuickActions } from './quick-actions.ts'

/**
 * Title and body, and the branch that it goes into where one is named.
 * https://docs.gitlab.com/api/merge_requests/#update-mr
 */
export async function describeChangeRequest(
  client: Client,
  repository: RepositoryId,
  iid: number,
  text: ChangeRequestText,
  base?: string,
): Promise<void> {
  await client.rest.mergeRequests.edit(repository.path, iid, {
    title: text.title,
    description: withoutQuickActions(text.body),
    ...(base === undefined ? {} : { targetBranch: base }),
  })
}
