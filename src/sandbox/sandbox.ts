import { createPublicKey } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { writeHooks } from './githttp/guard.ts'
import { createAuth } from './github/auth.ts'
import { trackWrites } from './github/rest/lag.ts'
import { createCompose } from './github/webhooks/compose.ts'
import { createDispatcher, type Dispatcher, type Webhook } from './hooks/dispatcher.ts'
import { forgetExpiredTokens } from './model/installations.ts'
import { type Model, openModel } from './model/model.ts'
import { catchUp } from './model/settle.ts'
import type { Permissions } from './model/types.ts'
import { createServerHandler } from './server.ts'

export interface SandboxOptions {
  /** The program's data directory; the forge keeps everything below `sandbox/` in it. */
  dataDir: string
  /** Origin under which the forge is reached, such as `http://localhost:3000`; may be set later. */
  baseUrl?: string | null
  /** What the sandbox's own person `you` uses as password for git and as token for the API. */
  token: string
  app: {
    id: number
    slug: string
    name?: string
    clientId?: string
    /** PEM of the app's key; the private one will do as well. Null = nobody can act as the app. */
    key: string | null
    permissions?: Permissions
    events?: string[]
  }
  /** Where webhooks go; null = nowhere. May be set later. */
  webhook?: Webhook | null
  /** Added to every request, in milliseconds. */
  latencyMs?: number
  /** True (the default) when only this machine can connect: the pages then ask for no token. */
  loopback?: boolean
  /** Directories where git is found, as in `PATH`. */
  searchPath?: string
  /** Gets errors of the forge itself. */
  log?: (error: unknown) => void
}

export interface Sandbox {
  readonly model: Model
  /** Answers every path below `/sandbox/github`. */
  handler(request: IncomingMessage, response: ServerResponse): void
  /** Sets the origin once the port is known. */
  setBaseUrl(baseUrl: string): void
  setWebhook(webhook: Webhook | null): void
  /** Lets another person in: `token` then stands for `login`. */
  addPerson(login: string, token: string): void
  readonly deliveries: Dispatcher
  /** Stops sending and ends helper processes. Nothing needs to be saved. */
  close(): void
}

/** What an app like ours asks for, unless the caller says otherwise. */
const PERMISSIONS: Permissions = {
  metadata: 'read',
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
  statuses: 'read',
}
const EVENTS = [
  'push',
  'create',
  'delete',
  'pull_request',
  'pull_request_review',
  'issue_comment',
  'check_run',
  'check_suite',
  'repository',
  'status',
]

/**
 * Starts the built-in forge: repositories under real git, behind the API and the webhooks of a GitHub
 * Enterprise Server. What a killed process left undone is done before it returns.
 */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { app } = options
  const log = options.log ?? (() => {})
  const model = openModel({
    dataDir: join(options.dataDir, 'sandbox'),
    baseUrl: options.baseUrl ?? null,
    searchPath: options.searchPath,
    app: {
      id: app.id,
      slug: app.slug,
      name: app.name ?? app.slug,
      clientId: app.clientId ?? `Iv23li${app.id}`,
      permissions: app.permissions ?? PERMISSIONS,
      events: app.events ?? EVENTS,
    },
  })
  writeHooks(model.dataDir)
  trackWrites(model)
  forgetExpiredTokens(model)
  const deliveries = createDispatcher(model, createCompose(model), log)
  const auth = createAuth(model, options.token, app.key === null ? null : createPublicKey(app.key))
  if (options.webhook) deliveries.setWebhook(options.webhook)
  await catchUp(model)
  return {
    model,
    deliveries,
    handler: createServerHandler(model, auth, deliveries, {
      latencyMs: options.latencyMs ?? 0,
      loopback: options.loopback ?? true,
      log,
    }),
    setBaseUrl: (baseUrl) => model.urls.setBase(baseUrl),
    setWebhook: (webhook) => deliveries.setWebhook(webhook),
    addPerson: (login, token) => auth.addPerson(login, token),
    close: () => {
      deliveries.close()
      model.close()
    },
  }
}

/** Serves a sandbox alone, on a free port by default; sets its base URL. */
export async function listen(
  sandbox: Sandbox,
  port = 0,
  host = '127.0.0.1',
): Promise<{ url: string; unref(): void; close(): Promise<void> }> {
  const server = createServer(sandbox.handler)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const url = `http://${host}:${(server.address() as AddressInfo).port}`
  sandbox.setBaseUrl(url)
  return {
    url,
    unref: () => void server.unref(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
