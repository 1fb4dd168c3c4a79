import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { CommentWish } from '../forge.ts'
import type { Session } from './client.ts'
import { problemsOf } from './graphql.ts'

const EDIT = `mutation EditComment($input: UpdateIssueCommentInput!) {
  comment: updateIssueComment(input: $input) { issueComment { id } }
}`

const REMOVE = `mutation DeleteComment($input: DeleteIssueCommentInput!) {
  comment: deleteIssueComment(input: $input) { clientMutationId }
}`

/** How far back another worker's comment may lie that was not there when this one read, in milliseconds. */
const RACE_MS = 10 * 60_000

/**
 * Creates a comment, or edits or replaces one by its node id (numbers of comments no longer fit GraphQL's integers).
 * @throws SupercargoError `comment-not-found` (conflict) when somebody deleted it, `comment-exists` (conflict)
 */
export async function writeComment(
  session: Session,
  repository: RepositoryId,
  wish: CommentWish,
): Promise<void> {
  const { owner, repo } = session
  // the old one first: what is left when this stops half-way is completed by the next pass
  if (wish.id !== null && wish.anew) await change(session, repository, wish.number, REMOVE, { id: wish.id })
  if (wish.id === null || wish.anew) {
    const { data } = await session.write((request) =>
      request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        owner,
        repo,
        issue_number: wish.number,
        body: wish.body,
      }),
    )
    if (wish.marker !== null) await keepOldest(session, repository, wish.number, wish.marker, data)
    return
  }
  await change(session, repository, wish.number, EDIT, { id: wish.id, body: wish.body })
}

async function change(
  session: Session,
  repository: RepositoryId,
  number: number,
  mutation: string,
  input: { id: string; body?: string },
): Promise<void> {
  const answer = await session.mutate(mutation, { input })
  const [problem] = problemsOf(answer, 'comment')
  if (problem === undefined) return
  if (problem.type !== 'NOT_FOUND') throw problem.error
  throw commentNotFound(repository, number)
}

/** The error for a comment that somebody deleted. */
export function commentNotFound(repository: RepositoryId, number: number): SupercargoError {
  return new SupercargoError(`A comment on ${repository.path}#${number} is gone.`, {
    code: 'comment-not-found',
    kind: 'conflict',
  })
}

/**
 * GitHub creates a comment as often as it is asked to. Two workers that create one at the same time both look
 * afterwards, and agree that the older one stays.
 */
async function keepOldest(
  session: Session,
  repository: RepositoryId,
  number: number,
  marker: string,
  created: { id: number | bigint; created_at: string; user: { login: string } | null },
): Promise<void> {
  const { owner, repo } = session
  const since = new Date(Date.parse(created.created_at) - RACE_MS).toISOString()
  const { data } = await session.read((request) =>
    request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      owner,
      repo,
      issue_number: number,
      since,
      per_page: 100,
    }),
  )
  const older = data.some(
    ({ id, user, body }) =>
      id < created.id && user?.login === created.user?.login && body?.includes(marker) === true,
  )
  if (!older) return
  await session.write((request) =>
    request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      owner,
      repo,
      comment_id: created.id,
    }),
  )
  throw new SupercargoError(`Another worker has commented on ${repository.path}#${number} meanwhile.`, {
    code: 'comment-exists',
    kind: 'conflict',
  })
}
