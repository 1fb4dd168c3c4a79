import type { Context, Hono } from 'hono'
import type { Auth } from '../../auth.ts'
import type { Deliveries } from '../../hooks/deliveries.ts'
import { findRepository, requireAccess } from '../../model/access.ts'
import type { Model } from '../../model/model.ts'
import type { Actor, KnownActor, PermissionLevel, Repository } from '../../model/types.ts'
import type { Body } from './input.ts'
import { ApiError, errorReply, Moved, type Reply } from './reply.ts'

/** What every route gets. */
export interface RestRequest {
  model: Model
  deliveries: Deliveries
  actor: Actor
  /** A decoded part of the path; '' where the route has none of that name. */
  param(name: string): string
  query(name: string): string | undefined
  /** Path and query as they came, for links. */
  url: URL
  body: Body
  header(name: string): string | undefined
}

export interface RepositoryRequest extends RestRequest {
  repository: Repository
}

export interface WriteRequest extends RepositoryRequest {
  actor: KnownActor
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
/** One of these permissions is enough. */
export type Access = readonly (readonly [permission: string, level: PermissionLevel])[]

export interface Router {
  /** A route that belongs to no repository. */
  route(method: Method, path: string, handler: (request: RestRequest) => Promise<Reply> | Reply): void
  /** A route that reads below `/repos/{owner}/{repo}`. */
  read(path: string, access: Access, handler: (request: RepositoryRequest) => Promise<Reply> | Reply): void
  /** A route that changes something below `/repos/{owner}/{repo}`. */
  write(
    method: Method,
    path: string,
    access: Access,
    handler: (request: WriteRequest) => Promise<Reply> | Reply,
  ): void
}

/**
 * @param app the Hono application, at the root of the API
 * @param log where errors go that no client may see
 */
export function createRouter(
  app: Hono,
  model: Model,
  auth: Auth,
  deliveries: Deliveries,
  log: (error: unknown) => void,
): Router {
  const route: Router['route'] = (method, path, handler) => {
    app.on(method.toUpperCase(), path, async (context) => {
      try {
        return send(await handler(await read(context)))
      } catch (error) {
        const reply = errorReply(error, context.req.method)
        if (reply.status === 500) log(error)
        return send(reply)
      }
    })
  }

  async function read(context: Context): Promise<RestRequest> {
    const actor = auth.actor(context.req.header('authorization'))
    if (actor === null) throw new ApiError(401, 'Bad credentials')
    return {
      model,
      deliveries,
      actor,
      param: (name) => context.req.param(name) ?? '',
      query: (name) => context.req.query(name),
      url: new URL(context.req.url),
      body: readBody(await context.req.text()),
      header: (name) => context.req.header(name),
    }
  }

  function repositoryOf(request: RestRequest, access: Access): Repository {
    const repository = findRepository(model, request.param('owner'), request.param('repo'))
    if (repository === null) throw new ApiError(404, 'Not Found')
    requireAccess(model, request.actor, repository, ...access)
    if (repository.name.toLowerCase() !== request.param('repo').toLowerCase()) {
      throw new Moved(movedTo(request, repository))
    }
    return repository
  }

  return {
    route,
    read: (path, access, handler) =>
      route('get', `/repos/:owner/:repo${path}`, (request) =>
        handler({ ...request, repository: repositoryOf(request, access) }),
      ),
    write: (method, path, access, handler) =>
      route(method, `/repos/:owner/:repo${path}`, (request) => {
        const repository = repositoryOf(request, access)
        const { actor } = request
        if (actor.kind === 'anonymous') throw new ApiError(401, 'Requires authentication')
        return handler({ ...request, actor, repository })
      }),
  }
}

/** The address of the same thing in a repository that was renamed. */
function movedTo({ model, url }: RestRequest, repository: Repository): string {
  const rest = /\/repos\/[^/]+\/[^/]+(.*)$/.exec(url.pathname)?.[1] ?? ''
  return `${model.urls.repositoryApi(repository, rest)}${url.search}`
}

function readBody(text: string): Body {
  if (text === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ApiError(400, 'Problems parsing JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError(400, 'Body should be a JSON object')
  }
  return { ...value }
}

function send({ status, body, headers = {} }: Reply): Response {
  if (body === undefined) return new Response(null, { status, headers })
  if (typeof body === 'string') return new Response(body, { status, headers })
  if (Buffer.isBuffer(body)) return new Response(new Uint8Array(body), { status, headers })
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  })
}
