import { protect, protectionOf, unprotect } from '../../model/protection.ts'
import type { Protection } from '../../model/types.ts'
import { optionalBoolean, optionalInteger, requireText } from './input.ts'
import { paginate } from './page.ts'
import { json, notFound, type Reply, refuse } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

const NAMES: Record<number, string> = {
  0: 'No one',
  30: 'Developers + Maintainers',
  40: 'Maintainers',
  60: 'Admins',
}

/** Protected branches. https://docs.gitlab.com/api/protected_branches/ */
export function addProtectionRoutes({ project }: Router): void {
  project('get', '/protected_branches', 30, (request) =>
    paginate(request, request.model.tables.protections.by(request.project.id), protectedJson),
  )
  project('post', '/protected_branches', 40, create)
  project('get', '/protected_branches/:name', 30, (request) => json(protectedJson(find(request))))
  project('delete', '/protected_branches/:name', 40, (request) => {
    unprotect(request.model, request.project, find(request).branch)
    return { status: 204 }
  })
}

function find({ model, project, param }: ProjectRequest): Protection {
  const found = model.tables.protections.by(project.id).find(({ branch }) => branch === param('name'))
  if (found === undefined) throw notFound()
  return found
}

function create({ model, project, params }: ProjectRequest): Reply {
  const name = requireText(params, 'name')
  if (protectionOf(model, project, name)?.branch === name) {
    throw refuse(409, `Protected branch '${name}' already exists`)
  }
  const levels = {
    push: optionalInteger(params, 'push_access_level') ?? 40,
    merge: optionalInteger(params, 'merge_access_level') ?? 40,
    allowForcePush: optionalBoolean(params, 'allow_force_push') ?? false,
  }
  return json(protectedJson(protect(model, project, name, { levels })), 201)
}

function protectedJson({ id, branch, levels }: Protection): Record<string, unknown> {
  const level = (access_level: number): unknown[] => [
    { id, access_level, access_level_description: NAMES[access_level] ?? '', user_id: null, group_id: null },
  ]
  return {
    id,
    name: branch,
    push_access_levels: level(levels?.push ?? 40),
    merge_access_levels: level(levels?.merge ?? 40),
    allow_force_push: levels?.allowForcePush ?? false,
    unprotect_access_levels: [],
    code_owner_approval_required: false,
    inherited: false,
  }
}
