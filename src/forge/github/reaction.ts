import type { RepositoryId } from '../../domain/repository.ts'
import type { ReactionWish } from '../feedback.ts'
import { statusOf } from '../shared/answer.ts'
import type { Session } from './client.ts'
import { commentNotFound } from './comment.ts'

/** GitHub keeps one of each. https://docs.github.com/en/rest/reactions/reactions#create-reaction-for-an-issue-comment */
export async function ensureReaction(
  session: Session,
  repository: RepositoryId,
  { number, comment, reaction }: ReactionWish,
): Promise<void> {
  const { owner, repo } = session
  try {
    await session.write((request) =>
      request('POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', {
        owner,
        repo,
        comment_id: comment,
        content: reaction,
      }),
    )
  } catch (error) {
    throw statusOf(error) === 404 ? commentNotFound(repository, number) : error
  }
}
