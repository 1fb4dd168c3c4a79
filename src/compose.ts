import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import {
  type Connections,
  createForges,
  createHookWatches,
  GITHUB,
  GITHUB_WEBHOOK_PATHS,
  meaningOf,
  webhookDoors,
} from './compose/connections.ts'
import { createRegistry, NO_REGISTRIES, type RegistryOptions } from './compose/registry.ts'
import { openSandboxes, type Sandboxes, type SandboxForge } from './compose/sandboxes.ts'
import { SupercargoError } from './domain/errors.ts'
import { splitName } from './domain/image.ts'
import { type ForgeId, type RepositoryId, repositoryKey } from './domain/repository.ts'
import type { SandboxPlaces } from './doors/banner.ts'
import type { Settings } from './doors/settings.ts'
import type { Forge } from './forge/forge.ts'
import { GITHUB_BLUEPRINT } from './intake/github-app.ts'
import { verifyToken } from './intake/token.ts'
import type { PlanOptions } from './plan/plan.ts'
import { createProber } from './probe/http-prober.ts'
import { createGenerator, type Generator } from './reconcile/generator.ts'
import { createHandlers } from './reconcile/handlers.ts'
import { type PassResult, pass } from './reconcile/pass.ts'
import { type AppPreviews, listPreviews } from './reconcile/previews-in-git.ts'
import { type Reading, readAndPlan } from './reconcile/read-world.ts'
import { type WhoCan, type WhoCanQuestion, whoCan } from './reconcile/who-can.ts'
import { openStore } from './store/open.ts'
import type { Delivery } from './store/store.ts'
import { generatorRoutes } from './web/generator.ts'
import { healthRoutes, type Parts } from './web/health.ts'
import { handlerOf, type Route, startServer, type WebServer } from './web/server.ts'
import type { CreatedApp } from './web/setup/convert.ts'
import { createSetup } from './web/setup/routes.ts'
import { statusPageRoute } from './web/status-page.ts'
import { webhookRoutes } from './web/webhook.ts'

/** Time for what runs, in milliseconds; the doors give 25 s to everything. */
const STOP = 20_000

/** What runs behind every door: store, forge and worker. */
export interface Bot {
  readonly parts: Readonly<Parts>
  /** Stores durably, or throws. */
  accept(delivery: Delivery): Promise<'accepted' | 'duplicate'>
  /** `/healthz` and `/readyz`, and what engines ask where the operator lets them. */
  readonly routes: readonly Route[]
  /** The same for a server of others; false for every other request. */
  handler(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** Opens the store and starts to work for these forges. */
  start(connections: Connections): Promise<void>
  /** No new work; what runs may end within 20 s. */
  stop(): Promise<void>
}

/** Nothing is opened yet: until `start` has ended, deliveries are refused and the bot is not ready. */
export function createBot(settings: Settings, log: Logger): Bot {
  const parts: Parts = { store: null, worker: null, stopping: false }
  let stopWatches = () => {}
  let generator: Generator | null = null
  const routes = [...healthRoutes(() => parts, log), ...generatorRoutesOf(settings, () => generator, log)]
  return {
    parts,
    routes,
    handler: handlerOf(routes),
    async accept(delivery) {
      if (parts.store !== null) return await parts.store.acceptDelivery(delivery)
      throw new SupercargoError('The store is not open.', { code: 'store-closed', kind: 'transient' })
    },
    async start(connections) {
      const { dataDirectory, databaseUrl, concurrency, sweepSeconds } = settings
      const store = await openStore({ dataDir: dataDirectory, databaseUrl: databaseUrl ?? undefined, log })
      parts.store = store
      const watches = createHookWatches(connections, log)
      parts.forges = () => watches.map((watch) => watch.health())
      stopWatches = () => {
        for (const watch of watches) watch.stop()
      }
      const forges = createForges(connections, log)
      const now = () => new Date()
      const announcing = settings.registries.filter(({ webhook }) => webhook !== null)
      const handlers = createHandlers({
        forges,
        registry: createRegistry(registryOptionsOf(settings), log),
        prober: createProber({ hosts: settings.previewHosts, log }),
        store,
        log,
        now,
        meaning: meaningOf(connections),
        announced: (image) => announcing.some(({ host }) => host === splitName(image).host),
        listed: (keys) => {
          for (const watch of watches) void watch.look(keys)
        },
      })
      parts.worker = await store.work(handlers, { concurrency, sweepSeconds })
      generator = createGenerator({ forges, home: [...forges.keys()][0] ?? GITHUB, now })
    },
    async stop() {
      parts.stopping = true
      generator = null
      stopWatches()
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
  /** Of each built-in forge; [] when it works for real ones. */
  readonly sandboxes: SandboxPlaces[]
  stop(): Promise<void>
}

/**
 * Listens, opens the store and starts to work; without credentials of any forge, sandboxes run beside it.
 * @param sandboxForges the built-in forges that run then
 * @throws SupercargoError when it cannot start; then nothing is left running
 */
export async function serve(
  settings: Settings,
  log: Logger,
  sandboxForges: readonly SandboxForge[] = ['github'],
): Promise<Service> {
  const server = await startServer({ host: settings.host, port: settings.port, log })
  const bot = createBot(settings, log)
  let sandboxes: Sandboxes | null = null
  const stop = async () => {
    // Until the bot has stopped, deliveries are stored and the sandboxes answer what still runs.
    await bot.stop()
    await server.stop(3_000)
    sandboxes?.close()
  }
  try {
    const origin = originOf(server)
    server.add(bot.routes)
    const given = connectionsOf(settings)
    sandboxes = given === null ? await openSandboxes(sandboxForges, settings, server, origin, log) : null
    const connections = sandboxes?.connections ?? given
    if (connections === null) throw new Error('There is no forge to work for.')
    const links = sandboxes && { title: 'The sandbox', links: sandboxes.links }
    if (server.loopback) server.add([statusPageRoute(() => bot.parts, links, log)])
    for (const door of webhookDoors(connections)) {
      const accept = (delivery: Delivery) => bot.accept(delivery)
      server.add(webhookRoutes({ ...door, accept, log }))
    }
    await bot.start(connections)
    sandboxes?.sendWebhooks()
    return { origin, sandboxes: sandboxes?.places ?? [], stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** None unless the operator has set a token. */
function generatorRoutesOf(
  { generatorTokens }: Settings,
  current: () => Generator | null,
  log: Logger,
): Route[] {
  if (generatorTokens.length === 0) return []
  const admits = (token: string | undefined) => verifyToken(generatorTokens, token)
  return generatorRoutes({
    admits,
    log,
    async inputs(query) {
      const generator = current()
      if (generator !== null) return await generator.inputs(query)
      throw new SupercargoError('It starts or stops.', { code: 'not-ready', kind: 'transient' })
    },
  })
}

function connectionsOf({ app, apiUrl, gitlab, registries }: Settings): Connections | null {
  if (app === null && gitlab.length === 0) return null
  return { github: app === null ? null : { apiUrl, app }, gitlab, registries }
}

function registryOptionsOf({ app, apiUrl, ...settings }: Settings): RegistryOptions {
  return { ...settings, github: app === null ? null : { apiUrl, credentials: app } }
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

function originOf({ host, port, loopback }: WebServer): string {
  const everywhere = host === '0.0.0.0' || host === '::'
  const name = loopback || everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

export { forgeOfGitHub, forgeOfGitLab, hookAdministrationOf } from './compose/connections.ts'
export { SANDBOX_FORGES } from './compose/sandboxes.ts'
export {
  type Hook,
  type HookAdministration,
  type HookPlace,
  type HookWish,
  isDisabled,
  type TokenFacts,
} from './forge/gitlab/hooks.ts'
export { GITLAB_GROUP_HOOK_EVENTS, GITLAB_HOOK_EVENTS } from './intake/gitlab-hooks.ts'
export type { AppPreviews, PassResult, SandboxForge, WhoCan }

/** What an engine may ask besides its forges. */
export interface EngineOptions extends RegistryOptions {
  /** Patterns over hosts of previews, see `isHostGlob`. */
  previewHosts: readonly string[]
}

/** The engine without server or store, for one repository at a time. */
export interface Engine {
  /** Of a repository that is given without a forge. */
  readonly home: ForgeId
  /** @param fed manifest repositories where previews of it may be, besides those that its configuration names */
  plan(repository: RepositoryId, fed?: readonly RepositoryId[]): Promise<Reading>
  reconcile(
    repository: RepositoryId,
    options: PlanOptions,
    fed?: readonly RepositoryId[],
  ): Promise<PassResult>
  /** Those that Git holds or is to hold, all of them, or it throws. */
  previews(repository: RepositoryId): Promise<{ repository: RepositoryId; apps: AppPreviews[] }>
  /** Or why there is no configuration to go by. */
  whoCan(
    repository: RepositoryId,
    question: WhoCanQuestion,
  ): Promise<WhoCan | Exclude<Reading, { kind: 'planned' }>>
}

/**
 * Works for these forges; journals nothing but to the log.
 * @param available at least one; the first is home
 */
export function createEngine(
  available: readonly Forge[],
  log: Logger,
  { previewHosts, ...registries }: EngineOptions = { ...NO_REGISTRIES, previewHosts: [] },
): Engine {
  const forges = new Map(available.map((forge) => [forge.id, forge]))
  const dependencies = {
    forges,
    registry: createRegistry(registries, log),
    prober: createProber({ hosts: previewHosts, log }),
    log,
    now: () => new Date(),
    journal: async () => {},
    recordFeeds: async () => {},
    waitingSince: async () => ({}),
  }
  const knowing = (fed: readonly RepositoryId[] = []) => ({
    ...dependencies,
    remembered: async () => ({ feeds: fed.map(repositoryKey), waits: {} }),
  })
  return {
    home: available[0]?.id ?? GITHUB,
    plan: (repository, fed) => readAndPlan(repository, knowing(fed), { confirmRemovals: false }),
    reconcile: (repository, options, fed) => pass(repository, knowing(fed), options),
    previews: (repository) => listPreviews(repository, dependencies),
    whoCan: async (repository, question) => {
      const reading = await readAndPlan(repository, dependencies, { confirmRemovals: false })
      return reading.kind === 'planned' ? await whoCan(reading, question, dependencies) : reading
    },
  }
}
