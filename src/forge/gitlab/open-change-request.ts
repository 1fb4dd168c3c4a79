import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { ChangeRequestLink, OpenChangeRequest } from '../forge.ts'
import { answerOf, statusOf } from '../shared/answer.ts'
import { assertOurs } from '../shared/branches.ts'
import { assertHead } from './branch.ts'
import type { Client } from './client.ts'
import { actionsOf } from './commit-actions.ts'
import { describeChangeRequest } from './describe-change-request.ts'
import type { Me } from './identity.ts'
import { makeCommit } from './make-commit.ts'
import type { Memory } from './memory.ts'
import { withoutQuickActions } from './quick-actions.ts'

const linkSchema = z.object({
  iid: z.number(),
  web_url: z.string(),
  sha: z.string().nullish(),
  source_project_id: z.number().nullish(),
  target_project_id: z.number(),
  author: z.object({ id: z.number() }).nullish(),
})

/** Milliseconds before the merge request alone is tried again, when GitLab does not see the new branch yet. */
const WAITS = [300, 700, 1000]

/**
 * One request makes the branch with its commit, another the merge request. What is half done is found by the next pass,
 * as a branch that is left over.
 */
export async function openChangeRequest(
  client: Client,
  repository: RepositoryId,
  wish: OpenChangeRequest,
  me: Me,
  memory: Memory,
): Promise<ChangeRequestLink> {
  assertOurs(wish.branch, wish.consented)
  const actions = await actionsOf(client, repository, wish.baseOid, wish.commit.changes, memory)
  // a branch that is left over is written over by force, with the same window as in updateChangeRequest
  if (wish.leftover !== null) await assertHead(client, repository, wish.branch, wish.leftover)
  const start = { startSha: wish.baseOid, force: wish.leftover !== null }
  const made = await makeCommit(client, repository, wish.branch, wish.commit, actions, start, memory)
  return await openMergeRequest(client, repository, wish, made.id, me)
}

/** https://docs.gitlab.com/api/merge_requests/#create-mr */
async function openMergeRequest(
  client: Client,
  repository: RepositoryId,
  wish: OpenChangeRequest,
  head: Oid,
  me: Me,
): Promise<ChangeRequestLink> {
  for (const wait of [...WAITS, null]) {
    try {
      const made = linkSchema.parse(
        await client.rest.mergeRequests.create(repository.path, wish.branch, wish.base, wish.title, {
          description: withoutQuickActions(wish.body),
        }),
      )
      return { number: made.iid, url: made.web_url }
    } catch (error) {
      if (statusOf(error) === 409) return await adopt(client, repository, wish, head, me)
      if (!isNotSeenYet(error)) throw error
      if (wait !== null) await sleep(wait)
    }
  }
  throw new SupercargoError(
    `GitLab made the branch ${wish.branch} of ${repository.path}, but no merge request.`,
    { code: 'change-request-half-made', kind: 'transient' },
  )
}

function isNotSeenYet(error: unknown): boolean {
  const status = statusOf(error)
  return (status === 400 || status === 422) && /source.branch/i.test(answerOf(error))
}

/**
 * A merge request of the branch is there already. When the bot itself opened it, after this commit or for it (an answer
 * that got lost), it becomes ours.
 */
async function adopt(
  client: Client,
  repository: RepositoryId,
  wish: OpenChangeRequest,
  head: Oid,
  me: Me,
): Promise<ChangeRequestLink> {
  const query = { state: 'opened' as const, sourceBranch: wish.branch, targetBranch: wish.base }
  const found = z
    .array(linkSchema)
    .parse(
      await client.rest.mergeRequests.all({ projectId: repository.path, ...query, maxPages: 1, perPage: 20 }),
    )
  const own = found.find(
    ({ source_project_id: source, target_project_id: target, author }) =>
      source === target && author?.id === me.id,
  )
  if (own !== undefined) {
    await assertHead(client, repository, wish.branch, head)
    await describeChangeRequest(client, repository, own.iid, wish)
    return { number: own.iid, url: own.web_url }
  }
  throw new SupercargoError(`${repository.path} already has a merge request for ${wish.branch}.`, {
    code: 'change-request-exists',
    kind: 'conflict',
  })
}
