import pino from 'pino'
import type { ForgeId } from '../../src/domain/repository.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import { createGitLabForge } from '../../src/forge/gitlab/gitlab-forge.ts'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { type ForgeView, githubView, gitlabView } from './forge-view.ts'
import type { GitClone } from './git-clone.ts'
import { BOT, startGitLab } from './gitlab.ts'
import { fileText, startSandbox, TEST_APP, type TestSandbox } from './sandbox.ts'

/** A pull or merge request, as its forge's own API shows it. */
export interface RequestView {
  number: number
  state: 'open' | 'closed' | 'merged'
  title: string
  body: string
  branch: string
}

/** One forge of a test, with what a person does there through its API. */
export interface Side extends ForgeView {
  id: ForgeId
  forge: Forge
  /** Another adapter, which knows nothing of the first one; its requests go through `send`. */
  another(send?: typeof fetch): Forge
  /** What is behind the API: repositories, and the person who owns them. */
  inside: Pick<TestSandbox, 'model' | 'you'> & { sandbox: Pick<TestSandbox, 'model'> }
  repository: TestSandbox['repository']
  clone(path: string): Promise<GitClone>
  /** Oldest first. */
  requests(path: string): Promise<RequestView[]>
  /** Opens one from the branch to main; returns its number. */
  open(path: string, branch: string, title: string): Promise<number>
  merge(path: string, number: number): Promise<void>
  closeRequest(path: string, number: number): Promise<void>
  rename(path: string, number: number, title: string): Promise<void>
  /** Texts of the bot's comments. */
  comments(path: string, number: number): Promise<string[]>
  /** How many reports of the bot's stand on a commit. */
  reports(path: string, commit: string): Promise<number>
  text(repository: Repository, revision: string, path: string): Promise<string | null>
  stop(): Promise<void>
}

const log = pino({ level: 'silent' })

/** GitHub's sandbox. */
export async function githubSide(): Promise<Side> {
  const test = await startSandbox()
  const credentials = { appId: TEST_APP.id, privateKey: TEST_APP.privateKey }
  const repos = (path: string, rest: string) => `/repos/${path}${rest}`
  const another = (send: typeof fetch = fetch) =>
    createGitHubForge({ id: 'github', apiUrl: test.api, credentials, log, spacing: false, fetch: send })
  return {
    ...githubView(test),
    id: 'github',
    forge: another(),
    another,
    inside: test,
    repository: test.repository,
    clone: (path) => test.clone(path),
    async requests(path) {
      const { body } = await test.rest('GET', repos(path, '/pulls?state=all&direction=asc'))
      return body.map(
        (each: {
          number: number
          state: 'open' | 'closed'
          merged_at: string | null
          title: string
          body: string
          head: { ref: string }
        }) => ({
          number: each.number,
          state: each.merged_at === null ? each.state : 'merged',
          title: each.title,
          body: each.body,
          branch: each.head.ref,
        }),
      )
    },
    async open(path, branch, title) {
      const { body } = await test.rest('POST', repos(path, '/pulls'), { title, head: branch, base: 'main' })
      return body.number
    },
    async merge(path, number) {
      const wish = { merge_method: 'merge' }
      const { status, body } = await test.rest('PUT', repos(path, `/pulls/${number}/merge`), wish)
      if (status !== 200) throw new Error(`It was not merged: ${JSON.stringify(body)}`)
    },
    async closeRequest(path, number) {
      await test.rest('PATCH', repos(path, `/pulls/${number}`), { state: 'closed' })
    },
    async rename(path, number, title) {
      await test.rest('PATCH', repos(path, `/pulls/${number}`), { title })
    },
    async reports(path, commit) {
      const { body } = await test.rest('GET', repos(path, `/commits/${commit}/check-runs`))
      return body.total_count
    },
    async comments(path, number) {
      const { body } = await test.rest('GET', repos(path, `/issues/${number}/comments`))
      return body.map((each: { body: string }) => each.body)
    },
    text: (repository, revision, path) => fileText(test, repository, revision, path),
    stop: () => test.close(),
  }
}

/** GitLab's sandbox. */
export async function gitlabSide(): Promise<Side> {
  const test = await startGitLab()
  const at = (path: string, rest: string) => `/projects/${encodeURIComponent(path)}${rest}`
  const another = (send: typeof fetch = fetch) => {
    const notesPerMinute = Number.POSITIVE_INFINITY
    return createGitLabForge({ id: 'gitlab', url: test.url, token: BOT, log, notesPerMinute, fetch: send })
  }
  const { sandbox, model } = test
  return {
    ...gitlabView(test),
    id: 'gitlab',
    forge: another(),
    another,
    inside: { sandbox, model, you: { kind: 'person', account: model.you } },
    repository: test.project,
    clone: (path) => test.clone(path),
    async requests(path) {
      const { body } = await test.rest(
        'GET',
        at(path, '/merge_requests?state=all&sort=asc&order_by=created_at'),
      )
      return body.map(
        (each: {
          iid: number
          state: string
          title: string
          description: string
          source_branch: string
        }) => ({
          number: each.iid,
          state: each.state === 'opened' ? 'open' : each.state,
          title: each.title,
          body: each.description,
          branch: each.source_branch,
        }),
      )
    },
    async open(path, branch, title) {
      const wish = { source_branch: branch, target_branch: 'main', title }
      const { body } = await test.rest('POST', at(path, '/merge_requests'), wish)
      return body.iid
    },
    async merge(path, number) {
      const { status, body } = await test.rest('PUT', at(path, `/merge_requests/${number}/merge`), {})
      if (status !== 200) throw new Error(`It was not merged: ${JSON.stringify(body)}`)
    },
    async closeRequest(path, number) {
      await test.rest('PUT', at(path, `/merge_requests/${number}`), { state_event: 'close' })
    },
    async rename(path, number, title) {
      await test.rest('PUT', at(path, `/merge_requests/${number}`), { title })
    },
    async reports(path, commit) {
      const { body } = await test.rest('GET', at(path, `/repository/commits/${commit}/statuses`))
      return body.length
    },
    async comments(path, number) {
      const { body } = await test.rest('GET', at(path, `/merge_requests/${number}/notes`))
      const notes = body as { body: string; system: boolean }[]
      return notes.filter(({ system }) => !system).map((each) => each.body)
    },
    text: (repository, revision, path) => fileText(test, repository, revision, path),
    stop: () => test.close(),
  }
}
