import type { ForgeId } from '../../domain/repository.ts'
import type { Log } from '../shared/log.ts'

/** A GitHub App's identity, or the token of a person or a workflow. */
export type GitHubCredentials = { appId: number | string; privateKey: string } | { token: string }

export interface GitHubOptions {
  /** The name that the operator gave this forge. */
  id: ForgeId
  /** REST base: `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server. */
  apiUrl: string
  credentials: GitHubCredentials
  log: Log
  /** Default: the runtime's own. */
  fetch?: typeof fetch
  /** Default: the system's clock. */
  clock?: () => Date
  /** Time until a request is given up, in milliseconds; default 30,000. */
  timeout?: number
  /** False sends the writes of an installation without a second between them: for forges without limits. */
  spacing?: boolean
}

/** What a forge needs to know about its server's addresses. */
export interface Addresses {
  rest: string
  graphql: string
  /** Of the pages for people, without a slash at its end. */
  web: string
}

/**
 * Derives the other addresses from the REST base as octokit does: `/api/v3` becomes `/api/graphql`.
 * https://docs.github.com/en/enterprise-server/graphql/guides/forming-calls-with-graphql
 */
export function addressesOf(apiUrl: string): Addresses {
  const rest = apiUrl.replace(/\/+$/, '')
  const enterprise = /\/api\/v3$/
  if (enterprise.test(rest)) {
    return { rest, graphql: rest.replace(enterprise, '/api/graphql'), web: rest.replace(enterprise, '') }
  }
  return { rest, graphql: `${rest}/graphql`, web: rest.replace('://api.', '://') }
}
