import type { ForgeId } from '../../domain/repository.ts'
import type { Log } from '../shared/log.ts'

export interface GitLabOptions {
  /** The name that the operator gave this instance. */
  id: ForgeId
  /** Address of the instance's pages: `https://gitlab.com`, or `https://git.example.com/gitlab` below a path. */
  url: string
  /** A project, group or personal access token with the scope `api`. */
  token: string
  log: Log
  /** PEM of the authority that signed the instance's certificate, where the system does not know it. */
  ca?: string
  /** False for a project that the bot does not serve, whatever the token may see; default: it serves all. */
  serves?: (path: string) => boolean
  /** Default: the runtime's own, with `ca` when there is one. */
  fetch?: typeof fetch
  /** Default: the system's clock. */
  clock?: () => Date
  /** Time until a request is given up, in milliseconds; default 30,000. */
  timeout?: number
  /** Comments that may be written in one minute; default 60, the limit of gitlab.com. */
  notesPerMinute?: number
}

export interface Addresses {
  /** Of the pages for people, and the base of everything else; without a slash at its end. */
  web: string
  graphql: string
}

/** https://docs.gitlab.com/api/rest/ and https://docs.gitlab.com/api/graphql/ say where the APIs are. */
export function addressesOf(url: string): Addresses {
  const web = url.replace(/\/+$/, '')
  return { web, graphql: `${web}/api/graphql` }
}
