import { accountById, findAccount } from '../../model/access.ts'
import type { AccessLevel, Member } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import { userById, userJson } from '../json/user.ts'
import { allMembers, groupLine, setMember } from '../state/groups.ts'
import { groupRoute } from './group-routes.ts'
import { optionalInteger, optionalText, type Params, requireInteger } from './input.ts'
import { paginate } from './page.ts'
import { badParameter, json, notFound, type Reply, refuse } from './reply.ts'
import type { KnownRequest, Router } from './router.ts'

const LEVELS: readonly number[] = [10, 20, 30, 40, 50]

/** What the members are of, and the groups above. */
interface Source {
  id: number
  line: number[]
}

/** Members of projects and groups. https://docs.gitlab.com/api/members/ */
export function addMemberRoutes(router: Router): void {
  type Handler = (request: KnownRequest, source: Source) => Promise<Reply> | Reply
  const both = (
    method: 'get' | 'post' | 'put' | 'delete',
    path: string,
    least: 0 | 40,
    handler: Handler,
  ): void => {
    router.project(method, path, least === 0 ? 'read' : least, (request) => {
      const { project, model } = request
      return handler(request, { id: project.id, line: [project.id, ...groupLine(model, project.owner)] })
    })
    groupRoute(router, method, path, least, (request) => {
      const { group, model } = request
      return handler(request, { id: group.id, line: groupLine(model, group.login) })
    })
  }
  both('get', '/members', 0, (request, { id }) => list(request, request.model.tables.members.by(id)))
  both('get', '/members/all', 0, (request, { line }) => list(request, allMembers(request.model, line)))
  both('get', '/members/all/:user', 0, (request, { line }) => one(request, allMembers(request.model, line)))
  both('get', '/members/:user', 0, (request, { id }) => one(request, request.model.tables.members.by(id)))
  both('post', '/members', 40, add)
  both('put', '/members/:user', 40, change)
  both('delete', '/members/:user', 40, remove)
}

function memberJson(model: Model, member: Member): Record<string, unknown> {
  return {
    ...userJson(model, accountById(model, member.accountId)),
    access_level: member.level,
    created_at: member.createdAt,
    created_by: userById(model, model.you.id),
    expires_at: member.expiresAt,
    membership_state: 'active',
  }
}

function list(request: KnownRequest, members: Member[]): Promise<Reply> {
  const query = optionalText(request.params, 'query')?.toLowerCase()
  const shown = members.filter(
    ({ accountId }) =>
      query === undefined || accountById(request.model, accountId).login.toLowerCase().includes(query),
  )
  return paginate(request, shown, (member) => memberJson(request.model, member))
}

function one({ model, number }: KnownRequest, members: Member[]): Reply {
  const member = members.find(({ accountId }) => accountId === number('user'))
  if (member === undefined) throw notFound()
  return json(memberJson(model, member))
}

function add({ model, params }: KnownRequest, source: Source): Reply {
  const id = optionalInteger(params, 'user_id')
  const name = optionalText(params, 'username')
  const account = id === undefined ? findAccount(model, name ?? '') : model.tables.accounts.get(id)
  if (!account) throw notFound('User')
  const level = readLevel(params)
  if (model.tables.members.by(source.id).some(({ accountId }) => accountId === account.id)) {
    throw refuse(409, 'Member already exists')
  }
  const member = setMember(model, source, account.login, level, optionalText(params, 'expires_at') ?? null)
  return json(member === null ? {} : memberJson(model, member), 201)
}

function change({ model, params, number }: KnownRequest, source: Source): Reply {
  const known = model.tables.members.by(source.id).find(({ accountId }) => accountId === number('user'))
  if (known === undefined) throw notFound()
  const { login } = accountById(model, known.accountId)
  const member = setMember(
    model,
    source,
    login,
    readLevel(params),
    optionalText(params, 'expires_at') ?? null,
  )
  return json(member === null ? {} : memberJson(model, member))
}

function remove({ model, number }: KnownRequest, source: Source): Reply {
  const known = model.tables.members.by(source.id).find(({ accountId }) => accountId === number('user'))
  if (known === undefined) throw notFound()
  setMember(model, source, accountById(model, known.accountId).login, null)
  return { status: 204 }
}

function readLevel(params: Params): AccessLevel {
  const level = requireInteger(params, 'access_level')
  if (!LEVELS.includes(level)) throw badParameter('access_level does not have a valid value')
  return level as AccessLevel
}
