import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { CommentWish } from '../forge.ts'
import type { Session } from './client.ts'
import { problemsOf } from './graphql.ts'

const EDIT = `mutation EditComment($input: UpdateIssueCommentInput!) {
  comment: updateIssueComment(input: $input) { issueComment { id } }
}`

/**
 * Creates a comment, or edits one by its node id (numbers of comments no longer fit GraphQL's integers).
 * @throws SupercargoError `comment-not-found` (conflict) when somebody deleted it
 */
export async function writeComment(
  session: Session,
  repository: RepositoryId,
  wish: CommentWish,
): Promise<void> {
  const { owner, repo } = session
  if (wish.id === null) {
    await session.write((request) =>
      request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        owner,
        repo,
        issue_number: wish.number,
        body: wish.body,
      }),
    )
    return
  }
  const answer = await session.mutate(EDIT, { input: { id: wish.id, body: wish.body } })
  const [problem] = problemsOf(answer, 'comment')
  if (problem === undefined) return
  if (problem.type !== 'NOT_FOUND') throw problem.error
  throw new SupercargoError(`A comment on ${repository.path}#${wish.number} is gone.`, {
    code: 'comment-not-found',
    kind: 'conflict',
  })
}
