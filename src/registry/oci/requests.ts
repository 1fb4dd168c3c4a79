import { createAuthorizer, type Purpose } from './authorizer.ts'
import { denied, refused, unavailable, wordsOf } from './errors.ts'
import { type Answer, createExchange, type ExchangeRequest } from './exchange.ts'
import type { RegistryAccess } from './options.ts'

/** Where Docker Hub answers; its name in images is no server. */
const DOCKER_HUB = 'https://registry-1.docker.io'

export interface RegistryRequest extends Omit<ExchangeRequest, 'url' | 'authorization'> {
  repository: string
  /** Behind `/v2/<repository>/`, or where a page or an upload is. */
  path: string | URL
  /** Default: reading. `from`: a second repository, that is read. */
  rights?: { write: true; from?: string }
  /** Statuses that the caller understands, besides 2xx, 304 and 404. */
  understands?: number[]
}

export interface Requests {
  host: string
  /** Throws as the port says. */
  send(request: RegistryRequest): Promise<Answer>
  urlOf(repository: string, path: string): URL
}

/** Requests to one registry, with the credentials that it asks for; they go to no other origin. */
export function createRequests(access: RegistryAccess): Requests {
  const { host } = access
  const base = (access.url ?? (host === 'docker.io' ? DOCKER_HUB : `https://${host}`)).replace(/\/+$/, '')
  const { origin } = new URL(base)
  const exchange = createExchange(access)
  const authorizer = createAuthorizer(access, base, exchange)
  const urlOf = (repository: string, path: string) => new URL(`${base}/v2/${repository}/${path}`)

  async function attempt(request: ExchangeRequest, purpose: Purpose): Promise<[Answer, sent: string | null]> {
    if (request.url.origin !== origin) return [await exchange(request), null]
    const authorization = await authorizer.authorize(purpose)
    const first = await exchange({ ...request, authorization })
    const challenge = first.headers.get('www-authenticate')
    // Behind a redirect to elsewhere nobody is told who asks.
    if (first.status !== 401 || challenge === null || first.url.origin !== origin)
      return [first, authorization]
    const second = await authorizer.answer(purpose, challenge, authorization)
    if (second === null) return [first, authorization]
    return [await exchange({ ...request, authorization: second }), second]
  }

  return {
    host,
    urlOf,
    async send({ repository, path, rights, understands = [], ...rest }) {
      const url = typeof path === 'string' ? urlOf(repository, path) : path
      const [answer, sent] = await attempt({ ...rest, url }, purposeOf(repository, rights))
      const { status, bytes } = answer
      if ((status >= 200 && status < 300) || [304, 404, ...understands].includes(status)) return answer
      if (status === 401 || status === 403) throw denied(host, repository, sent !== null, wordsOf(bytes))
      if (status >= 500 || status === 408) throw unavailable(host, `answered ${status} about ${repository}`)
      throw refused(host, repository, status, wordsOf(bytes))
    },
  }
}

function purposeOf(repository: string, rights: RegistryRequest['rights']): Purpose {
  if (rights === undefined) return { repository, scopes: [`repository:${repository}:pull`] }
  const scopes = [`repository:${repository}:pull,push`]
  if (rights.from !== undefined && rights.from !== repository) scopes.push(`repository:${rights.from}:pull`)
  return { repository, scopes }
}
