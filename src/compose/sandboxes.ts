import type { Logger } from 'pino'
import type { SandboxPlaces } from '../doors/banner.ts'
import { GITLAB, gitlabWebhookPaths } from '../doors/gitlab-settings.ts'
import { keepSandboxSecrets, type SandboxSecrets } from '../doors/sandbox-file.ts'
import type { Settings } from '../doors/settings.ts'
import { GITHUB_BLUEPRINT } from '../intake/github-app.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { WebServer } from '../web/server.ts'
import { type Connections, GITHUB, GITHUB_WEBHOOK_PATHS } from './connections.ts'

/** The forges that the sandbox can be. */
export const SANDBOX_FORGES = [GITHUB, GITLAB] as const
export type SandboxForge = (typeof SANDBOX_FORGES)[number]

/** Built-in forges, mounted on the server. */
export interface Sandboxes {
  connections: Connections
  places: SandboxPlaces[]
  links: { text: string; path: string }[]
  /** Sends webhooks from now on, and those that were not sent before the last stop. */
  sendWebhooks(): void
  close(): void
}

/** Their secrets are kept in the data directory, so that a clone from before a restart still pushes. */
export async function openSandboxes(
  wanted: readonly SandboxForge[],
  settings: Settings,
  server: WebServer,
  origin: string,
  log: Logger,
): Promise<Sandboxes> {
  const secrets = keepSandboxSecrets(settings.dataDirectory, settings.sandboxToken)
  const opened: Opened[] = []
  const close = () => {
    for (const { sandbox } of opened) sandbox.close()
  }
  try {
    for (const forge of wanted) {
      opened.push(await open(forge, { settings, secrets, origin, log, loopback: server.loopback }))
    }
  } catch (error) {
    close()
    throw error
  }
  for (const { forge, sandbox } of opened) {
    const handle = sandbox.handler
    server.add([`/sandbox/${forge}`, `/sandbox/${forge}/*`].map((path) => ({ method: '*', path, handle })))
  }
  return {
    connections: {
      github: opened.find(({ github }) => github !== null)?.github ?? null,
      gitlab: opened.flatMap(({ gitlab }) => gitlab),
      registries: settings.registries,
    },
    places: opened.map(({ places }) => places),
    links: opened.flatMap(({ links }) => links),
    sendWebhooks: () => {
      for (const { sendWebhooks } of opened) sendWebhooks()
    },
    close,
  }
}

interface Opened
  extends Omit<Sandboxes, 'places' | 'connections' | 'close'>,
    Omit<Connections, 'registries'> {
  forge: SandboxForge
  sandbox: Sandbox
  places: SandboxPlaces
}

interface Ground {
  settings: Settings
  secrets: SandboxSecrets
  origin: string
  log: Logger
  loopback: boolean
}

async function open(forge: SandboxForge, ground: Ground): Promise<Opened> {
  // Only here: a server with credentials needs none of its 30 MB.
  const { createGitLabSandbox, createSandbox, seedSamples } = await import('../sandbox/index.ts')
  const { settings, secrets, origin, log } = ground
  const common = {
    dataDir: settings.dataDirectory,
    baseUrl: origin,
    token: secrets.token,
    loopback: ground.loopback,
    searchPath: settings.searchPath,
    log: (error: unknown) => log.error({ err: error }, 'The sandbox failed.'),
  }
  if (forge === GITHUB) {
    const { permissions, events } = GITHUB_BLUEPRINT
    const { privateKey, webhookSecret: secret } = secrets
    const app = { id: 1, slug: 'supercargo', key: privateKey, permissions, events: [...events] }
    const sandbox = await createSandbox({ ...common, app })
    return {
      ...shown(forge, sandbox, await seedSamples(sandbox.model), ground),
      github: {
        apiUrl: sandbox.model.urls.api(),
        app: { appId: '1', privateKey, webhookSecrets: [secret] },
        limits: false,
      },
      gitlab: [],
      sendWebhooks: () => sandbox.setWebhook({ url: `${origin}${GITHUB_WEBHOOK_PATHS[0]}`, secret }),
    }
  }
  const { gitlabToken: token, gitlabSigningSecret: signingToken } = secrets
  const sandbox = await createGitLabSandbox({ ...common, bot: { token } })
  const samples = await seedSamples(sandbox.model)
  const url = `${origin}${gitlabWebhookPaths(GITLAB)[0]}`
  const instance = {
    id: GITLAB,
    url: sandbox.model.urls.html(),
    token,
    signingSecrets: [signingToken],
    webhookTokens: [],
    ca: null,
    projects: [],
    limits: false,
  }
  return {
    ...shown(forge, sandbox, samples, ground),
    github: null,
    gitlab: [instance],
    sendWebhooks: () => sandbox.setWebhook(samples.web.owner, { url, signingToken }),
  }
}

type Samples = Record<'web' | 'manifests', { owner: string; name: string }>

/** What people are told of a forge. */
function shown(forge: SandboxForge, sandbox: Sandbox, { web, manifests }: Samples, ground: Ground) {
  const { urls, you, flavour } = sandbox.model
  const pages = [
    [`${web.owner}/${web.name}, an application on ${flavour.words.forge}`, urls.repository(web)],
    [`${manifests.owner}/${manifests.name}, its manifests`, urls.repository(manifests)],
    [`Its ${flavour.words.pull}s`, urls.repository(manifests, '/pulls')],
  ] as const
  return {
    forge,
    sandbox,
    places: {
      forge: flavour.words.forge,
      origin: ground.origin,
      applicationUrl: urls.repository(web, '').concat('.git'),
      changeRequestsUrl: urls.repository(manifests, '/pulls'),
      login: you.login,
      token: ground.secrets.token,
    },
    links: pages.map(([text, url]) => ({ text, path: new URL(url).pathname })),
  }
}
