import { join } from 'node:path'
import { writeHooks } from '../githttp/guard.ts'
import { createDispatcher } from '../hooks/dispatcher.ts'
import { GITLAB } from '../model/flavour.ts'
import type { AccessLevel } from '../model/gitlab-types.ts'
import { openModel } from '../model/model.ts'
import { catchUp } from '../model/settle.ts'
import type { CommonOptions, Sandbox } from '../sandbox.ts'
import { createServerHandler } from '../server.ts'
import { createAuth, type TokenWish } from './auth.ts'
import { createGitLabApi } from './routes.ts'
import { followEvents } from './state/follow.ts'
import { ensureGroup, setMember } from './state/groups.ts'
import { createHook, HOOK_EVENTS } from './state/hooks.ts'
import { createCourier } from './webhooks/courier.ts'

export interface GitLabSandboxOptions extends CommonOptions {
  bot: {
    /** Its user name; `supercargo` unless something else is said. */
    login?: string
    /** Its access token. */
    token: string
    /** `['api']` unless something else is said. */
    scopes?: string[]
  }
}

/** Where webhooks go, and what proves where they come from. */
interface GitLabWebhook {
  url: string
  /** Sent as `X-Gitlab-Token`. */
  token?: string | null
  /** `whsec_…`: makes the signature headers. */
  signingToken?: string | null
}

/** The forge as GitLab. */
export interface GitLabSandbox extends Sandbox {
  /** Lets another person in: `token` then stands for `login`. */
  addPerson(login: string, token: string, wish?: TokenWish): void
  /** Gives somebody an access level in a group or project, by its path; null takes it away. */
  addMember(path: string, login: string, level: AccessLevel | null): void
  /**
   * Makes or changes the hook that a group (made where there is none) has for this address; then sends what a
   * crash left unsent.
   */
  setWebhook(group: string, webhook: GitLabWebhook): void
}

/** The events that the hook of `setWebhook` wants. */
const EVENTS = ['push', 'tag_push', 'merge_requests', 'note', 'pipeline', 'deployment', 'project']

/**
 * Starts the built-in forge as GitLab: projects under real git, behind GitLab's API and webhooks. What a killed
 * process left undone is done before it returns.
 */
export async function createGitLabSandbox(options: GitLabSandboxOptions): Promise<GitLabSandbox> {
  const log = options.log ?? (() => {})
  const botLogin = options.bot.login ?? 'supercargo'
  const model = openModel({
    dataDir: join(options.dataDir, GITLAB.directory),
    flavour: GITLAB,
    botLogin,
    baseUrl: options.baseUrl ?? null,
    searchPath: options.searchPath,
    app: { id: 0, clientId: '', slug: botLogin, name: botLogin, permissions: {}, events: [] },
  })
  writeHooks(model.dataDir)
  const deliveries = createDispatcher(model, createCourier(model), log)
  const auth = createAuth(model, options.token)
  auth.addToken(botLogin, options.bot.token, { name: botLogin, scopes: options.bot.scopes ?? ['api'] })
  followEvents(model, log)
  await catchUp(model)
  return {
    model,
    deliveries,
    handler: createServerHandler(model, auth, createGitLabApi(model, auth, deliveries, log), {
      latencyMs: options.latencyMs ?? 0,
      loopback: options.loopback ?? true,
      log,
    }),
    setBaseUrl: (baseUrl) => {
      model.urls.setBase(baseUrl)
      deliveries.resume()
    },
    addPerson: (login, token, wish = {}) => void auth.addToken(login, token, wish),
    addMember: (path, login, level) => {
      const project = model.tables.repositories.by(path.toLowerCase())[0]
      setMember(model, project ?? ensureGroup(model, path), login, level)
    },
    setWebhook: (path, { url, token = null, signingToken = null }) => {
      const group = ensureGroup(model, path)
      const known = model.tables.projectHooks.by(group.id).find((hook) => hook.url === url)
      const wanted = Object.fromEntries(EVENTS.map((event) => [`${event}_events`, true]))
      const events = { ...HOOK_EVENTS, ...wanted }
      if (known === undefined) {
        createHook(model, { id: group.id, group: true }, { url, token, signingToken, events })
      } else {
        model.save([
          'projectHooks',
          { ...known, token, signingToken, events, failures: 0, disabledUntil: null, disabled: false },
        ])
      }
      deliveries.resume()
    },
    close: () => {
      deliveries.close()
      model.close()
    },
  }
}
