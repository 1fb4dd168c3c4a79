import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { SupercargoError } from './domain/errors.ts'
import type { RepositoryId } from './domain/repository.ts'
import type { SandboxPlaces } from './doors/banner.ts'
import { keepSandboxSecrets } from './doors/sandbox-file.ts'
import type { AppCredentials, Settings } from './doors/settings.ts'
import { createGitHubForge } from './forge/github/github-forge.ts'
import type { GitHubCredentials } from './forge/github/options.ts'
import { githubMeaning } from './intake/github.ts'
import { GITHUB_BLUEPRINT } from './intake/github-app.ts'
import { readGitHubDelivery } from './intake/github-delivery.ts'
import type { PlanOptions } from './plan/plan.ts'
import { createHandlers } from './reconcile/handlers.ts'
import { type PassResult, pass } from './reconcile/pass.ts'
import { type Reading, readAndPlan } from './reconcile/read-world.ts'
import { openStore } from './store/open.ts'
import type { Delivery } from './store/store.ts'
import { healthRoutes, type Parts } from './web/health.ts'
import { handlerOf, startServer, type WebServer } from './web/server.ts'
import type { CreatedApp } from './web/setup/convert.ts'
import { createSetup } from './web/setup/routes.ts'
import { statusPageRoute } from './web/status-page.ts'
import { FORGE_MAX_BYTES, webhookRoutes } from './web/webhook.ts'

/** Time for what runs, in milliseconds; the doors give 25 s to everything. */
const STOP = 20_000

interface Connection {
  apiUrl: string
  app: AppCredentials
  /** False: the forge has no limits on writing. */
  spacing?: boolean
}

/** What runs behind every door: store, forge and worker. */
export interface Bot {
  readonly parts: Readonly<Parts>
  /** Stores durably, or throws. */
  accept(delivery: Delivery): Promise<'accepted' | 'duplicate'>
  /** `/healthz` and `/readyz` for a server of others; false for every other request. */
  healthHandler(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** Opens the store and starts to work for a GitHub, as an app. */
  start(connection: Connection): Promise<void>
  /** No new work; what runs may end within 20 s. */
  stop(): Promise<void>
}

/** Nothing is opened yet: until `start` has ended, deliveries are refused and the bot is not ready. */
export function createBot(settings: Settings, log: Logger): Bot {
  const parts: Parts = { store: null, worker: null, stopping: false }
  return {
    parts,
    healthHandler: handlerOf(healthRoutes(() => parts, log)),
    async accept(delivery) {
      if (parts.store !== null) return await parts.store.acceptDelivery(delivery)
      throw new SupercargoError('The store is not open.', { code: 'store-closed', kind: 'transient' })
    },
    async start({ apiUrl, app, spacing = true }) {
      const { dataDirectory, databaseUrl, concurrency, sweepSeconds } = settings
      const store = await openStore({ dataDir: dataDirectory, databaseUrl: databaseUrl ?? undefined, log })
      parts.store = store
      const forge = createGitHubForge({ id: 'github', apiUrl, credentials: app, log, spacing })
      const handlers = createHandlers({
        forges: new Map([[forge.id, forge]]),
        store,
        log,
        now: () => new Date(),
        meaning: githubMeaning,
      })
      parts.worker = await store.work(handlers, { concurrency, sweepSeconds })
    },
    async stop() {
      parts.stopping = true
      await parts.worker?.stop(STOP)
      const { store } = parts
      parts.store = null
      await store?.close()
    },
  }
}

/** A running server. */
export interface Service {
  /** For people on this machine: `http://localhost:3000`. */
  readonly origin: string
  /** Null when it works for GitHub. */
  readonly sandbox: SandboxPlaces | null
  stop(): Promise<void>
}

/**
 * Listens, opens the store and starts to work; without credentials of a GitHub App the sandbox runs beside it.
 * @throws SupercargoError when it cannot start; then nothing is left running
 */
export async function serve(settings: Settings, log: Logger): Promise<Service> {
  const server = await startServer({ host: settings.host, port: settings.port, log })
  const bot = createBot(settings, log)
  let sandbox: Sandbox | null = null
  const stop = async () => {
    // Until the bot has stopped, deliveries are stored and the sandbox answers what still runs.
    await bot.stop()
    await server.stop(3_000)
    sandbox?.close()
  }
  try {
    const origin = originOf(server)
    server.add(healthRoutes(() => bot.parts, log))
    const { app: given, apiUrl } = settings
    sandbox = given === null ? await openSandbox(settings, server, origin, log) : null
    const connection = sandbox ?? (given && { app: given, apiUrl })
    if (connection === null) throw new Error('There is no app to work for.')
    const links = sandbox && { title: 'The sandbox', links: sandbox.links }
    if (server.loopback) server.add([statusPageRoute(() => bot.parts, links, log)])
    server.add(
      webhookRoutes({
        paths: GITHUB_WEBHOOK_PATHS,
        maxBytes: FORGE_MAX_BYTES,
        read: (headers, body) => readGitHubDelivery(connection.app.webhookSecrets, headers, body),
        accept: (delivery) => bot.accept(delivery),
        log,
      }),
    )
    await bot.start(connection)
    sandbox?.sendWebhooks()
    return { origin, sandbox: sandbox?.places ?? null, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The built-in forge, mounted on the server. */
interface Sandbox extends Connection {
  places: SandboxPlaces
  links: { text: string; path: string }[]
  /** Sends webhooks from now on, and those that were not sent before the last stop. */
  sendWebhooks(): void
  close(): void
}

/** Its secrets are kept in the data directory, so that a clone from before a restart still pushes. */
async function openSandbox(
  settings: Settings,
  server: WebServer,
  origin: string,
  log: Logger,
): Promise<Sandbox> {
  const { privateKey, webhookSecret, token } = keepSandboxSecrets(
    settings.dataDirectory,
    settings.sandboxToken,
  )
  const { permissions, events } = GITHUB_BLUEPRINT
  // Only here: a server with credentials needs none of its 30 MB.
  const { createSandbox, seedSamples } = await import('./sandbox/index.ts')
  const sandbox = await createSandbox({
    dataDir: settings.dataDirectory,
    baseUrl: origin,
    token,
    app: { id: 1, slug: 'supercargo', key: privateKey, permissions, events: [...events] },
    loopback: server.loopback,
    searchPath: settings.searchPath,
    log: (error) => log.error({ err: error }, 'The sandbox failed.'),
  })
  const { web, manifests } = await seedSamples(sandbox.model)
  server.add([{ method: '*', path: '/sandbox/*', handle: sandbox.handler }])
  const { urls, you } = sandbox.model
  const pages = {
    [`${web.owner}/${web.name}, an application`]: urls.repository(web),
    [`${manifests.owner}/${manifests.name}, its manifests`]: urls.repository(manifests),
    'Change requests': urls.repository(manifests, '/pulls'),
  }
  return {
    apiUrl: urls.api(),
    app: { appId: '1', privateKey, webhookSecrets: [webhookSecret] },
    spacing: false,
    places: {
      origin,
      applicationUrl: urls.repository(web, '.git'),
      changeRequestsUrl: urls.repository(manifests, '/pulls'),
      login: you.login,
      token,
    },
    links: Object.entries(pages).map(([text, url]) => ({ text, path: new URL(url).pathname })),
    sendWebhooks: () =>
      sandbox.setWebhook({ url: `${origin}${GITHUB_WEBHOOK_PATHS[0]}`, secret: webhookSecret }),
    close: () => sandbox.close(),
  }
}

/** Listens for nothing but the creation of a GitHub App; see `docs/install-github.md`. */
export async function serveSetup(
  settings: Settings,
  save: (app: CreatedApp) => string,
  log: Logger,
): Promise<{ entrance: string; stop(): Promise<void> }> {
  const server = await startServer({ host: settings.host, port: settings.port, log })
  const setup = createSetup({
    apiUrl: settings.apiUrl,
    blueprint: GITHUB_BLUEPRINT,
    webhookPath: GITHUB_WEBHOOK_PATHS[0],
    save,
    log,
  })
  server.add(setup.routes)
  server.add(healthRoutes(() => ({ store: null, worker: null, stopping: false }), log))
  return { entrance: originOf(server) + setup.entrance, stop: () => server.stop(1_000) }
}

/** The second one is where Probot listens. */
const GITHUB_WEBHOOK_PATHS = ['/webhooks/github', '/api/github/webhooks'] as const

function originOf({ host, port, loopback }: WebServer): string {
  const everywhere = host === '0.0.0.0' || host === '::'
  const name = loopback || everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

export type { PassResult }

/** The engine without server or store, for one repository at a time. */
export interface Engine {
  plan(repository: RepositoryId): Promise<Reading>
  reconcile(repository: RepositoryId, options: PlanOptions): Promise<PassResult>
}

/** Works with a token of a person or workflow, or as an app; journals nothing but to the log. */
export function createEngine(apiUrl: string, credentials: GitHubCredentials, log: Logger): Engine {
  const forge = createGitHubForge({ id: 'github', apiUrl, credentials, log })
  const forges = new Map([[forge.id, forge]])
  const now = () => new Date()
  const dependencies = { forges, log, now, journal: async () => {}, recordFeeds: async () => {} }
  return {
    plan: (repository) => readAndPlan(repository, forges, now(), { confirmRemovals: false }),
    reconcile: (repository, options) => pass(repository, dependencies, options),
  }
}
