import { accountById } from '../../model/access.ts'
import { association } from '../../model/discussion.ts'
import { nodeId } from '../../model/ids.ts'
import type { Model } from '../../model/model.ts'
import type { IssueComment, Repository, Review } from '../../model/types.ts'
import { accountJson } from './account.ts'
import { integrationJson } from './app.ts'
import { reactionsJson } from './pull.ts'

/** GitHub's `issue-comment`. */
export function commentJson(
  model: Model,
  repository: Repository,
  comment: IssueComment,
): Record<string, unknown> {
  const api = model.urls.repositoryApi(repository)
  const url = `${api}/issues/comments/${comment.id}`
  return {
    url,
    html_url: model.urls.repository(repository, `/pull/${comment.number}#issuecomment-${comment.id}`),
    issue_url: `${api}/issues/${comment.number}`,
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: accountJson(model, accountById(model, comment.authorId)),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: association(model, repository, comment.authorId),
    body: comment.body,
    reactions: reactionsJson(`${url}/reactions`, model.tables.awards.by(comment.id)),
    performed_via_github_app: comment.authorId === model.bot.id ? integrationJson(model) : null,
  }
}

/** GitHub's `pull-request-review`. */
export function reviewJson(model: Model, repository: Repository, review: Review): Record<string, unknown> {
  const html = model.urls.repository(repository, `/pull/${review.number}#pullrequestreview-${review.id}`)
  const pull = model.urls.repositoryApi(repository, `/pulls/${review.number}`)
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: accountJson(model, accountById(model, review.authorId)),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    author_association: association(model, repository, review.authorId),
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: review.submittedAt,
    commit_id: review.commitOid,
  }
}
