import type {
  AddCommentInput,
  DeleteIssueCommentInput,
  UpdateIssueCommentInput,
} from '@octokit/graphql-schema'
import { known, requireAccess } from '../../model/access.ts'
import { createComment, deleteComment, editComment } from '../../model/discussion.ts'
import type { Repository } from '../../model/types.ts'
import type { Execution } from './execution.ts'
import { mutation } from './mutation.ts'
import { commentOf, pullOf } from './nodes.ts'
import { commentView, pullView } from './pulls.ts'

export function commentMutations(execution: Execution): Record<string, unknown> {
  const { model, actor } = execution
  const allow = (repository: Repository): void =>
    requireAccess(model, actor, repository, ['pull_requests', 'write'], ['issues', 'write'])
  return {
    ...mutation<AddCommentInput>('addComment', ['subjectId', 'body'], ({ subjectId, body }) => {
      const { repository, pull } = pullOf(execution, subjectId)
      allow(repository)
      const comment = createComment(model, repository, known(actor), pull.number, body)
      return {
        subject: () => pullView(execution, repository, pull),
        commentEdge: {
          __typename: 'IssueCommentEdge',
          cursor: String(comment.id),
          node: () => commentView(execution, repository, comment),
        },
      }
    }),
    ...mutation<UpdateIssueCommentInput>('updateIssueComment', ['id', 'body'], ({ id, body }) => {
      const { repository, comment } = commentOf(execution, id)
      allow(repository)
      const edited = editComment(model, repository, known(actor), comment, body)
      return { issueComment: () => commentView(execution, repository, edited) }
    }),
    ...mutation<DeleteIssueCommentInput>('deleteIssueComment', ['id'], ({ id }) => {
      const { repository, comment } = commentOf(execution, id)
      allow(repository)
      deleteComment(model, repository, known(actor), comment)
      return {}
    }),
  }
}
