import { createPublicKey } from 'node:crypto'
import { join } from 'node:path'
import { writeHooks } from '../githttp/guard.ts'
import { createDispatcher } from '../hooks/dispatcher.ts'
import { GITHUB } from '../model/flavour.ts'
import { forgetExpiredTokens } from '../model/installations.ts'
import { openModel } from '../model/model.ts'
import { catchUp } from '../model/settle.ts'
import type { Permissions } from '../model/types.ts'
import type { CommonOptions, Sandbox } from '../sandbox.ts'
import { createServerHandler } from '../server.ts'
import { createAuth } from './auth.ts'
import { trackWrites } from './rest/lag.ts'
import { createGitHubApi } from './routes.ts'
import { createCourier, type Webhook } from './webhooks/courier.ts'

export interface SandboxOptions extends CommonOptions {
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
}

/** The forge as GitHub. */
export interface GitHubSandbox extends Sandbox {
  setWebhook(webhook: Webhook | null): void
  /** Lets another person in: `token` then stands for `login`. */
  addPerson(login: string, token: string): void
}

/** What an app like ours asks for, unless the caller says otherwise. */
const PERMISSIONS: Permissions = {
  metadata: 'read',
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
  statuses: 'read',
  deployments: 'write',
  members: 'read',
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
export async function createSandbox(options: SandboxOptions): Promise<GitHubSandbox> {
  const { app } = options
  const log = options.log ?? (() => {})
  const model = openModel({
    dataDir: join(options.dataDir, GITHUB.directory),
    flavour: GITHUB,
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
  let webhook: Webhook | null = null
  const deliveries = createDispatcher(
    model,
    createCourier(model, () => webhook),
    log,
  )
  const setWebhook = (next: Webhook | null): void => {
    webhook = next
    if (next !== null) deliveries.resume()
  }
  const auth = createAuth(model, options.token, app.key === null ? null : createPublicKey(app.key))
  if (options.webhook) setWebhook(options.webhook)
  await catchUp(model)
  return {
    model,
    deliveries,
    handler: createServerHandler(model, auth, createGitHubApi(model, auth, deliveries, log), {
      latencyMs: options.latencyMs ?? 0,
      loopback: options.loopback ?? true,
      log,
    }),
    setBaseUrl: (baseUrl) => model.urls.setBase(baseUrl),
    setWebhook,
    addPerson: (login, token) => auth.addPerson(login, token),
    close: () => {
      deliveries.close()
      model.close()
    },
  }
}
