import { findAccount, findRepository, installationOf } from '../../model/access.ts'
import { installationOn, issueToken, repositoriesOf, revokeToken } from '../../model/installations.ts'
import type { Actor, Installation, PermissionLevel, Permissions } from '../../model/types.ts'
import { profileJson } from '../json/account.ts'
import { installationJson, integrationJson } from '../json/app.ts'
import { permissionsJson, repositoryJson } from '../json/repository.ts'
import { invalidRequest, optionalList, optionalObject } from './input.ts'
import { paginate, readPage } from './page.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RestRequest, Router } from './router.ts'

/** Apps, installations and deliveries. https://docs.github.com/en/rest/apps */
export function addAppRoutes({ route }: Router): void {
  route('get', '/app', (request) => {
    requireApp(request)
    const installations_count = request.model.tables.installations.all().length
    return json({ ...integrationJson(request.model), installations_count })
  })
  route('get', '/app/installations', (request) => {
    requireApp(request)
    return paginate(request, request.model.tables.installations.all(), (each) =>
      installationJson(request.model, each),
    )
  })
  route('get', '/app/installations/:id{[0-9]+}', (request) => {
    requireApp(request)
    return json(installationJson(request.model, byId(request)))
  })
  route('post', '/app/installations/:id{[0-9]+}/access_tokens', createToken)
  route('get', '/apps/:slug', ({ model, param }) => {
    const account = findAccount(model, `${param('slug')}[bot]`)
    if (account?.type !== 'Bot') throw new ApiError(404, 'Not Found')
    return json(integrationJson(model, account))
  })
  route('get', '/app/hook/deliveries', listDeliveries)
  route('get', '/app/hook/deliveries/:id{[0-9]+}', (request) => {
    requireApp(request)
    const delivery = request.deliveries.get(Number(request.param('id')))
    if (delivery === null) throw new ApiError(404, 'Not Found')
    return json(delivery)
  })
  route('post', '/app/hook/deliveries/:id{[0-9]+}/attempts', (request) => {
    requireApp(request)
    if (!request.deliveries.redeliver(Number(request.param('id')))) throw new ApiError(404, 'Not Found')
    return json({}, 202)
  })
  route('get', '/repos/:owner/:repo/installation', (request) => {
    requireApp(request)
    const repository = findRepository(request.model, request.param('owner'), request.param('repo'))
    return installationReply(request, repository && installationOf(request.model, repository))
  })
  for (const path of ['/orgs/:login/installation', '/users/:login/installation']) {
    route('get', path, (request) => {
      requireApp(request)
      const account = findAccount(request.model, request.param('login'))
      return installationReply(request, account && installationOn(request.model, account))
    })
  }
  route('get', '/installation/repositories', listRepositories)
  route('delete', '/installation/token', (request) => {
    requireInstallation(request)
    revokeToken(request.model, (request.header('authorization') ?? '').replace(/^\S+\s+/, ''))
    return { status: 204 }
  })
  route('get', '/user', ({ model, actor }) => {
    if (actor.kind === 'anonymous') throw new ApiError(401, 'Requires authentication')
    if (actor.kind !== 'person') throw new ApiError(403, 'Resource not accessible by integration')
    return json(profileJson(model, actor.account))
  })
  route('get', '/users/:login', ({ model, param }) => {
    const account = findAccount(model, param('login'))
    if (account === null) throw new ApiError(404, 'Not Found')
    return json(profileJson(model, account))
  })
}

function createToken(request: RestRequest): Reply {
  const { model, body } = request
  requireApp(request)
  const installation = byId(request)
  const permissions = optionalObject(body, 'permissions')
  const issued = issueToken(model, installation, {
    permissions: permissions === undefined ? null : readPermissions(permissions),
    repositoryIds: optionalList(body, 'repository_ids')?.map(Number) ?? null,
    repositoryNames: optionalList(body, 'repositories')?.map(String) ?? null,
  })
  const selected = issued.repositories !== null || installation.repositories !== 'all'
  return json(
    {
      token: issued.token,
      expires_at: issued.expiresAt,
      permissions: issued.permissions,
      repository_selection: selected ? 'selected' : 'all',
      ...(issued.repositories === null
        ? {}
        : { repositories: issued.repositories.map((repository) => repositoryJson(model, repository)) }),
    },
    201,
  )
}

function readPermissions(wish: Record<string, unknown>): Permissions {
  const permissions: Permissions = {}
  for (const [name, level] of Object.entries(wish)) {
    if (level !== 'read' && level !== 'write' && level !== 'admin') {
      throw invalidRequest(`For 'properties/${name}', ${JSON.stringify(level)} is not a permission level.`)
    }
    permissions[name] = level satisfies PermissionLevel
  }
  return permissions
}

function listRepositories(request: RestRequest): Reply {
  const { model } = request
  const actor = requireInstallation(request)
  const repositories = repositoriesOf(model, actor.installation, actor.repositories)
  const selected = actor.repositories !== null || actor.installation.repositories !== 'all'
  return paginate(
    request,
    repositories,
    (each) => ({ ...repositoryJson(model, each), permissions: permissionsJson(model, each, actor) }),
    (page) => ({
      total_count: repositories.length,
      repository_selection: selected ? 'selected' : 'all',
      repositories: page,
    }),
  )
}

/** Pages of deliveries are linked by a cursor: the id of the last one shown. */
function listDeliveries(request: RestRequest): Reply {
  requireApp(request)
  const { perPage } = readPage(request)
  const cursor = request.query('cursor')
  const before = cursor === undefined ? null : Number(cursor.replace(/^v1_/, ''))
  const all = request.deliveries.list().filter(({ id }) => before === null || id < before)
  const shown = all.slice(0, perPage)
  const last = shown.at(-1)
  if (last === undefined || all.length === shown.length) return json(shown)
  const url = new URL(request.model.urls.api('/app/hook/deliveries'))
  url.searchParams.set('per_page', String(perPage))
  url.searchParams.set('cursor', `v1_${last.id}`)
  return { status: 200, body: shown, headers: { link: `<${url}>; rel="next"` } }
}

function requireApp({ actor }: RestRequest): void {
  if (actor.kind !== 'app') throw new ApiError(401, 'A JSON web token could not be decoded')
}

function requireInstallation({ actor }: RestRequest): Actor & { kind: 'installation' } {
  if (actor.kind === 'anonymous') throw new ApiError(401, 'Requires authentication')
  if (actor.kind !== 'installation') {
    throw new ApiError(
      403,
      'You must authenticate with an installation access token in order to list repositories for an installation.',
    )
  }
  return actor
}

function byId({ model, param }: RestRequest): Installation {
  const installation = model.tables.installations.get(Number(param('id')))
  if (installation === undefined) throw new ApiError(404, 'Not Found')
  return installation
}

function installationReply({ model }: RestRequest, installation: Installation | null): Reply {
  if (installation === null) throw new ApiError(404, 'Not Found')
  return json(installationJson(model, installation))
}
