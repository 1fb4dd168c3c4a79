import { type ReviewRequest, requestReview, withdrawReview } from '../../model/review-requests.ts'
import { pullJson, requestedJson } from '../json/pull.ts'
import { type Body, optionalList } from './input.ts'
import { pullOf } from './pull-routes.ts'
import { json } from './reply.ts'
import type { Router } from './router.ts'

const PATH = '/pulls/:number{[0-9]+}/requested_reviewers'
const READ = [['pull_requests', 'read']] as const
const WRITE = [['pull_requests', 'write']] as const

/** Who is asked for a review. https://docs.github.com/en/rest/pulls/review-requests */
export function addReviewRequestRoutes({ read, write }: Router): void {
  read(PATH, READ, (request) => {
    const { requested_reviewers: users, requested_teams: teams } = requestedJson(
      request.model,
      pullOf(request),
    )
    return json({ users, teams })
  })
  write('post', PATH, WRITE, (request) => {
    const { model, repository, actor, body } = request
    const pull = requestReview(model, repository, actor, pullOf(request), wishOf(body))
    return json(pullJson(model, repository, pull), 201)
  })
  write('delete', PATH, WRITE, (request) => {
    const { model, repository, body } = request
    return json(pullJson(model, repository, withdrawReview(model, pullOf(request), wishOf(body))))
  })
}

function wishOf(body: Body): ReviewRequest {
  const texts = (key: string) => (optionalList(body, key) ?? []).map(String)
  return { people: texts('reviewers'), teams: texts('team_reviewers') }
}
