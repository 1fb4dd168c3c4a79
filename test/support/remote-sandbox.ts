import type { ForgeId } from '../../src/domain/repository.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { githubBot, gitlabBot } from './across.ts'
import { GitClone } from './git-clone.ts'
import { BOT } from './gitlab.ts'
import { type People, peopleOfGitHub, peopleOfGitLab, type Rest } from './people.ts'
import { type Program, startProgram } from './processes.ts'
import { appJwt, type RestAnswer, TEST_APP, TEST_TOKEN } from './sandbox.ts'
import type { SandboxArgument } from './sandbox-process.ts'
import { SERVER_SECRET, SERVER_SIGNING_SECRET } from './server-process.ts'

/** A sandbox in a process of its own, seen as the world sees it: through git and the REST API. */
export interface RemoteSandbox extends People {
  id: ForgeId
  program: Program
  cloneUrl(path: string): string
  clone(path: string): Promise<GitClone>
  /** What the bot sees. */
  bot: Forge
  /** Lets a server work for it. */
  environment: Record<string, string>
  /** Switches on again what the forge has switched off because the bot did not answer. */
  wakeWebhooks(): Promise<void>
  /** Ids of the webhooks that were answered with a 2xx, and the number of all that were sent. */
  deliveries(): Promise<{ acknowledged: string[]; sent: number }>
  stop(): Promise<void>
}

export interface RemoteOptions {
  /** As `startSandbox` or `startGitLab` has filled it. */
  dataDir: string
  /** Where the bot, or what stands before it, listens. */
  botUrl: string
  /** Their webhooks go to the bot. */
  owners: readonly string[]
}

/** Where one is started, on a free port. */
export type StartRemote = (options: RemoteOptions) => Promise<RemoteSandbox>

export const startRemoteGitHub: StartRemote = async ({ dataDir, botUrl }) => {
  const { id, slug, clientId, privateKey: key } = TEST_APP
  const webhook = { url: `${botUrl}/webhooks/github`, secret: SERVER_SECRET }
  const app = { id, slug, clientId, key }
  const { program, ...reached } = await start({ forge: 'github', dataDir, token: TEST_TOKEN, app, webhook })
  const api = `${reached.root}/api/v3`
  return {
    ...peopleOfGitHub(restOf(api, TEST_TOKEN)),
    ...reached,
    id: 'github',
    program,
    bot: githubBot(api),
    environment: {
      APP_ID: String(id),
      PRIVATE_KEY: key,
      WEBHOOK_SECRET: SERVER_SECRET,
      GITHUB_API_URL: api,
    },
    wakeWebhooks: async () => {},
    async deliveries() {
      const attempts: { guid: string; status_code: number }[] = []
      let url: string | undefined = '/app/hook/deliveries?per_page=100'
      while (url !== undefined) {
        const { body, headers }: RestAnswer = await restOf(api, appJwt())('GET', url)
        attempts.push(...body)
        url = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]?.slice(api.length)
      }
      const good = attempts.filter(({ status_code }) => status_code >= 200 && status_code < 300)
      return { acknowledged: [...new Set(good.map(({ guid }) => guid))], sent: attempts.length }
    },
    stop: () => program.kill('SIGKILL'),
  }
}

export const startRemoteGitLab: StartRemote = async ({ dataDir, botUrl, owners }) => {
  const hook = { url: `${botUrl}/webhooks/gitlab`, signingToken: SERVER_SIGNING_SECRET }
  const argument = { forge: 'gitlab', dataDir, token: TEST_TOKEN, bot: { token: BOT }, hook, owners } as const
  const { program, ...reached } = await start(argument)
  const rest = restOf(`${reached.root}/api/v4`, TEST_TOKEN)
  const hooks = async () => {
    const found: { group: string; id: number; url: string }[] = []
    for (const group of owners) {
      const { body } = await rest('GET', `/groups/${group}/hooks`)
      for (const { id, url } of body) found.push({ group, id, url })
    }
    return found
  }
  return {
    ...peopleOfGitLab(rest),
    ...reached,
    id: 'gitlab',
    program,
    bot: gitlabBot(reached.root),
    environment: {
      GITLAB_URL: reached.root,
      GITLAB_TOKEN: BOT,
      GITLAB_SIGNING_SECRET: SERVER_SIGNING_SECRET,
    },
    async wakeWebhooks() {
      // GitLab does so when the address is another one; the bot has two
      for (const { group, id, url } of await hooks()) {
        const other = url === hook.url ? `${hook.url}/gitlab` : hook.url
        await rest('PUT', `/groups/${group}/hooks/${id}`, { url: other })
      }
    },
    async deliveries() {
      const attempts: { request_headers: Record<string, string>; response_status: string }[] = []
      for (const { group, id } of await hooks()) {
        for (let page = 1, more = true; more; page++) {
          const events = `/groups/${group}/hooks/${id}/events?per_page=100&page=${page}`
          const { body } = await rest('GET', events)
          attempts.push(...body)
          more = body.length === 100
        }
      }
      const good = attempts.filter(({ response_status }) => /^2\d\d$/.test(response_status))
      const ids = good.map(({ request_headers }) => request_headers['webhook-id'] ?? '')
      return { acknowledged: [...new Set(ids)], sent: attempts.length }
    },
    stop: () => program.kill('SIGKILL'),
  }
}

async function start(argument: SandboxArgument) {
  const program = startProgram(new URL('./sandbox-process.ts', import.meta.url), argument)
  const origin = (await program.line('url ', 60_000)).slice('url '.length)
  const root = `${origin}/sandbox/${argument.forge}`
  const cloneUrl = (path: string) => {
    const url = new URL(`${root}/${path}.git`)
    url.username = 'you'
    url.password = TEST_TOKEN
    return url.href
  }
  return { program, root, cloneUrl, clone: (path: string) => GitClone.open(cloneUrl(path)) }
}

function restOf(api: string, token: string): Rest {
  return async (method, path, body) => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : JSON.parse(text),
    }
  }
}
