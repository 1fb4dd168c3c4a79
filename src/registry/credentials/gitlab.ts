import { lruCache } from '../../domain/lru.ts'
import { createExchange } from '../oci/exchange.ts'
import type { RegistryAccess } from '../oci/options.ts'
import { requestToken } from '../oci/token.ts'
import { holdUntilEnd, type ShowCredentials } from './held.ts'

export interface GitLabOptions extends Pick<RegistryAccess, 'host' | 'log' | 'fetch'> {
  /** Base address of the instance; its token server is below it. */
  url: string
  /** Of a project, a group or a bot. */
  token: string
  /** PEM of the authority that signed the certificate of the instance. */
  ca: string | null
  clock: () => Date
}

/** Milliseconds. GitLab does not tell how long its tokens live, which then counts as a minute. */
const MARGIN = 10_000

/**
 * Exchanges the access token at the instance itself for one of the registry, so that the registry never sees what
 * opens more than itself. https://docs.gitlab.com/development/packages/container_registry/#token-authentication-flow
 */
export function gitlabCredentials({ url, token, ca, ...options }: GitLabOptions): ShowCredentials {
  const { host, clock } = options
  const exchange = createExchange(ca === null ? options : { ...options, ca })
  const realm = new URL(`${url}/jwt/auth`)
  const credentials = { kind: 'basic', username: 'supercargo', password: token } as const
  const held = lruCache<ShowCredentials>(1_000)

  function create(scopes: string[]): ShowCredentials {
    return holdUntilEnd(
      async () => {
        const asked = clock().getTime()
        const wish = { host, realm, service: 'container_registry', scopes, credentials }
        const { value, seconds } = await requestToken(exchange, wish)
        return { credentials: { kind: 'bearer', token: value }, endsAt: asked + seconds * 1000 }
      },
      clock,
      MARGIN,
    )
  }

  return async (repository, scopes) => {
    const key = scopes.join(' ')
    const show = held.get(key) ?? create([...scopes])
    held.set(key, show)
    return await show(repository, scopes)
  }
}
