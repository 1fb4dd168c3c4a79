import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import type { Auth } from './auth.ts'
import { avatar } from './avatar.ts'
import { readGitPath, serveGit } from './githttp/handler.ts'
import { addAppRoutes } from './github/rest/app-routes.ts'
import { addCheckRoutes } from './github/rest/check-routes.ts'
import { addCommitByRefRoute, addCommitRoutes } from './github/rest/commit-routes.ts'
import { addGitRoutes } from './github/rest/git-routes.ts'
import { addIssueRoutes } from './github/rest/issue-routes.ts'
import { addMetaRoutes } from './github/rest/meta-routes.ts'
import { addOwnerRoutes } from './github/rest/owner-routes.ts'
import { addPeopleRoutes } from './github/rest/people-routes.ts'
import { addProtectionRoutes } from './github/rest/protection-routes.ts'
import { addPullRoutes } from './github/rest/pull-routes.ts'
import { rateHeaders, rateOf, refund, spend } from './github/rest/rate.ts'
import { addRepositoryRoutes } from './github/rest/repository-routes.ts'
import { createRouter } from './github/rest/router.ts'
import { addTreeRoutes } from './github/rest/tree-routes.ts'
import { graphqlRoutes } from './graphql/routes.ts'
import type { Deliveries } from './hooks/deliveries.ts'
import type { FaultAnswer, SeenRequest } from './model/faults.ts'
import type { Model } from './model/model.ts'
import type { Actor } from './model/types.ts'
import { MOUNT } from './model/urls.ts'
import { pagesRoutes } from './pages/routes.ts'
import { seenRequest } from './seen-request.ts'

export interface ServerOptions {
  /** Added to every request, in milliseconds. */
  latencyMs: number
  /** True when only this machine can connect: the pages then ask for no token. */
  loopback: boolean
  /** Gets what no client may see. */
  log: (error: unknown) => void
}

type Env = { Bindings: HttpBindings }
type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void

/** Requests that are remembered, at most. */
const LONGEST_LOG = 100_000

/** Everything that the forge serves, as a handler of Node's HTTP server for paths below `/sandbox/github`. */
export function createServerHandler(
  model: Model,
  auth: Auth,
  deliveries: Deliveries,
  options: ServerOptions,
): NodeHandler {
  const listener = getRequestListener(createApp(model, auth, deliveries, options).fetch, {
    overrideGlobalObjects: false,
  })
  return (request, response) => {
    if (/100-continue/i.test(request.headers.expect ?? '')) response.writeContinue()
    const git = readGitPath(request.url ?? '')
    if (git === null) {
      void listener(request, response)
      return
    }
    const seen = seenRequest(model, request.method ?? 'GET', request.url ?? '', null)
    const started = performance.now()
    const { socket } = request
    const { bytesRead, bytesWritten } = socket
    response.on('close', () => {
      const requestBytes = socket.bytesRead - bytesRead
      const responseBytes = socket.bytesWritten - bytesWritten
      record(model, { ...seen, status: response.statusCode, requestBytes, responseBytes }, started)
    })
    pause(model.faults.latencyMs + options.latencyMs)
      .then(async () => {
        const fault = model.faults.take(seen, 'before')
        if (fault === null) return await serveGit(model, auth, request, response, git)
        if (fault === 'disconnect') return void response.destroy()
        response.writeHead(fault.status, fault.headers ?? {}).end(bodyText(fault))
      })
      .catch((error: unknown) => {
        options.log(error)
        if (!response.headersSent) response.writeHead(500)
        response.end()
      })
  }
}

function createApp(model: Model, auth: Auth, deliveries: Deliveries, options: ServerOptions): Hono<Env> {
  const app = new Hono<Env>()
  app.use(`${MOUNT}/*`, async (context, next) => {
    const url = new URL(context.req.url)
    const isGet = context.req.method === 'GET' || context.req.method === 'HEAD'
    const text = isGet ? '' : await context.req.text()
    const seen = seenRequest(model, context.req.method, `${url.pathname}${url.search}`, text)
    const started = performance.now()
    await pause(model.faults.latencyMs + options.latencyMs)
    let fault = model.faults.take(seen, 'before')
    if (fault === null) {
      if (url.pathname.startsWith(`${MOUNT}/api/`)) await metered(model, context, next)
      else await next()
      fault = model.faults.take(seen, 'after')
    }
    if (fault === 'disconnect') {
      context.env.outgoing.destroy()
      record(model, { ...seen, status: 0, requestBytes: text.length, responseBytes: 0 }, started)
      return RESPONSE_ALREADY_SENT
    }
    if (fault !== null) context.res = faultResponse(fault)
    context.header('x-github-request-id', randomUUID().toUpperCase())
    const body = await context.res.clone().arrayBuffer()
    const { status } = context.res
    record(model, { ...seen, status, requestBytes: text.length, responseBytes: body.byteLength }, started)
  })
  const rest = new Hono<Env>()
  const router = createRouter(rest as unknown as Hono, model, auth, deliveries, options.log)
  addAppRoutes(router)
  addMetaRoutes(router)
  addProtectionRoutes(router)
  addOwnerRoutes(router)
  addPeopleRoutes(router)
  addRepositoryRoutes(router)
  addGitRoutes(router)
  addTreeRoutes(router)
  addCheckRoutes(router)
  addCommitRoutes(router)
  addCommitByRefRoute(router)
  addPullRoutes(router)
  addIssueRoutes(router)
  rest.all('*', (context) =>
    context.json(
      { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
      404,
    ),
  )
  app.route(`${MOUNT}/api/v3`, rest)
  const actorOf = (context: Context): Actor | null => auth.actor(context.req.header('authorization'))
  app.route(`${MOUNT}/api/graphql`, graphqlRoutes({ model, actorOf, report: options.log }))
  app.get(`${MOUNT}/avatars/:id`, (context) => {
    const account = model.tables.accounts.get(Number(context.req.param('id')))
    if (account === undefined) return context.notFound()
    context.header('cache-control', 'public, max-age=86400')
    return context.body(avatar(account), 200, { 'content-type': 'image/svg+xml' })
  })
  app.route(MOUNT, pagesRoutes({ model, auth, loopback: options.loopback }))
  app.onError((error) => {
    options.log(error)
    return new Response('{"message":"Server Error"}', { status: 500 })
  })
  return app
}

/** Rate limit and conditional requests around an API call. */
async function metered(model: Model, context: Context<Env>, next: () => Promise<void>): Promise<void> {
  const credential = context.req.header('authorization') ?? ''
  const resource = context.req.path.endsWith('/graphql') ? 'graphql' : 'core'
  if (!spend(model, credential)) {
    const message = 'API rate limit exceeded. Please wait until it resets.'
    context.res = context.json({ message, documentation_url: 'https://docs.github.com/rest' }, 403)
  } else {
    await next()
    if (context.req.method === 'GET' && context.res.status === 200)
      await conditional(model, context, credential)
  }
  for (const [name, value] of Object.entries(rateHeaders(rateOf(model, credential), resource))) {
    if (!context.res.headers.has(name)) context.header(name, value)
  }
  context.header('x-github-media-type', 'github.v3; format=json')
  context.header('x-github-enterprise-version', '3.19.0')
}

async function conditional(model: Model, context: Context<Env>, credential: string): Promise<void> {
  const body = Buffer.from(await context.res.clone().arrayBuffer())
  const etag = `"${createHash('sha256').update(body).digest('hex')}"`
  context.header('etag', etag)
  context.header('cache-control', 'private, max-age=60, s-maxage=60')
  const wanted = context.req.header('if-none-match')?.split(',') ?? []
  if (!wanted.some((each) => each.trim().replace(/^W\//, '') === etag)) return
  refund(model, credential)
  const headers = new Headers(context.res.headers)
  headers.delete('content-type')
  context.res = undefined
  context.res = new Response(null, { status: 304, headers })
}

function faultResponse(fault: FaultAnswer): Response {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...fault.headers }
  return new Response(bodyText(fault), { status: fault.status, headers })
}

function bodyText({ body }: FaultAnswer): string {
  if (body === undefined) return '{"message":"Server Error"}'
  return typeof body === 'string' ? body : JSON.stringify(body)
}

function record(
  model: Model,
  request: SeenRequest & { status: number; requestBytes: number; responseBytes: number },
  started: number,
): void {
  const { log } = model.faults
  log.push({ ...request, body: null, milliseconds: performance.now() - started })
  if (log.length > LONGEST_LOG) log.splice(0, LONGEST_LOG / 10)
}

function pause(milliseconds: number): Promise<void> {
  return milliseconds > 0 ? new Promise((resolve) => setTimeout(resolve, milliseconds)) : Promise.resolve()
}
