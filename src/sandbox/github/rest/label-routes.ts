import { labelPull } from '../../model/labels.ts'
import { findPull } from '../../model/pulls.ts'
import type { PullRequest } from '../../model/types.ts'
import { labelJson } from '../json/label.ts'
import { asObject, invalidRequest, optionalList, requireText } from './input.ts'
import { paginate } from './page.ts'
import { READ, WRITE } from './pull-permissions.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, Router } from './router.ts'

/** Labels of pull requests. https://docs.github.com/en/rest/issues/labels */
export function addLabelRoutes({ read, write }: Router): void {
  read('/issues/:number{[0-9]+}/labels', READ, (request) => {
    const { model, repository } = request
    return paginate(request, pullOf(request).labels, (name) => labelJson(model, repository, name))
  })
  write('post', '/issues/:number{[0-9]+}/labels', WRITE, (request) => {
    const { model, repository, actor, body } = request
    const labels = optionalList(body, 'labels') ?? []
    if (labels.length === 0) throw invalidRequest('"labels" wasn\'t supplied.')
    const names = labels.map((each) =>
      typeof each === 'string' ? each : requireText(asObject(each, 'labels'), 'name'),
    )
    const labelled = names.reduce(
      (pull, name) => labelPull(model, repository, actor, pull, 'labeled', name),
      pullOf(request),
    )
    return all(request, labelled)
  })
  write('delete', '/issues/:number{[0-9]+}/labels/:name', WRITE, (request) => {
    const { model, repository, actor, param } = request
    const pull = pullOf(request)
    const name = pull.labels.find((label) => label.toLowerCase() === param('name').toLowerCase())
    if (name === undefined) throw new ApiError(404, 'Label does not exist')
    return all(request, labelPull(model, repository, actor, pull, 'unlabeled', name))
  })
}

function all({ model, repository }: RepositoryRequest, { labels }: PullRequest): Reply {
  return json(labels.map((name) => labelJson(model, repository, name)))
}

function pullOf({ model, repository, param }: RepositoryRequest): PullRequest {
  const pull = findPull(model, repository, Number(param('number')))
  if (pull === null) throw new ApiError(404, 'Not Found')
  return pull
}
