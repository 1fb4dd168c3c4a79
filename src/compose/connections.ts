import type { Logger } from 'pino'
import { globMatches } from '../domain/glob.ts'
import { type ForgeId, parseRepository } from '../domain/repository.ts'
import { type GitLabSettings, gitlabWebhookPaths } from '../doors/gitlab-settings.ts'
import type { RegistrySettings } from '../doors/registry-settings.ts'
import type { AppCredentials } from '../doors/settings.ts'
import type { Forge } from '../forge/forge.ts'
import { createGitHubForge } from '../forge/github/github-forge.ts'
import type { GitHubCredentials } from '../forge/github/options.ts'
import { createGitLabForge } from '../forge/gitlab/gitlab-forge.ts'
import { createHookAdministration, type HookAdministration } from '../forge/gitlab/hooks.ts'
import type { GitLabOptions } from '../forge/gitlab/options.ts'
import { githubMeaning } from '../intake/github.ts'
import { readGitHubDelivery } from '../intake/github-delivery.ts'
import { gitlabMeaning } from '../intake/gitlab.ts'
import { readGitLabDelivery } from '../intake/gitlab-delivery.ts'
import { type Announcer, registryDoor } from '../intake/registry/door.ts'
import { registryMeaning } from '../intake/registry/meaning.ts'
import type { Delivery, DeliveryMeaning } from '../store/store.ts'
import { FORGE_MAX_BYTES, REGISTRY_MAX_BYTES, type WebhookDoor } from '../web/webhook.ts'
import { createHookWatch, type HookWatch } from './hook-watch.ts'

/** The name of the one GitHub that there can be. */
export const GITHUB: ForgeId = 'github'

/** The second one is where Probot listens. */
export const GITHUB_WEBHOOK_PATHS = ['/webhooks/github', '/api/github/webhooks'] as const

/** Whom to work for: at most one GitHub, any number of GitLab instances, and registries. */
export interface Connections {
  github: GitHubConnection | null
  gitlab: readonly GitLabConnection[]
  registries: readonly RegistrySettings[]
}

export interface GitHubConnection {
  /** REST base. */
  apiUrl: string
  app: AppCredentials
  /** False: it has no limits on writing. */
  limits?: boolean
}

export type GitLabConnection = GitLabSettings & { limits?: boolean }

/** What is needed of a connection to send requests. */
type GitLabAccess = Omit<GitLabConnection, 'signingSecrets' | 'webhookTokens'>

export function createForges({ github, gitlab }: Connections, log: Logger): Map<ForgeId, Forge> {
  const forges = gitlab.map((each) => forgeOfGitLab(each, log))
  if (github !== null) forges.unshift(forgeOfGitHub(github.apiUrl, github.app, log, github.limits))
  return new Map(forges.map((forge) => [forge.id, forge]))
}

export function forgeOfGitHub(
  apiUrl: string,
  credentials: GitHubCredentials,
  log: Logger,
  spacing = true,
): Forge {
  return createGitHubForge({ id: GITHUB, apiUrl, credentials, log, spacing })
}

export function forgeOfGitLab(connection: GitLabAccess, log: Logger): Forge {
  return createGitLabForge(gitlabOptions(connection, log))
}

export function hookAdministrationOf(connection: GitLabAccess, log: Logger): HookAdministration {
  return createHookAdministration(gitlabOptions(connection, log))
}

function gitlabOptions(connection: GitLabAccess, log: Logger): GitLabOptions {
  const { id, url, token, ca, limits } = connection
  return {
    id,
    url,
    token,
    log,
    serves: (path) => serves(connection, path),
    ...(ca === null ? {} : { ca }),
    ...(limits === false ? { notesPerMinute: Number.POSITIVE_INFINITY } : {}),
  }
}

/** One watch over the webhooks of each GitLab instance. */
export function createHookWatches({ gitlab }: Connections, log: Logger): HookWatch[] {
  return gitlab.map((connection) =>
    createHookWatch({
      forge: connection.id,
      administration: hookAdministrationOf(connection, log),
      paths: gitlabWebhookPaths(connection.id),
      log,
      now: () => new Date(),
    }),
  )
}

type Door = Pick<WebhookDoor, 'paths' | 'read' | 'maxBytes'>

/** Where webhooks of these forges and registries arrive, and what proves that they are theirs. */
export function webhookDoors({ github, gitlab, registries }: Connections): Door[] {
  const doors = gitlab.map(
    ({ id: forge, signingSecrets, webhookTokens }): Door => ({
      paths: gitlabWebhookPaths(forge),
      maxBytes: FORGE_MAX_BYTES,
      read: (headers, body) =>
        readGitLabDelivery({ forge, signingSecrets, webhookTokens }, headers, body, new Date()),
    }),
  )
  doors.push(
    ...announcersOf(registries).map((each) => ({ ...registryDoor(each), maxBytes: REGISTRY_MAX_BYTES })),
  )
  if (github === null) return doors
  const { webhookSecrets } = github.app
  const read: Door['read'] = (headers, body) => readGitHubDelivery(webhookSecrets, headers, body)
  return [{ paths: GITHUB_WEBHOOK_PATHS, maxBytes: FORGE_MAX_BYTES, read }, ...doors]
}

/** What a delivery of any of these means; of projects that are not served nothing is wanted. */
export function meaningOf({ gitlab, registries }: Connections): (delivery: Delivery) => DeliveryMeaning {
  const packages = registries.find(({ webhook }) => webhook?.format === 'ghcr')?.host
  return (delivery) => {
    if (delivery.source === GITHUB) return githubMeaning(delivery, packages)
    const announced = registryMeaning(delivery, registries)
    if (announced !== null) return announced
    const instance = gitlab.find(({ id }) => id === delivery.source)
    if (instance === undefined) {
      return { keys: [], outcome: `Not wanted: there is no forge named ${delivery.source} any more.` }
    }
    const meaning = gitlabMeaning(delivery)
    const strange = meaning.keys
      .map((key) => parseRepository(key, delivery.source).path)
      .find((path) => !serves(instance, path))
    if (strange === undefined) return meaning
    return { keys: [], outcome: `Not wanted: ${strange} is not among the projects that are served.` }
  }
}

/** Those that announce what is pushed to them. */
function announcersOf(registries: readonly RegistrySettings[]): Announcer[] {
  return registries.flatMap(({ name, host, webhook }) => (webhook === null ? [] : [{ name, host, webhook }]))
}

function serves({ projects }: Pick<GitLabSettings, 'projects'>, path: string): boolean {
  return projects.length === 0 || projects.some((glob) => globMatches(glob.toLowerCase(), path.toLowerCase()))
}
