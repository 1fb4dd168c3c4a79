import { blobOid } from '../../domain/blob.ts'
import type { Oid } from '../../domain/commit.ts'
import { STATE_BRANCH } from '../../domain/names.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import { branchMoved } from '../shared/branches.ts'
import type { StateWish } from '../state.ts'
import { assertHead } from './branch.ts'
import type { Client } from './client.ts'
import { actionsOf, filesAt } from './commit-actions.ts'
import { makeCommit } from './make-commit.ts'
import type { Memory } from './memory.ts'
import { ask } from './project.ts'
import { aliasSchemas, ProjectQuery } from './project-query.ts'
import { rememberState, withoutPipeline } from './state.ts'

/**
 * GitLab's API makes no branch without a history: this one begins with the head of the default branch. GitLab puts a
 * commit onto whatever the head is by then, so the head is looked at before and after. In between, `last_commit_id`
 * makes GitLab refuse where one of the same files changed; where another one did, the commit stays, and the conflict
 * lets whoever asked read anew.
 */
export async function writeState(
  client: Client,
  repository: RepositoryId,
  { expectedHead, message, changes }: StateWish,
  memory: Memory,
): Promise<void> {
  const parent = expectedHead ?? (await defaultHead(client, repository))
  const paths = changes.map(({ path }) => path)
  const present = await filesAt(client, repository, parent, paths, memory)
  const needed = changes.filter(
    ({ path, content }) =>
      (present.get(path)?.oid ?? null) !== (content === null ? null : blobOid(content, parent)),
  )
  if (needed.length === 0) return
  const actions = await actionsOf(client, repository, parent, needed, memory, expectedHead ?? undefined)
  if (expectedHead !== null) await assertHead(client, repository, STATE_BRANCH, expectedHead)
  const wish = { message: withoutPipeline(message), changes: needed }
  const start = expectedHead === null ? { startSha: parent, force: false } : null
  const made = await makeCommit(client, repository, STATE_BRANCH, wish, actions, start, memory)
  if (made.parent_ids[0] !== parent) throw branchMoved(repository, STATE_BRANCH)
  if (expectedHead !== null) {
    rememberState(memory, repository, { before: expectedHead, made: made.id, message })
  }
}

async function defaultHead(client: Client, repository: RepositoryId): Promise<Oid> {
  const query = new ProjectQuery(repository.path)
  query.head('head', { kind: 'default' })
  const { repository: found } = await ask(client, repository, query, 'ReadHead')
  const head = aliasSchemas.head.parse(found?.head ?? null)
  if (head === null) throw branchMoved(repository, STATE_BRANCH)
  return head
}
