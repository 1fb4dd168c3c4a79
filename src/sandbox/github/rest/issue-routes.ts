import { commentsOf, createComment, deleteComment, editComment, findComment } from '../../model/discussion.ts'
import { findPull, pullsOf } from '../../model/pulls.ts'
import type { IssueComment } from '../../model/types.ts'
import { commentJson } from '../json/discussion.ts'
import { issueJson } from '../json/pull.ts'
import { requireText } from './input.ts'
import { paginate } from './page.ts'
import { READ, WRITE } from './pull-permissions.ts'
import { ApiError, json } from './reply.ts'
import type { RepositoryRequest, Router } from './router.ts'

/** Comments of pull requests. https://docs.github.com/en/rest/issues/comments */
export function addIssueRoutes({ read, write }: Router): void {
  read('/issues', READ, (request) => {
    const state = request.query('state') ?? 'open'
    const pulls = pullsOf(request.model, request.repository)
      .filter((pull) => state === 'all' || (state === 'open') === (pull.state === 'open'))
      .reverse()
    return paginate(request, pulls, (pull) => issueJson(request.model, request.repository, pull))
  })
  read('/issues/comments', READ, (request) => {
    const { model, repository } = request
    const comments = pullsOf(model, repository).flatMap(({ number }) => commentsOf(model, repository, number))
    return paginate(request, since(request, comments), (comment) => commentJson(model, repository, comment))
  })
  read('/issues/comments/:id{[0-9]+}', READ, (request) =>
    json(commentJson(request.model, request.repository, commentOf(request))),
  )
  write('patch', '/issues/comments/:id{[0-9]+}', WRITE, (request) => {
    const { model, repository, actor, body } = request
    const comment = editComment(model, repository, actor, commentOf(request), requireText(body, 'body'))
    return json(commentJson(model, repository, comment))
  })
  write('delete', '/issues/comments/:id{[0-9]+}', WRITE, (request) => {
    deleteComment(request.model, request.repository, request.actor, commentOf(request))
    return { status: 204 }
  })
  read('/issues/:number{[0-9]+}', READ, ({ model, repository, param }) => {
    const pull = findPull(model, repository, Number(param('number')))
    if (pull === null) throw new ApiError(404, 'Not Found')
    return json(issueJson(model, repository, pull))
  })
  read('/issues/:number{[0-9]+}/comments', READ, (request) => {
    const { model, repository, param } = request
    const number = Number(param('number'))
    if (findPull(model, repository, number) === null) throw new ApiError(404, 'Not Found')
    const comments = since(request, commentsOf(model, repository, number))
    return paginate(request, comments, (comment) => commentJson(model, repository, comment))
  })
  write('post', '/issues/:number{[0-9]+}/comments', WRITE, ({ model, repository, actor, body, param }) => {
    const comment = createComment(
      model,
      repository,
      actor,
      Number(param('number')),
      requireText(body, 'body'),
    )
    const location = model.urls.repositoryApi(repository, `/issues/comments/${comment.id}`)
    return { status: 201, body: commentJson(model, repository, comment), headers: { location } }
  })
}

function since({ query }: RepositoryRequest, comments: IssueComment[]): IssueComment[] {
  const from = query('since')
  return from === undefined
    ? comments
    : comments.filter(({ updatedAt }) => new Date(updatedAt) >= new Date(from))
}

function commentOf({ model, repository, param }: RepositoryRequest): IssueComment {
  const comment = findComment(model, repository, Number(param('id')))
  if (comment === null) throw new ApiError(404, 'Not Found')
  return comment
}
