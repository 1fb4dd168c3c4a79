import { setTimeout as sleep } from 'node:timers/promises'
import { createRequesterFn, type RequestHandlerFn } from '@gitbeaker/requester-utils'
import {
  Branches,
  CommitDiscussions,
  Commits,
  Deployments,
  Environments,
  MergeRequestNoteAwardEmojis,
  MergeRequestNotes,
  MergeRequests,
  ProjectMembers,
  Projects,
  Repositories,
  Tags,
  Users,
} from '@gitbeaker/rest'
import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import { fetchTrusting } from '../../net/fetch-trusting.ts'
import { ForgeAnswer } from '../shared/answer.ts'
import type { Variables } from '../shared/declarations.ts'
import { createHttp } from '../shared/http.ts'
import { loggedFetch } from '../shared/logged-fetch.ts'
import { errorOf, errorOfThrown, notGitLab, projectNotFound } from './errors.ts'
import { type GraphQLProblem, readAnswer } from './graphql.ts'
import { type Addresses, addressesOf, type GitLabOptions } from './options.ts'

/** The parts of GitLab's REST API that are used; a project is named by its full path. */
export type Rest = ReturnType<typeof createRest>

/** One instance and one token. Everything thrown is a SupercargoError. */
export interface Client {
  addresses: Addresses
  rest: Rest
  /** A GraphQL query's data. Every error throws that is not tolerated. */
  query(
    document: string,
    variables: Variables,
    what: string,
    tolerated?: (problem: GraphQLProblem) => boolean,
  ): Promise<unknown>
  /**
   * One request to the REST API for what gitbeaker does not know; null for an answer without a body.
   * @param path below `/api/v4/`, encoded
   * @param what the request is about, for messages
   */
  call(method: Method, path: string, what: string, body?: object): Promise<unknown>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Waits inside the adapter are short; longer ones are left to the queue. */
const LONGEST_WAIT = 2000
const READ_RETRIES = [300, 1200]
const LIMITS = { maxBytes: 64 * 1024 * 1024 }

/** What gitbeaker gives to a handler of requests. */
const requestSchema = z.object({
  method: z.string(),
  prefixUrl: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
  searchParams: z.string().default(''),
})

export function createClient(options: GitLabOptions): Client {
  const addresses = addressesOf(options.url)
  const clock = options.clock ?? (() => new Date())
  const transport = options.fetch ?? (options.ca === undefined ? fetch : fetchTrusting(options.ca))
  const limits = { ...LIMITS, timeout: options.timeout ?? 30_000 }
  const http = createHttp(new URL(addresses.web).origin, limits, loggedFetch(options.log, transport))
  const auth = { 'private-token': options.token, 'user-agent': 'supercargo' }
  /** Requests fail at once until then: those sent during a limit prolong it. */
  let closed: SupercargoError | null = null

  function assertServed(project: string): void {
    if (options.serves?.(project) !== false) return
    throw projectNotFound(project, new ForgeAnswer(403, 'The bot does not serve this project.'))
  }

  async function send(url: URL, init: RequestInit, what: string): Promise<Response> {
    if (closed !== null && (closed.retryAt?.getTime() ?? 0) > clock().getTime()) throw closed
    const response = await http(url, init).catch((error: unknown) => {
      throw errorOfThrown(error, what)
    })
    if (response.ok) return response
    const { status, headers } = response
    // every instance has it, whoever asks
    if (status === 404 && url.pathname.endsWith('/api/v4/user')) throw notGitLab(addresses.web)
    const failure = errorOf({ status, headers, body: await response.text() }, what, clock())
    if (failure.code === 'rate-limited') closed = failure
    throw failure
  }

  function parse(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch {
      throw notGitLab(addresses.web)
    }
  }

  /** Repeats what changes nothing; a request that may have changed something is sent once. */
  async function persist(url: URL, init: RequestInit, what: string, repeatable: boolean): Promise<Response> {
    for (let tries = 0; ; tries++) {
      try {
        return await send(url, init, what)
      } catch (error) {
        const wait = waitBefore(error, repeatable ? READ_RETRIES[tries] : undefined, tries, clock())
        if (wait === null) throw error
        options.log.debug({ what, wait, problem: String(error) }, 'A request to GitLab is repeated.')
        await sleep(wait)
      }
    }
  }

  const handler: RequestHandlerFn = async (endpoint, request) => {
    const { method, headers, body, searchParams, prefixUrl } = requestSchema.parse(request)
    const url = new URL(`${prefixUrl.replace(/\/+$/, '')}/${endpoint}`)
    url.search = searchParams
    const project = projectOf(url)
    if (project !== null) assertServed(project)
    const what = project ?? url.host
    // gitbeaker gives a DELETE the body {}
    const content = body === undefined || method === 'DELETE' ? {} : { body }
    const init = { method, headers: { ...headers, ...auth }, ...content }
    const response = await persist(url, init, what, method === 'GET')
    const type = response.headers.get('content-type') ?? ''
    const isText = /json|html/.test(type)
    const answer = isText ? parse(await response.text()) : await response.blob()
    return {
      body: answer as Record<string, unknown>,
      headers: Object.fromEntries(response.headers),
      status: response.status,
    }
  }

  return {
    addresses,
    async call(method, path, what, body) {
      const headers = { ...auth, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      const url = new URL(`${addresses.web}/api/v4/${path}`)
      const response = await persist(url, init, what, method === 'GET')
      const text = await response.text()
      return text === '' ? null : parse(text)
    },
    rest: createRest(addresses.web, handler),
    async query(query, variables, what, tolerated = () => false) {
      assertServed(what)
      const headers = { ...auth, 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify({ query, variables }) }
      const response = await persist(new URL(addresses.graphql), init, what, true)
      const { data, problems } = readAnswer(await response.text(), what)
      const problem = problems.find((candidate) => !tolerated(candidate))
      if (problem !== undefined) throw problem.error
      return data
    },
  }
}

/**
 * gitbeaker names the endpoints and their parameters. Its own handler would send everything up to ten times, a
 * POST as well, after 429 and 502, and knows neither Retry-After nor redirects.
 */
function createRest(host: string, handler: RequestHandlerFn) {
  const requesterFn = createRequesterFn(async (_, request) => request, handler)
  const settings = { host, requesterFn, rateLimits: {}, queryTimeout: null }
  return {
    awards: new MergeRequestNoteAwardEmojis(settings),
    branches: new Branches(settings),
    commits: new Commits(settings),
    deployments: new Deployments(settings),
    discussions: new CommitDiscussions(settings),
    environments: new Environments(settings),
    members: new ProjectMembers(settings),
    mergeRequests: new MergeRequests(settings),
    notes: new MergeRequestNotes(settings),
    projects: new Projects(settings),
    repositories: new Repositories(settings),
    tags: new Tags(settings),
    users: new Users(settings),
  }
}

/** `acme/platform/web` of `…/api/v4/projects/acme%2Fplatform%2Fweb/…`; null when it is about no project. */
function projectOf(url: URL): string | null {
  const [, project] = /\/api\/v4\/projects\/([^/]+)/.exec(url.pathname) ?? []
  return project === undefined ? null : decodeURIComponent(project)
}

/** Milliseconds to wait before the same request is sent again; null when it must not be. */
function waitBefore(error: unknown, retry: number | undefined, tries: number, now: Date): number | null {
  if (!(error instanceof SupercargoError)) return null
  if (error.code === 'rate-limited') {
    const wait = Math.max((error.retryAt?.getTime() ?? Number.POSITIVE_INFINITY) - now.getTime(), 0)
    return tries === 0 && wait <= LONGEST_WAIT ? wait + 10 : null
  }
  return error.code === 'forge-unavailable' && retry !== undefined ? retry : null
}
