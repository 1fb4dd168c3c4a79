import { memberLevel } from '../../model/access.ts'
import { levelOf } from '../../model/protection.ts'
import { deleteRepository, updateRepository } from '../../model/repositories.ts'
import type { Repository } from '../../model/types.ts'
import { fullPath, projectJson, simpleProjectJson } from '../json/project.ts'
import { createProject, groupLine, moveProject } from '../state/groups.ts'
import { announceProject } from '../webhooks/project.ts'
import {
  optionalBoolean,
  optionalChoice,
  optionalInteger,
  optionalText,
  optionalTime,
  requireText,
} from './input.ts'
import { paginate, paginateByKey, wantsKeyset } from './page.ts'
import { badParameter, forbidden, json, notFound, type Reply, refuse } from './reply.ts'
import type { KnownRequest, ProjectRequest, RestRequest, Router } from './router.ts'

/** Projects. https://docs.gitlab.com/api/projects/ */
export function addProjectRoutes({ route, project }: Router): void {
  route('get', '/projects', (request) => listProjects(request, request.model.tables.repositories.all()))
  route('post', '/projects', create)
  project('get', '', 'read', ({ model, project, actor }) => json(projectJson(model, project, actor.account)))
  project('put', '', 40, update)
  project('put', '/transfer', 50, transfer)
  project('delete', '', 50, async ({ model, project, actor }) => {
    await deleteRepository(model, project)
    announceProject(model, actor.account, project, 'project_destroy')
    return json({ message: '202 Accepted' }, 202)
  })
  project('post', '/archive', 50, async ({ model, project, actor }) =>
    json(projectJson(model, await updateRepository(model, project, { archived: true }), actor.account), 201),
  )
  project('post', '/unarchive', 'read', async ({ model, project, actor }) => {
    if (levelOf(model, actor, project) < 50) throw forbidden()
    const next = await updateRepository(model, project, { archived: false })
    return json(projectJson(model, next, actor.account), 201)
  })
}

/** The projects that the actor may see and the parameters ask for. */
export function listProjects(request: KnownRequest, all: readonly Repository[]): Promise<Reply> {
  const { model, params, actor } = request
  const least = optionalInteger(params, 'min_access_level') ?? 0
  const member = optionalBoolean(params, 'membership') === true || least > 0
  const archived = optionalBoolean(params, 'archived')
  const search = optionalText(params, 'search')?.toLowerCase()
  const after = optionalTime(params, 'last_activity_after')
  const active = ({ pushedAt }: Repository): number => Date.parse(pushedAt)
  const shown = all
    .filter((each) => !each.private || levelOf(model, actor, each) > 0)
    .filter((each) => !member || memberLevel(model, actor.account, each) >= Math.max(least, 10))
    .filter((each) => archived === undefined || each.archived === archived)
    .filter((each) => search === undefined || fullPath(each).toLowerCase().includes(search))
    .filter((each) => after === undefined || active(each) >= after)
  const simple = optionalBoolean(params, 'simple') === true
  const shape = (each: Repository): unknown =>
    simple ? simpleProjectJson(model, each) : projectJson(model, each, actor.account)
  const sign = optionalChoice(params, 'sort', ['asc', 'desc']) === 'asc' ? 1 : -1
  const orders = ['id', 'name', 'path', 'created_at', 'updated_at', 'last_activity_at'] as const
  const order = optionalChoice(params, 'order_by', orders) ?? 'created_at'
  const by: Record<string, (each: Repository) => string | number> = {
    name: ({ name }) => name,
    path: ({ name }) => name,
    updated_at: ({ updatedAt }) => updatedAt,
    last_activity_at: active,
  }
  const key = by[order] ?? (({ id }: Repository) => id)
  const sorted = [...shown].sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id - b.id))
  if (!wantsKeyset(request)) return paginate(request, sorted, shape)
  if (order !== 'id') throw refuse(405, '405 Keyset pagination is not yet available for this type of request')
  return paginateByKey(request, sorted, ({ id }) => String(id), sign === 1 ? 'id_after' : 'id_before', shape)
}

async function create({ model, actor, params }: KnownRequest): Promise<Reply> {
  const path =
    optionalText(params, 'path') ?? requireText(params, 'name').toLowerCase().replaceAll(/\W+/g, '-')
  const namespaceId = optionalInteger(params, 'namespace_id')
  const namespace = namespaceId === undefined ? actor.account : model.tables.accounts.get(namespaceId)
  if (namespace === undefined) throw badParameter('namespace_id is invalid')
  const own = namespace.id === actor.account.id || actor.account.id === model.you.id
  const levels = groupLine(model, namespace.login).flatMap((id) => model.tables.members.by(id))
  if (!own && !levels.some(({ accountId, level }) => accountId === actor.account.id && level >= 30)) {
    throw forbidden()
  }
  if (model.tables.repositories.by(`${namespace.login}/${path}`.toLowerCase()).length > 0) {
    const taken = ['has already been taken']
    throw refuse(400, { 'project_namespace.name': taken, name: taken, path: taken })
  }
  const project = await createProject(model, `${namespace.login}/${path}`, {
    private: optionalText(params, 'visibility') !== 'public',
    defaultBranch: optionalText(params, 'default_branch') ?? 'main',
    description: optionalText(params, 'description') ?? null,
  })
  announceProject(model, actor.account, project, 'project_create')
  return json(projectJson(model, project, actor.account), 201)
}

async function update({ model, project, actor, params }: ProjectRequest): Promise<Reply> {
  const visibility = optionalChoice(params, 'visibility', ['private', 'internal', 'public'])
  const defaultBranch = optionalText(params, 'default_branch')
  const description = optionalText(params, 'description')
  const removes = optionalBoolean(params, 'remove_source_branch_after_merge')
  const pipeline = optionalBoolean(params, 'only_allow_merge_if_pipeline_succeeds')
  const method = optionalChoice(params, 'merge_method', ['merge', 'rebase_merge', 'ff'])
  const path = optionalText(params, 'path')
  const moved =
    path === undefined || path === project.name
      ? project
      : await moveProject(model, project, `${project.owner}/${path}`)
  const next = await updateRepository(model, moved, {
    ...(visibility === undefined ? {} : { private: visibility !== 'public' }),
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
    ...(description === undefined ? {} : { description }),
    ...(removes === undefined ? {} : { deleteBranchOnMerge: removes }),
    ...(pipeline === undefined ? {} : { onlyMergeAfterPipeline: pipeline }),
    ...(method === undefined ? {} : { allowMergeCommit: method === 'merge' }),
  })
  if (moved !== project) announceProject(model, actor.account, next, 'project_rename', project)
  return json(projectJson(model, next, actor.account))
}

async function transfer({ model, project, actor, params }: ProjectRequest): Promise<Reply> {
  const wanted = requireText(params, 'namespace')
  const account = /^\d+$/.test(wanted)
    ? model.tables.accounts.get(Number(wanted))
    : model.tables.accounts.by(wanted.toLowerCase())[0]
  if (account === undefined) throw notFound('Namespace')
  const next = await moveProject(model, project, `${account.login}/${project.name}`)
  announceProject(model, actor.account, next, 'project_transfer', project)
  return json(projectJson(model, next, actor.account))
}

/** For the routes of groups. */
export function projectsBelow({ model }: RestRequest, path: string, nested: boolean): Repository[] {
  return model.tables.repositories
    .all()
    .filter(({ owner }) => owner === path || (nested && owner.startsWith(`${path}/`)))
}
