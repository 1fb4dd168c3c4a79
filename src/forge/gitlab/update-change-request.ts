import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { UpdateChangeRequest } from '../forge.ts'
import { assertOurs } from '../shared/branches.ts'
import { assertHead } from './branch.ts'
import type { Client } from './client.ts'
import { actionsOf } from './commit-actions.ts'
import { describeChangeRequest } from './describe-change-request.ts'
import { makeCommit } from './make-commit.ts'
import type { Memory } from './memory.ts'

const stateSchema = z.object({ state: z.string() })

/**
 * Rebuilds the branch in place, in one request that moves it from its old head to the new commit: it never points to
 * its base, at which GitLab would find nothing to merge.
 *
 * GitLab compares and swaps no branches. The head is looked at right before the write and right after it; what a person
 * pushes in the moment between the first look and the write is written over. It stays in GitLab as a version of the
 * merge request. What is pushed after the write is on top of ours, is noticed here or by the next pass, and stops the
 * bot as every commit of a person does. Passes of the bot itself are one at a time for each manifest repository's key.
 */
export async function updateChangeRequest(
  client: Client,
  repository: RepositoryId,
  wish: UpdateChangeRequest,
  memory: Memory,
): Promise<void> {
  assertOurs(wish.branch, wish.consented)
  const actions = await actionsOf(client, repository, wish.baseOid, wish.commit.changes, memory)
  const shown = await client.rest.mergeRequests.show(repository.path, wish.number)
  if (stateSchema.parse(shown).state !== 'opened') throw changeRequestEnded(repository, wish.number)
  await assertHead(client, repository, wish.branch, wish.expectedHead)
  const start = { startSha: wish.baseOid, force: true }
  const made = await makeCommit(client, repository, wish.branch, wish.commit, actions, start, memory)
  await assertHead(client, repository, wish.branch, made.id)
  await describeChangeRequest(client, repository, wish.number, wish, wish.base)
}

function changeRequestEnded(repository: RepositoryId, iid: number): SupercargoError {
  return new SupercargoError(`The merge request ${iid} of ${repository.path} is no longer open.`, {
    code: 'change-request-ended',
    kind: 'conflict',
  })
}
