import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProject } from '../../src/sandbox/gitlab/state/groups.ts'
import {
  createGitLabSandbox,
  type GitLabSandbox,
  type GitLabSandboxOptions,
  listen,
} from '../../src/sandbox/index.ts'
import type { AccessLevel } from '../../src/sandbox/model/gitlab-types.ts'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { GitClone } from './git-clone.ts'
import { type GitLabReceiver, startGitLabReceiver } from './gitlab-receiver.ts'
import { gitlabOpenApiOracle } from './oracles/gitlab-openapi.ts'
import { withOracles } from './oracles/with-oracles.ts'
import { commitFiles, type RestAnswer } from './sandbox.ts'

/** Tokens of the sandbox's own person, and of the bot, which is `supercargo`. */
export const YOU = 'sandbox-person-token'
export const BOT = 'glpat-bot-token-of-the-tests'

export interface TestGitLab {
  sandbox: GitLabSandbox
  model: GitLabSandbox['model']
  /** Root of the forge: `http://127.0.0.1:…/sandbox/gitlab`. */
  url: string
  dataDir: string
  /** A project with first files on main, where the bot has this access level (maintainer at first). */
  project(path: string, files?: Record<string, string>, wish?: ProjectWish): Promise<Repository>
  /** Clones with real git, as the person. */
  clone(path: string): Promise<GitClone>
  /**
   * A request to the REST API, as the person unless `token` says otherwise (null = anonymous). GitLab's
   * description judges it, unless `wrong` says that it does not allow it.
   */
  rest(method: string, path: string, body?: unknown, options?: RestOptions): Promise<RestAnswer>
  /** A GraphQL query's whole answer, as the bot. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are as deep as the documents that ask for them
  query(query: string, variables?: Record<string, unknown>, token?: string): Promise<any>
  /** Starts a receiver and makes the group's hook for it. */
  receiver(group: string, secrets?: { token?: string; signingToken?: string }): Promise<GitLabReceiver>
  close(): Promise<void>
}

export interface ProjectWish {
  private?: boolean
  level?: AccessLevel | null
}

export interface RestOptions {
  token?: string | null
  headers?: Record<string, string>
  wrong?: boolean
}

/** Starts GitLab's sandbox on a free port, in a directory of its own unless `dataDir` keeps an old one. */
export async function startGitLab(options: Partial<GitLabSandboxOptions> = {}): Promise<TestGitLab> {
  // It takes seconds, in which kept connections would be given up.
  gitlabOpenApiOracle()
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'supercargo-gitlab-')))
  const sandbox = await createGitLabSandbox({
    dataDir,
    token: YOU,
    bot: { token: BOT },
    log: (error) => console.error(error),
    ...options,
  })
  const server = await listen(sandbox)
  server.unref()
  const { model } = sandbox
  const url = `${server.url}/sandbox/gitlab`
  const you = { kind: 'person', account: model.you } as const
  const clones: GitClone[] = []
  const receivers: GitLabReceiver[] = []
  const judged = withOracles()
  return {
    sandbox,
    model,
    url,
    dataDir,
    project: async (path, files = { 'README.md': `# ${path}\n` }, { level = 40, ...wish } = {}) => {
      const project = await createProject(model, path, wish)
      if (level !== null) sandbox.addMember(path, model.bot.login, level)
      await commitFiles({ sandbox, you }, project, 'main', files, 'First commit')
      return project
    },
    clone: async (path) => {
      const address = new URL(`${url}/${path}.git`)
      address.username = 'anybody'
      address.password = YOU
      const clone = await GitClone.open(address.href)
      clones.push(clone)
      return clone
    },
    rest: async (method, path, body, request = {}) => {
      const token = request.token === undefined ? YOU : request.token
      const send = request.wrong === true ? fetch : judged
      const response = await send(`${url}/api/v4${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(token === null ? {} : { 'private-token': token }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json') === true
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
    },
    query: async (query, variables = {}, token = BOT) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ query, variables })
      return await (await fetch(`${url}/api/graphql`, { method: 'POST', headers, body })).json()
    },
    receiver: async (group, secrets = {}) => {
      const receiver = await startGitLabReceiver()
      receivers.push(receiver)
      sandbox.setWebhook(group, { url: receiver.url, ...secrets })
      return receiver
    },
    close: async () => {
      sandbox.close()
      await server.close()
      for (const receiver of receivers) await receiver.close()
      for (const clone of clones) await clone.remove()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
