import pino from 'pino'
import type { ForgeId } from '../../src/domain/repository.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import { createGitLabForge } from '../../src/forge/gitlab/gitlab-forge.ts'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { type ForgeView, githubView, gitlabView } from './forge-view.ts'
import type { GitClone } from './git-clone.ts'
import { BOT, startGitLab } from './gitlab.ts'
import { type People, peopleOfGitHub, peopleOfGitLab } from './people.ts'
import { fileText, startSandbox, TEST_APP, type TestSandbox } from './sandbox.ts'
import { SERVER_SECRET, SERVER_SIGNING_SECRET } from './server-process.ts'

export type { RequestView } from './people.ts'

/** One forge of a test, with what a person does there through its API. */
export interface Side extends People, ForgeView {
  id: ForgeId
  /** Origin: `http://127.0.0.1:…`. */
  origin: string
  forge: Forge
  /** Another adapter, which knows nothing of the first one; its requests go through `send`. */
  another(send?: typeof fetch): Forge
  /** What is behind the API: repositories, and the person who owns them. */
  inside: Pick<TestSandbox, 'model' | 'you'> & { sandbox: Pick<TestSandbox, 'model'> }
  repository: TestSandbox['repository']
  clone(path: string): Promise<GitClone>
  text(repository: Repository, revision: string, path: string): Promise<string | null>
  /** No webhooks are sent any more. */
  silence(): void
  /** Webhooks about the owner's repositories go to the server at this origin, from now on. */
  announceTo(origin: string, owner: string): void
  /** What lets a server process work for it. */
  environment: Record<string, string>
  stop(): Promise<void>
}

const log = pino({ level: 'silent' })

/** The bot on GitHub's sandbox; its requests go through `send`. */
export function githubBot(apiUrl: string, send: typeof fetch = fetch): Forge {
  const credentials = { appId: TEST_APP.id, privateKey: TEST_APP.privateKey }
  return createGitHubForge({ id: 'github', apiUrl, credentials, log, spacing: false, fetch: send })
}

/** The bot on GitLab's sandbox; its requests go through `send`. */
export function gitlabBot(url: string, send: typeof fetch = fetch): Forge {
  const notesPerMinute = Number.POSITIVE_INFINITY
  return createGitLabForge({ id: 'gitlab', url, token: BOT, log, notesPerMinute, fetch: send })
}

/** GitHub's sandbox. @param options `dataDir` keeps an old directory */
export async function githubSide(options: { dataDir?: string } = {}): Promise<Side> {
  const test = await startSandbox(options)
  const another = (send?: typeof fetch) => githubBot(test.api, send)
  return {
    ...peopleOfGitHub((method, path, body) => test.rest(method, path, body)),
    ...githubView(test),
    id: 'github',
    origin: test.url,
    forge: another(),
    another,
    inside: test,
    repository: test.repository,
    clone: (path) => test.clone(path),
    text: (repository, revision, path) => fileText(test, repository, revision, path),
    silence: () => test.sandbox.setWebhook(null),
    announceTo: (origin) =>
      test.sandbox.setWebhook({ url: `${origin}/webhooks/github`, secret: SERVER_SECRET }),
    environment: {
      APP_ID: String(TEST_APP.id),
      PRIVATE_KEY: TEST_APP.privateKey,
      WEBHOOK_SECRET: SERVER_SECRET,
      GITHUB_API_URL: test.api,
    },
    stop: () => test.close(),
  }
}

/** GitLab's sandbox. @param options `dataDir` keeps an old directory */
export async function gitlabSide(options: { dataDir?: string } = {}): Promise<Side> {
  const test = await startGitLab(options)
  const another = (send?: typeof fetch) => gitlabBot(test.url, send)
  const { sandbox, model } = test
  return {
    ...peopleOfGitLab((method, path, body) => test.rest(method, path, body)),
    ...gitlabView(test),
    id: 'gitlab',
    origin: new URL(test.url).origin,
    forge: another(),
    another,
    inside: { sandbox, model, you: { kind: 'person', account: model.you } },
    repository: test.project,
    clone: (path) => test.clone(path),
    text: (repository, revision, path) => fileText(test, repository, revision, path),
    // there are none until somebody makes a hook
    silence: () => {},
    announceTo: (origin, owner) =>
      sandbox.setWebhook(owner, { url: `${origin}/webhooks/gitlab`, signingToken: SERVER_SIGNING_SECRET }),
    environment: {
      GITLAB_URL: test.url,
      GITLAB_TOKEN: BOT,
      GITLAB_SIGNING_SECRET: SERVER_SIGNING_SECRET,
    },
    stop: () => test.close(),
  }
}
