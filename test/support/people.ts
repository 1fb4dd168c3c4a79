import type { RestAnswer } from './sandbox.ts'

/** How people may merge; a rebase is what leaves a line without a merge commit. */
export type MergeMethod = 'merge' | 'squash' | 'rebase'

/** A pull or merge request, as its forge's own API shows it. */
export interface RequestView {
  number: number
  state: 'open' | 'closed' | 'merged'
  title: string
  body: string
  branch: string
  head: string
}

/** What a person sees and does on a forge, through its REST API. Everything throws for an answer that is not 2xx. */
export interface People {
  /** Oldest first. */
  requests(path: string): Promise<RequestView[]>
  /** Opens one from the branch to main; returns its number. */
  open(path: string, branch: string, title: string): Promise<number>
  /** By a merge commit, unless something else is said. */
  merge(path: string, number: number, method?: MergeMethod): Promise<void>
  closeRequest(path: string, number: number): Promise<void>
  reopenRequest(path: string, number: number): Promise<void>
  /** Gives it a label, or takes it away. */
  label(path: string, number: number, name: string, on: boolean): Promise<void>
  archive(path: string): Promise<void>
  rename(path: string, number: number, title: string): Promise<void>
  /** Texts of the bot's comments. */
  comments(path: string, number: number): Promise<string[]>
  /** Writes a comment; returns its number. */
  say(path: string, number: number, text: string): Promise<number>
  /** Changes a comment, or (null) deletes it. */
  edit(path: string, number: number, comment: number, text: string | null): Promise<void>
  /** Reactions to a comment, in their order: `eyes`. */
  reactions(path: string, number: number, comment: number): Promise<string[]>
  /** What a CI says of a commit of this branch (main). */
  check(
    path: string,
    commit: string,
    name: string,
    state: 'passed' | 'failed' | 'pending',
    branch?: string,
  ): Promise<void>
  /** How many reports of the bot's stand on a commit: those that are shown, or also those that they replaced. */
  reports(path: string, commit: string, which: 'latest' | 'all'): Promise<number>
  /** What a commit of a branch says besides the report: `supercargo/preview-web success It is there.` */
  statuses(path: string, commit: string, branch: string): Promise<string[]>
}

/** A request as the person; `path` is below the root of the REST API. */
export type Rest = (method: string, path: string, body?: unknown) => Promise<RestAnswer>

const PAGE = 100

export function peopleOfGitHub(rest: Rest): People {
  const send = strict(rest)
  const repos = (path: string, below: string) => `/repos/${path}${below}`
  return {
    async requests(path) {
      const pulls = await list<GitHubPull>(send, repos(path, '/pulls?state=all&direction=asc'))
      return pulls.map(({ number, state, merged_at, title, body, head }) => ({
        number,
        state: merged_at === null ? state : 'merged',
        title,
        body,
        branch: head.ref,
        head: head.sha,
      }))
    },
    open: async (path, branch, title) =>
      (await send('POST', repos(path, '/pulls'), { title, head: branch, base: 'main' })).number,
    merge: async (path, number, method = 'merge') => {
      await send('PUT', repos(path, `/pulls/${number}/merge`), { merge_method: method })
    },
    closeRequest: async (path, number) => {
      await send('PATCH', repos(path, `/pulls/${number}`), { state: 'closed' })
    },
    reopenRequest: async (path, number) => {
      await send('PATCH', repos(path, `/pulls/${number}`), { state: 'open' })
    },
    label: async (path, number, name, on) => {
      const labels = repos(path, `/issues/${number}/labels`)
      if (on) await send('POST', labels, { labels: [name] })
      else await send('DELETE', `${labels}/${name}`)
    },
    archive: async (path) => {
      await send('PATCH', repos(path, ''), { archived: true })
    },
    rename: async (path, number, title) => {
      await send('PATCH', repos(path, `/pulls/${number}`), { title })
    },
    comments: async (path, number) => {
      const url = repos(path, `/issues/${number}/comments`)
      const found = await list<{ body: string; user: { type: string } }>(send, url)
      return found.filter(({ user }) => user.type === 'Bot').map(({ body }) => body)
    },
    say: async (path, number, body) =>
      (await send('POST', repos(path, `/issues/${number}/comments`), { body })).id,
    edit: async (path, _, comment, body) => {
      const url = repos(path, `/issues/comments/${comment}`)
      await (body === null ? send('DELETE', url) : send('PATCH', url, { body }))
    },
    reactions: async (path, _, comment) =>
      (await send('GET', repos(path, `/issues/comments/${comment}/reactions`))).map(
        ({ content }: { content: string }) => content,
      ),
    check: async (path, commit, context, state) => {
      const word = { passed: 'success', failed: 'failure', pending: 'pending' }[state]
      await send('POST', repos(path, `/statuses/${commit}`), { context, state: word })
    },
    reports: async (path, commit, which) =>
      (await send('GET', repos(path, `/commits/${commit}/check-runs?filter=${which}`))).total_count,
    statuses: async (path, commit) =>
      (await send('GET', repos(path, `/commits/${commit}/check-runs`))).check_runs.map(
        ({ name, conclusion, output }: GitHubRun) => `${name} ${conclusion} ${output.title}`,
      ),
  }
}

interface GitHubRun {
  name: string
  conclusion: string
  output: { title: string }
}

interface GitHubPull {
  number: number
  state: 'open' | 'closed'
  merged_at: string | null
  title: string
  body: string
  head: { ref: string; sha: string }
}

export function peopleOfGitLab(rest: Rest): People {
  const send = strict(rest)
  const at = (path: string, below: string) => `/projects/${encodeURIComponent(path)}${below}`
  return {
    async requests(path) {
      const query = '/merge_requests?state=all&sort=asc&order_by=created_at'
      return (await list<GitLabRequest>(send, at(path, query))).map((each) => ({
        number: each.iid,
        state: each.state === 'opened' ? 'open' : each.state,
        title: each.title,
        body: each.description,
        branch: each.source_branch,
        head: each.sha,
      }))
    },
    open: async (path, branch, title) => {
      const wish = { source_branch: branch, target_branch: 'main', title }
      return (await send('POST', at(path, '/merge_requests'), wish)).iid
    },
    merge: async (path, number, method = 'merge') => {
      // whether there is a merge commit is a setting of the project
      if (method === 'rebase') await send('PUT', at(path, ''), { merge_method: 'ff' })
      await send('PUT', at(path, `/merge_requests/${number}/merge`), { squash: method === 'squash' })
    },
    closeRequest: async (path, number) => {
      await send('PUT', at(path, `/merge_requests/${number}`), { state_event: 'close' })
    },
    reopenRequest: async (path, number) => {
      await send('PUT', at(path, `/merge_requests/${number}`), { state_event: 'reopen' })
    },
    label: async (path, number, name, on) => {
      const change = on ? { add_labels: name } : { remove_labels: name }
      await send('PUT', at(path, `/merge_requests/${number}`), change)
    },
    archive: async (path) => {
      await send('POST', at(path, '/archive'))
    },
    rename: async (path, number, title) => {
      await send('PUT', at(path, `/merge_requests/${number}`), { title })
    },
    comments: async (path, number) => {
      const url = at(path, `/merge_requests/${number}/notes?sort=asc`)
      const notes = await list<{ body: string; system: boolean; author: { username: string } }>(send, url)
      return notes.filter((note) => !note.system && note.author.username === BOT).map(({ body }) => body)
    },
    say: async (path, number, body) =>
      (await send('POST', at(path, `/merge_requests/${number}/notes`), { body })).id,
    edit: async (path, number, comment, body) => {
      const url = at(path, `/merge_requests/${number}/notes/${comment}`)
      await (body === null ? send('DELETE', url) : send('PUT', url, { body }))
    },
    reactions: async (path, number, comment) =>
      (await send('GET', at(path, `/merge_requests/${number}/notes/${comment}/award_emoji`))).map(
        ({ name }: { name: string }) => name,
      ),
    async check(path, commit, name, state, branch = 'main') {
      const ref = encodeURIComponent(branch)
      const known: { source: string }[] = await send('GET', at(path, `/pipelines?sha=${commit}&ref=${ref}`))
      const { commit: head } = await send('GET', at(path, `/repository/branches/${ref}`))
      // GitLab tells when a pipeline of its own ends; of one that statuses made it may tell nothing
      if (known.every(({ source }) => source === 'external') && head.id === commit) {
        await send('POST', at(path, '/pipeline'), { ref: branch })
      }
      const word = { passed: 'success', failed: 'failed', pending: 'pending' }[state]
      await send('POST', at(path, `/statuses/${commit}`), { name, ref: branch, state: word })
    },
    // a status that is set again is a new one: those that were replaced say nothing
    reports: async (path, commit) =>
      (await send('GET', at(path, `/repository/commits/${commit}/statuses`))).length,
    statuses: async (path, commit, branch) =>
      (
        await send(
          'GET',
          at(path, `/repository/commits/${commit}/statuses?ref=${encodeURIComponent(branch)}`),
        )
      ).map(({ name, status, description }: GitLabStatus) => `${name} ${status} ${description}`),
  }
}

/** The bot of GitLab's sandbox. */
const BOT = 'supercargo'

interface GitLabStatus {
  name: string
  status: string
  description: string
}

interface GitLabRequest {
  iid: number
  state: 'opened' | 'closed' | 'merged'
  title: string
  description: string
  source_branch: string
  sha: string
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Send = (method: string, path: string, body?: unknown) => Promise<any>

function strict(rest: Rest): Send {
  return async (...request) => {
    const { status, body } = await rest(...request)
    if (status >= 200 && status < 300) return body
    throw new Error(`${request[0]} ${request[1]} was answered with ${status}: ${JSON.stringify(body)}`)
  }
}

async function list<T>(send: Send, path: string): Promise<T[]> {
  const items: T[] = []
  for (let page = 1; ; page++) {
    const query = `per_page=${PAGE}&page=${page}`
    const found: T[] = await send('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`)
    items.push(...found)
    if (found.length < PAGE) return items
  }
}
