import { setTimeout as sleep } from 'node:timers/promises'
import { throttling } from '@octokit/plugin-throttling'
import { Octokit } from '@octokit/rest'
import { SupercargoError } from '../../domain/errors.ts'
import { type RepositoryId, repositoryName, repositoryOwner } from '../../domain/repository.ts'
import type { Variables } from '../shared/declarations.ts'
import { createHttp } from '../shared/http.ts'
import type { Log } from '../shared/log.ts'
import { loggedFetch } from '../shared/logged-fetch.ts'
import { toSupercargoError } from './errors.ts'
import { type GraphQLAnswer, type GraphQLProblem, readAnswer } from './graphql.ts'
import { type Addresses, addressesOf, type GitHubOptions } from './options.ts'
import { type Access, createTokens, type Purpose, type Tokens } from './tokens.ts'

export type Request = Octokit['request']

/** Requests about one repository (or the app), authorised for one purpose. Everything thrown is a SupercargoError. */
export interface Session {
  owner: string
  repo: string
  /** A REST request that changes nothing: repeated twice when the server fails. */
  read<T>(call: (request: Request) => Promise<T>): Promise<T>
  /** A REST request that may change something: sent once, unless GitHub says that it did nothing. */
  write<T>(call: (request: Request) => Promise<T>): Promise<T>
  /** A GraphQL query's data. Every error throws that is not tolerated. */
  query(
    document: string,
    variables: Variables,
    tolerated?: (problem: GraphQLProblem) => boolean,
  ): Promise<unknown>
  /** A GraphQL mutation document, sent once: its root fields succeed or fail one by one. */
  mutate(document: string, variables: Variables): Promise<GraphQLAnswer>
}

export interface Client {
  addresses: Addresses
  tokens: Tokens
  /** @throws SupercargoError `repository-not-found` where the app is not installed */
  session(repository: RepositoryId, purpose: Purpose): Promise<Session>
  /** A session that is about no repository. */
  sessionOf(access: Access, what: string): Session
}

/** Waits inside the adapter are short; longer ones are left to the queue. */
const LONGEST_WAIT = 2000
const READ_RETRIES = [300, 1200]
const LIMITS = { maxBytes: 64 * 1024 * 1024 }

interface Group {
  /** Not throttled: GitHub asks for a second between writes only, and the plugin would space queries too. */
  reader: Octokit
  writer: Octokit
  /** Requests fail at once until then, because GitHub counts those sent during a limit against the app. */
  closed: SupercargoError | null
}

let forges = 0

/** Sessions with one throttle group for each installation. */
export function createClient(options: GitHubOptions): Client {
  const addresses = addressesOf(options.apiUrl)
  const clock = options.clock ?? (() => new Date())
  const limits = { ...LIMITS, timeout: options.timeout ?? 30_000 }
  const transport = loggedFetch(options.log, options.fetch)
  const http = createHttp(new URL(addresses.rest).origin, limits, transport)
  const settings = {
    baseUrl: addresses.rest,
    userAgent: 'supercargo',
    request: { fetch: http, log: quietLog(options.log) },
    log: quietLog(options.log),
  }
  const tokens = createTokens(options.credentials, new Octokit(settings).request, clock)
  const groups = new Map<string, Group>()
  const forge = ++forges

  function groupOf(name: string): Group {
    const known = groups.get(name)
    if (known !== undefined) return known
    const throttle = { ...throttleOf(`${forge} ${name}`), enabled: options.spacing !== false }
    const writer = new (Octokit.plugin(throttling))({ ...settings, throttle })
    const group = { reader: new Octokit(settings), writer, closed: null }
    groups.set(name, group)
    return group
  }

  function sessionOf(access: Access, what: string, owner = '', repo = ''): Session {
    const group = groupOf(access.group)

    async function attempt<T>(octokit: Octokit, call: (request: Request) => Promise<T>): Promise<T> {
      if (group.closed !== null && (group.closed.retryAt?.getTime() ?? 0) > clock().getTime())
        throw group.closed
      for (let fresh = false; ; fresh = true) {
        try {
          const authorization = await access.authorization(fresh)
          return await call(octokit.request.defaults({ headers: { authorization } }))
        } catch (error) {
          const failure = toSupercargoError(error, what, clock())
          if (failure.code === 'rate-limited') group.closed = failure
          if (failure.code !== 'credentials-refused' || fresh) throw failure
        }
      }
    }

    async function persist<T>(octokit: Octokit, retries: number[], call: (request: Request) => Promise<T>) {
      for (let tries = 0; ; tries++) {
        try {
          return await attempt(octokit, call)
        } catch (error) {
          const wait = waitBefore(error, retries[tries], tries, clock())
          if (wait === null) throw error
          options.log.debug({ what, wait, problem: String(error) }, 'A request to GitHub is repeated.')
          await sleep(wait)
        }
      }
    }

    async function graphql(request: Request, query: string, variables: Variables): Promise<GraphQLAnswer> {
      // octokit's own parser looks for large numbers in the whole text, which holds every manifest
      const plainJson = { parseSuccessResponseBody: false }
      const url = addresses.graphql
      const response = await request({ method: 'POST', url, query, variables, request: plainJson })
      const text = await new Response(response.data).text()
      return readAnswer(text, response.headers, what, clock())
    }

    return {
      owner,
      repo,
      read: (call) => persist(group.reader, READ_RETRIES, call),
      write: (call) => persist(group.writer, [], call),
      query: (document, variables, tolerated = () => false) =>
        persist(group.reader, READ_RETRIES, async (request) => {
          const answer = await graphql(request, document, variables)
          const problem = answer.problems.find((candidate) => !tolerated(candidate))
          if (problem !== undefined) throw problem.error
          return answer.data
        }),
      mutate: (document, variables) =>
        persist(group.writer, [], (request) => graphql(request, document, variables)),
    }
  }

  return {
    addresses,
    tokens,
    sessionOf,
    async session(repository, purpose) {
      const access = await tokens.forRepository(repository, purpose)
      return sessionOf(access, repository.path, repositoryOwner(repository), repositoryName(repository))
    },
  }
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

/**
 * The plugin only spaces the writes of one installation by a second; it never repeats anything, because the
 * queue does. Its extra three seconds between comments and merges would only hold up a worker.
 */
function throttleOf(id: string) {
  return {
    id,
    triggersNotification: () => false,
    retryLimiter: {
      on: () => undefined,
      schedule: <A extends unknown[], T>(job: (...args: A) => T, ...args: A): T => job(...args),
    },
    onRateLimit: () => false,
    onSecondaryRateLimit: () => false,
  }
}

function quietLog(log: Log) {
  const quiet = () => undefined
  const warn = (message: string) => log.warn({}, message.replace(/\?\S*/g, ''))
  return { debug: quiet, info: quiet, warn, error: warn }
}
