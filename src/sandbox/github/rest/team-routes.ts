import { findAccount } from '../../model/access.ts'
import { findTeam, type Team, teamMembers } from '../../model/teams.ts'
import { accountJson } from '../json/account.ts'
import { paginate } from './page.ts'
import { ApiError, json } from './reply.ts'
import type { RestRequest, Router } from './router.ts'

/** Who is in which team. https://docs.github.com/en/rest/teams/members */
export function addTeamRoutes({ route }: Router): void {
  route('get', '/orgs/:org/teams/:team/memberships/:login', (request) => {
    const { model, param } = request
    const team = visibleTeam(request)
    const account = findAccount(model, param('login'))
    if (account === null || !teamMembers(model, team).some(({ id }) => id === account.id)) {
      throw new ApiError(404, 'Not Found')
    }
    const url = `${model.urls.api(`/teams/${team.id}/memberships/${account.login}`)}`
    return json({ url, role: 'member', state: 'active' })
  })
  route('get', '/orgs/:org/teams/:team/members', (request) =>
    paginate(request, teamMembers(request.model, visibleTeam(request)), (account) =>
      accountJson(request.model, account),
    ),
  )
}

/** @throws ApiError 403 for an app that may not read members */
function visibleTeam({ model, actor, param }: RestRequest): Team {
  const organization = findAccount(model, param('org'))
  if (actor.kind === 'anonymous') throw new ApiError(401, 'Requires authentication')
  if (actor.kind === 'app') throw new ApiError(403, 'Resource not accessible by integration')
  if (actor.kind === 'installation') {
    if (actor.installation.accountId !== organization?.id) throw new ApiError(404, 'Not Found')
    if (actor.permissions.members === undefined)
      throw new ApiError(403, 'Resource not accessible by integration')
  }
  const team = findTeam(model, param('org'), param('team'))
  if (team === null) throw new ApiError(404, 'Not Found')
  return team
}
