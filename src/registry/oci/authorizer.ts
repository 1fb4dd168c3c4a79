import { lruCache } from '../../domain/lru.ts'
import { type Challenge, readChallenges } from './challenge.ts'
import type { Exchange } from './exchange.ts'
import type { RegistryAccess } from './options.ts'
import { createShare } from './share.ts'
import { basicAuthorization, readRealm, requestToken } from './token.ts'

/** Token servers of public registries that live elsewhere than they do. */
const KNOWN_TOKEN_ORIGINS: Record<string, string[]> = {
  'docker.io': ['https://auth.docker.io'],
  'registry.gitlab.com': ['https://gitlab.com'],
}
const MAX_TOKENS = 1000
const MAX_BYTES = 64 * 1024

/** What a request is about. */
export interface Purpose {
  /** Whose credentials are used. */
  repository: string
  /** https://distribution.github.io/distribution/spec/auth/scope/ ; sorted. */
  scopes: string[]
}

export interface Authorizer {
  /** The header for a request, by what the registry has asked for before; null to send none. */
  authorize(purpose: Purpose): Promise<string | null>
  /** The header for a second try after a 401; null when there is nothing else to try. */
  answer(purpose: Purpose, challenge: string, sent: string | null): Promise<string | null>
}

type Method = { scheme: 'basic' } | TokenServer

interface TokenServer {
  scheme: 'bearer'
  realm: URL
  service: string | null
}

interface KeptToken {
  header: string
  /** Milliseconds since 1970. */
  until: number
}

/**
 * Learns from a registry's first 401 how it wants to know who asks, and does so from then on without being asked.
 * Where there are credentials it asks for that 401 first: some registries say 403 or 404 to those whom they do not know.
 * The scopes are our own and not those of the challenge: nobody makes us ask for rights that we do not need.
 * Tokens are kept for their scopes until nine tenths of their time are over.
 */
export function createAuthorizer(access: RegistryAccess, base: string, exchange: Exchange): Authorizer {
  const { host, clock = () => new Date() } = access
  const { origin } = new URL(base)
  const allowed = [origin, ...(KNOWN_TOKEN_ORIGINS[host] ?? []), ...(access.tokenOrigins ?? [])]
  const tokens = lruCache<KeptToken>(MAX_TOKENS)
  const share = createShare()
  let method: Method | null = null
  let introduced = false

  async function fetchHeader(chosen: Method, { repository, scopes }: Purpose): Promise<string | null> {
    const credentials = await access.credentials(repository, scopes)
    if (credentials?.kind === 'bearer') return `Bearer ${credentials.token}`
    if (chosen.scheme === 'basic')
      return credentials?.kind === 'basic' ? basicAuthorization(credentials) : null
    const { realm, service } = chosen
    const asked = clock().getTime()
    const token = await requestToken(exchange, { host, realm, service, scopes, credentials })
    const header = `Bearer ${token.value}`
    tokens.set(scopes.join(' '), { header, until: asked + token.seconds * 900 })
    return header
  }

  /** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#determining-support */
  async function introduce(): Promise<void> {
    const url = new URL(`${base}/v2/`)
    const answer = await exchange({ method: 'GET', url, maxBytes: MAX_BYTES })
    const challenge = answer.url.origin === origin ? answer.headers.get('www-authenticate') : null
    if (answer.status === 401 && challenge !== null)
      method ??= readMethod(host, readChallenges(challenge), allowed)
    introduced = answer.status < 500
  }

  async function authorize(purpose: Purpose): Promise<string | null> {
    if (method === null && !introduced && (await access.credentials(purpose.repository)) !== null) {
      await share('', introduce)
    }
    const chosen = method
    if (chosen === null) return null
    const key = purpose.scopes.join(' ')
    const kept = tokens.get(key)
    if (kept !== undefined && kept.until > clock().getTime()) return kept.header
    return await share(key, () => fetchHeader(chosen, purpose))
  }

  return {
    authorize,
    async answer(purpose, challenge, sent) {
      const challenges = readChallenges(challenge)
      const asked = readMethod(host, challenges, allowed)
      if (asked === null) return null
      method = asked
      const key = purpose.scopes.join(' ')
      if (tokens.get(key)?.header === sent) tokens.delete(key)
      // A token that is good, but not for this: another would be no better.
      if (sent !== null && challenges.some(isInsufficient)) return null
      const header = await authorize(purpose)
      return header === sent ? null : header
    },
  }
}

/** Tokens are preferred to passwords. */
function readMethod(host: string, challenges: Challenge[], allowed: string[]): Method | null {
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer')?.parameters
  const realm = bearer?.get('realm')
  if (realm !== undefined) {
    return {
      scheme: 'bearer',
      realm: readRealm(host, realm, allowed),
      service: bearer?.get('service') ?? null,
    }
  }
  return challenges.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic' } : null
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-3.1 */
function isInsufficient({ parameters }: Challenge): boolean {
  return parameters.get('error') === 'insufficient_scope'
}
