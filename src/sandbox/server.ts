import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import type { Auth } from './auth.ts'
import { avatar } from './avatar.ts'
import { readGitPath, serveGit } from './githttp/handler.ts'
import type { FaultAnswer, SeenRequest } from './model/faults.ts'
import type { Model } from './model/model.ts'
import type { WriteComment } from './pages/page-context.ts'
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

/** What one forge serves besides git and pages. */
export interface ForgeApi {
  /** Mounts its routes, at the root of the forge. */
  addRoutes(app: Hono<Env>): void
  /** What the comment form of the pages does. */
  comment: WriteComment
  /** Name of the header that holds the id of a request. */
  requestIdHeader: string
}

export type Env = { Bindings: HttpBindings }
type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void

/** Requests that are remembered, at most. */
const LONGEST_LOG = 100_000

/** Everything that a forge serves, as a handler of Node's HTTP server for paths below its mount. */
export function createServerHandler(
  model: Model,
  auth: Auth,
  api: ForgeApi,
  options: ServerOptions,
): NodeHandler {
  const listener = getRequestListener(createApp(model, auth, api, options).fetch, {
    overrideGlobalObjects: false,
  })
  return (request, response) => {
    if (/100-continue/i.test(request.headers.expect ?? '')) response.writeContinue()
    const git = readGitPath(model.flavour, request.url ?? '')
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

function createApp(model: Model, auth: Auth, api: ForgeApi, options: ServerOptions): Hono<Env> {
  const { mount } = model.flavour
  const app = new Hono<Env>()
  app.use(`${mount}/*`, async (context, next) => {
    const url = new URL(context.req.url)
    const isGet = context.req.method === 'GET' || context.req.method === 'HEAD'
    const text = isGet ? '' : await context.req.text()
    const seen = seenRequest(model, context.req.method, `${url.pathname}${url.search}`, text)
    const started = performance.now()
    await pause(model.faults.latencyMs + options.latencyMs)
    let fault = model.faults.take(seen, 'before')
    if (fault === null) {
      await next()
      fault = model.faults.take(seen, 'after')
    }
    if (fault === 'disconnect') {
      context.env.outgoing.destroy()
      record(model, { ...seen, status: 0, requestBytes: text.length, responseBytes: 0 }, started)
      return RESPONSE_ALREADY_SENT
    }
    if (fault !== null) context.res = faultResponse(fault)
    context.header(api.requestIdHeader, randomUUID().toUpperCase())
    const body = await context.res.clone().arrayBuffer()
    const { status } = context.res
    record(model, { ...seen, status, requestBytes: text.length, responseBytes: body.byteLength }, started)
  })
  const forge = new Hono<Env>()
  api.addRoutes(forge)
  forge.get('/avatars/:id', (context) => {
    const account = model.tables.accounts.get(Number(context.req.param('id')))
    if (account === undefined) return context.notFound()
    context.header('cache-control', 'public, max-age=86400')
    return context.body(avatar(account), 200, { 'content-type': 'image/svg+xml' })
  })
  app.route(mount, forge)
  app.route(mount, pagesRoutes({ model, auth, loopback: options.loopback, comment: api.comment }))
  app.onError((error) => {
    options.log(error)
    return new Response('{"message":"Server Error"}', { status: 500 })
  })
  return app
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
