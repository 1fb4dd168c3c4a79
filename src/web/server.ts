import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SupercargoError } from '../domain/errors.ts'
import type { Log } from './log.ts'
import { respond } from './respond.ts'

export interface Route {
  /** `GET` answers HEAD too; `*` is every method. */
  method: 'GET' | 'POST' | '*'
  /** Exact, or everything below when it ends with `/*`. */
  path: string
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>
}

export interface WebServer {
  /** As bound: with the port that the system chose when 0 was asked for. */
  readonly host: string
  readonly port: number
  /** True when only this machine can connect. */
  readonly loopback: boolean
  add(routes: readonly Route[]): void
  /** No new connections; waits for requests in flight, at most `milliseconds`, then cuts them. */
  stop(milliseconds: number): Promise<void>
}

export interface ServerOptions {
  host: string
  /** 0: any free port. */
  port: number
  log: Log
  /** Milliseconds until a slow client is cut; default: 10,000 for the headers, 60,000 for the whole request. */
  patience?: { headers: number; request: number }
}

/**
 * Starts the HTTP server of the process. Slow clients are cut, large headers are refused, and no error text of
 * ours leaves it.
 * @throws SupercargoError `port-in-use`, `address-not-available`
 */
export async function startServer({ host, port, log, patience }: ServerOptions): Promise<WebServer> {
  const routes: Route[] = []
  const server = createServer({
    headersTimeout: patience?.headers ?? 10_000,
    requestTimeout: patience?.request ?? 60_000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 500,
    maxHeaderSize: 16_384,
  })
  server.maxConnections = 2_000
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    dispatch(routes, request, response).catch((error: unknown) => {
      // not the path of the request, which may hold a secret
      const path = find(routes, request).route?.path
      log.error({ err: error, method: request.method, path }, 'A request failed.')
      if (response.headersSent) response.destroy()
      else respond(request, response, { status: 500, body: 'Something went wrong; the log says what.\n' })
    })
  }
  server.on('request', listener)
  // Whoever reads the body says whether it may be sent.
  server.on('checkContinue', listener)
  await listen(server, host, port)
  const bound = server.address() as AddressInfo
  return {
    host: bound.address,
    port: bound.port,
    loopback: isLoopback(bound.address),
    add: (more) => void routes.push(...more),
    stop: (milliseconds) => stop(server, milliseconds),
  }
}

/** The path of a request, without its query. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/'
}

/** The routes for another server, such as Probot's: false when the request is for none of them. */
export function handlerOf(routes: readonly Route[]) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { route } = find(routes, request)
    await route?.handle(request, response)
    return route !== undefined
  }
}

function find(
  routes: readonly Route[],
  request: IncomingMessage,
): { here: Route[]; route: Route | undefined } {
  const path = pathOf(request)
  const here = routes.filter((route) =>
    route.path.endsWith('/*') ? path.startsWith(route.path.slice(0, -1)) : path === route.path,
  )
  const method = request.method === 'HEAD' ? 'GET' : request.method
  return { here, route: here.find((route) => route.method === '*' || route.method === method) }
}

async function dispatch(routes: Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { here, route } = find(routes, request)
  if (route !== undefined) return route.handle(request, response)
  if (here.length === 0) return respond(request, response, { status: 404, body: 'There is nothing here.\n' })
  const allow = [...new Set(here.map((route) => route.method))].join(', ')
  respond(request, response, { status: 405, body: `Only ${allow} is answered here.\n`, headers: { allow } })
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
    server.listen({ host, port }, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new SupercargoError(`Port ${port} on ${host} is in use by another process.`, {
      code: 'port-in-use',
      kind: 'permanent',
      advice: `Stop that process, or set PORT to another number, such as PORT=${port + 1}.`,
      cause: error,
    })
  }
  return new SupercargoError(
    `The server cannot listen on ${host}, port ${port} (${error.code ?? 'unknown'}).`,
    {
      code: 'address-not-available',
      kind: 'permanent',
      advice:
        'Set HOST to an address of this machine, such as 127.0.0.1 or 0.0.0.0, and PORT to one that it may use.',
      cause: error,
    },
  )
}

function stop(server: Server, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), milliseconds)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
