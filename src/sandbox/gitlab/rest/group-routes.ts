import type { Model } from '../../model/model.ts'
import { levelOf } from '../../model/protection.ts'
import type { Account, KnownActor } from '../../model/types.ts'
import { allMembers, ensureGroup, groupLine, groupPath } from '../state/groups.ts'
import { optionalBoolean, optionalInteger, optionalText, requireText } from './input.ts'
import { paginate } from './page.ts'
import { listProjects, projectsBelow } from './project-routes.ts'
import { forbidden, json, notFound, type Reply, refuse } from './reply.ts'
import type { KnownRequest, Method, Router } from './router.ts'

export interface GroupRequest extends KnownRequest {
  group: Account
}

/** Groups. https://docs.gitlab.com/api/groups/ */
export function addGroupRoutes(router: Router): void {
  const { route } = router
  route('get', '/groups', (request) => {
    const { model, actor, params } = request
    const search = optionalText(params, 'search')?.toLowerCase()
    const least = optionalInteger(params, 'min_access_level') ?? 0
    const groups = model.tables.accounts
      .all()
      .filter(({ type }) => type === 'Organization')
      .filter(({ login }) => search === undefined || login.toLowerCase().includes(search))
      .filter((group) => groupLevel(model, actor, group) >= least)
    return paginate(request, groups, (group) => groupJson(model, group))
  })
  route('post', '/groups', create)
  groupRoute(router, 'get', '', 0, ({ model, group }) => json(groupJson(model, group)))
  groupRoute(router, 'get', '/projects', 0, (request) => {
    const nested = optionalBoolean(request.params, 'include_subgroups') === true
    return listProjects(request, projectsBelow(request, request.group.login, nested))
  })
}

/** A route below `/groups/:id`; `least` is the access level that is needed. */
export function groupRoute(
  { route }: Router,
  method: Method,
  path: string,
  least: number,
  handler: (request: GroupRequest) => Promise<Reply> | Reply,
): void {
  route(method, `/groups/:id${path}`, (request) => {
    const id = request.param('id')
    const group = /^\d+$/.test(id)
      ? request.model.tables.accounts.get(Number(id))
      : groupPath(request.model, id)
    if (group?.type !== 'Organization') throw notFound('Group')
    if (groupLevel(request.model, request.actor, group) < least) throw forbidden()
    return handler({ ...request, group })
  })
}

/** The actor's access level in a group, inherited ones included. */
function groupLevel(model: Model, actor: KnownActor, group: Account): number {
  return levelOf(model, actor, { owner: group.login, id: -1 })
}

export function groupJson(model: Model, group: Account): Record<string, unknown> {
  const parts = group.login.split('/')
  const name = parts.at(-1) ?? group.login
  return {
    id: group.id,
    web_url: model.urls.html(`/groups/${group.login}`),
    name,
    path: name,
    description: '',
    visibility: 'private',
    avatar_url: null,
    request_access_enabled: true,
    full_name: parts.join(' / '),
    full_path: group.login,
    created_at: group.createdAt,
    parent_id: groupPath(model, parts.slice(0, -1).join('/'))?.id ?? null,
  }
}

function create({ model, actor, params }: KnownRequest): Reply {
  const path = requireText(params, 'path')
  const parentId = optionalInteger(params, 'parent_id')
  const parent = parentId === undefined ? null : (model.tables.accounts.get(parentId) ?? null)
  if (actor.account.type === 'Bot') throw forbidden()
  const whole = parent === null ? path : `${parent.login}/${path}`
  if (groupPath(model, whole) !== null) {
    throw refuse(400, 'Failed to save group {:path=>["has already been taken"]}')
  }
  const group = ensureGroup(model, whole)
  const owner = {
    sourceId: group.id,
    accountId: actor.account.id,
    level: 50,
    createdAt: model.now(),
  } as const
  if (!allMembers(model, groupLine(model, whole)).some(({ accountId }) => accountId === actor.account.id)) {
    model.save(['members', { id: model.nextId(), ...owner, expiresAt: null }])
  }
  return json(groupJson(model, group), 201)
}
