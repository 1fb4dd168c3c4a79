import type { RepositoryId } from '../../domain/repository.ts'
import type { LabelWish } from '../feedback.ts'
import type { Client } from './client.ts'

/** All at once. https://docs.gitlab.com/api/merge_requests/#update-a-merge-request */
export async function ensureLabels(
  client: Client,
  repository: RepositoryId,
  iid: number,
  { add, remove }: LabelWish,
): Promise<void> {
  if (add.length === 0 && remove.length === 0) return
  await client.rest.mergeRequests.edit(repository.path, iid, {
    ...(add.length === 0 ? {} : { addLabels: add.join(',') }),
    ...(remove.length === 0 ? {} : { removeLabels: remove.join(',') }),
  })
}
