import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { BranchWish } from '../forge.ts'
import { statusOf } from '../shared/answer.ts'
import { assertOurs, branchMoved } from '../shared/branches.ts'
import type { Client } from './client.ts'

/** 404: it was gone already; 400: it moved or went away while GitLab deleted it, or it may not be deleted. */
const DELETED_MEANWHILE = [400, 404]

const branchSchema = z.object({ commit: z.object({ id: z.string() }) })

/**
 * The head of a branch now; null when there is none.
 * https://docs.gitlab.com/api/branches/#get-single-repository-branch
 */
export async function readHead(
  client: Client,
  repository: RepositoryId,
  branch: string,
): Promise<Oid | null> {
  try {
    return branchSchema.parse(await client.rest.branches.show(repository.path, branch)).commit.id
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}

/** @throws SupercargoError `branch-moved` (conflict) */
export async function assertHead(
  client: Client,
  repository: RepositoryId,
  branch: string,
  expected: Oid | null,
): Promise<void> {
  if ((await readHead(client, repository, branch)) !== expected) throw branchMoved(repository, branch)
}

/**
 * Deletes a branch that is still at `expectedHead`; one that is gone is fine. GitLab deletes whatever is there: what a
 * person pushes between the look and the request is lost to the branch. Only the bot's own branches are deleted, and
 * the commit itself stays, named by the event of that push.
 */
export async function deleteBranch(
  client: Client,
  repository: RepositoryId,
  { branch, consented }: BranchWish,
  expectedHead: Oid,
): Promise<void> {
  assertOurs(branch, consented)
  const head = await readHead(client, repository, branch)
  if (head === null) return
  if (head !== expectedHead) throw branchMoved(repository, branch)
  try {
    await client.rest.branches.remove(repository.path, branch)
  } catch (error) {
    if (!DELETED_MEANWHILE.includes(statusOf(error) ?? 0)) throw error
    const now = await readHead(client, repository, branch)
    if (now === expectedHead) throw error
    if (now !== null) throw branchMoved(repository, branch)
  }
}
