import type { Context, Hono } from 'hono'
import type { Deliveries } from '../../hooks/deliveries.ts'
import type { Dispatcher } from '../../hooks/dispatcher.ts'
import { canSee, findRepository, repositoryNow } from '../../model/access.ts'
import type { Model } from '../../model/model.ts'
import { levelOf } from '../../model/protection.ts'
import type { Actor, KnownActor, Repository } from '../../model/types.ts'
import type { GitLabAuth, TokenFacts, TokenProblem } from '../auth.ts'
import type { Params } from './input.ts'
import {
  ApiError,
  badParameter,
  errorReply,
  forbidden,
  Moved,
  notFound,
  type Reply,
  refuse,
} from './reply.ts'

/** What every route gets. */
export interface RestRequest {
  model: Model
  auth: GitLabAuth
  dispatcher: Dispatcher
  actor: Actor
  token: TokenFacts | null
  /** A decoded part of the path; '' where the route has none of that name. */
  param(name: string): string
  /** A part of the path that must be a number. */
  number(name: string): number
  /** Query and body together, as GitLab reads them. */
  params: Params
  /** Path and query as they came, for links. */
  url: URL
}

export interface KnownRequest extends RestRequest {
  actor: KnownActor
}

export interface ProjectRequest extends KnownRequest {
  project: Repository
}

export type Method = 'get' | 'post' | 'put' | 'delete' | 'head'
/** The access level that is needed; `read` = enough to see the project, `code` = enough to see its files. */
export type Need = 'read' | 'code' | 20 | 30 | 40 | 50
type Handler<R> = (request: R) => Promise<Reply> | Reply

export interface Router {
  /** A route that belongs to no project; the anonymous are refused. */
  route(method: Method, path: string, handler: Handler<KnownRequest>): void
  /** A route below `/projects/:id`. */
  project(method: Method, path: string, need: Need, handler: Handler<ProjectRequest>): void
}

/**
 * @param app the Hono application, at the root of the API
 * @param log where errors go that no client may see
 */
export function createRouter(
  app: Hono,
  parts: { model: Model; auth: GitLabAuth; dispatcher: Dispatcher & Deliveries },
  log: (error: unknown) => void,
): Router {
  const { model, auth } = parts

  const add = (method: Method, path: string, handler: Handler<RestRequest>): void => {
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
    const identity = auth.identify((name) => context.req.header(name))
    if (typeof identity === 'string') throw unauthorized(identity)
    const { actor, token } = identity
    requireScope(actor, context.req.method, context.req.path)
    const url = new URL(context.req.url)
    return {
      ...parts,
      actor,
      token,
      param: (name) => context.req.param(name) ?? '',
      number: (name) => {
        const text = context.req.param(name) ?? ''
        if (!/^\d+$/.test(text)) throw badParameter(`${name} is invalid`)
        return Number(text)
      },
      params: { ...readQuery(url.searchParams), ...(await readBody(context)) },
      url,
    }
  }

  return {
    route: (method, path, handler) =>
      add(method, path, (request) => {
        const { actor } = request
        if (actor.kind === 'anonymous') throw refuse(401, '401 Unauthorized')
        return handler({ ...request, actor })
      }),
    project: (method, path, need, handler) =>
      add(method, `/projects/:id${path}`, (request) => {
        const project = findProject(model, request)
        const { actor } = request
        const reads = need === 'read' || need === 'code'
        if (actor.kind === 'anonymous') {
          if (!reads) throw refuse(401, '401 Unauthorized')
          return handler({ ...request, actor: { kind: 'person', account: NOBODY }, project })
        }
        if (!mayDo(model, actor, project, need)) throw forbidden()
        if (!reads && project.archived && method !== 'delete' && path !== '') throw forbidden()
        return handler({ ...request, actor, project })
      }),
  }
}

/** Who asks without a token, where that is enough. */
const NOBODY = {
  id: 0,
  login: '',
  type: 'User',
  name: '',
  email: '',
  createdAt: '1970-01-01T00:00:00Z',
} as const

/** True when the actor's access level suffices. */
export function mayDo(model: Model, actor: KnownActor, project: Repository, need: Need): boolean {
  const level = levelOf(model, actor, project)
  if (need === 'read') return true
  if (need === 'code') return !project.private || level >= 20
  return level >= need
}

/** @throws ApiError 404; Moved when the project has another path now */
function findProject(model: Model, request: RestRequest): Repository {
  const id = request.param('id')
  const project = /^\d+$/.test(id) ? (model.tables.repositories.get(Number(id)) ?? null) : byPath(model, id)
  if (project === null || !canSee(model, request.actor, project)) throw notFound('Project')
  if (!/^\d+$/.test(id) && byPath(model, id, true) === null) {
    const rest = /\/projects\/[^/]+(.*)$/.exec(request.url.pathname)?.[1] ?? ''
    throw new Moved(`${model.urls.api(`/projects/${project.id}${rest}`)}${request.url.search}`)
  }
  return project
}

function byPath(model: Model, path: string, now = false): Repository | null {
  const slash = path.lastIndexOf('/')
  const find = now ? repositoryNow : findRepository
  return slash === -1 ? null : find(model, path.slice(0, slash), path.slice(slash + 1))
}

/** https://docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes */
function requireScope(actor: Actor, method: string, path: string): void {
  const scopes = actor.kind === 'person' ? actor.scopes : undefined
  if (scopes === undefined || scopes.includes('api')) return
  const reads = method === 'GET' || method === 'HEAD'
  if (reads && scopes.includes('read_api')) return
  if (reads && path.includes('/repository/files/') && scopes.includes('read_repository')) return
  if (reads && path.endsWith('/user') && scopes.includes('read_user')) return
  if (path.endsWith('/personal_access_tokens/self')) return
  throw new ApiError(403, {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: reads ? 'api read_api' : 'api',
  })
}

function unauthorized(problem: TokenProblem): ApiError {
  if (problem === 'blocked') return refuse(403, '403 Forbidden - Your account has been blocked.')
  if (problem === 'unknown') return refuse(401, '401 Unauthorized')
  const reauthorize =
    problem === 'expired'
      ? 'Token is expired. You can either do re-authorization or token refresh.'
      : 'Token was revoked. You have to re-authorize from the user.'
  return new ApiError(401, { error: 'invalid_token', error_description: reauthorize })
}

/** `labels[]=a&labels[]=b` is a list, `not[author]=x` an object, all else a text. */
function readQuery(query: URLSearchParams): Params {
  const params: Params = {}
  for (const [key, value] of query) {
    const list = /^(.+)\[\d*\]$/.exec(key)?.[1]
    if (list === undefined) params[key] = value
    else params[list] = [...((params[list] as unknown[] | undefined) ?? []), value]
  }
  return params
}

async function readBody(context: Context): Promise<Params> {
  const type = context.req.header('content-type') ?? ''
  if (/^multipart\/form-data|^application\/x-www-form-urlencoded/.test(type)) {
    const form = await context.req.parseBody({ all: true })
    return Object.fromEntries(Object.entries(form).map(([key, value]) => [key.replace(/\[\]$/, ''), value]))
  }
  const text = await context.req.text()
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Answered below.
  }
  throw badParameter('The request body is not a valid JSON object.')
}

function send({ status, body, headers = {} }: Reply): Response {
  if (body === undefined) return new Response(null, { status, headers })
  if (typeof body === 'string') return new Response(body, { status, headers })
  if (Buffer.isBuffer(body)) return new Response(new Uint8Array(body), { status, headers })
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}
