import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import { denied, invalidAnswer, refused, unavailable, wordsOf } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { Credentials } from './options.ts'

const MAX_BYTES = 1024 * 1024
/** Of a token whose end is not told: https://distribution.github.io/distribution/spec/auth/token/#token-response-fields */
const DEFAULT_SECONDS = 60

/** What a header may hold. */
const tokenSchema = z.string().regex(/^[\x21-\x7e]+$/)
const answerSchema = z.object({
  token: tokenSchema.optional(),
  access_token: tokenSchema.optional(),
  expires_in: z.number().positive().max(1e9).optional(),
})

export interface TokenWish {
  host: string
  realm: URL
  service: string | null
  scopes: string[]
  credentials: Credentials | null
}

export interface Token {
  value: string
  /** Counted from the request for it, since the server's clock may differ. */
  seconds: number
}

/**
 * Asks the registry's token server for the right to do what the scopes say: as somebody, or as nobody.
 * https://distribution.github.io/distribution/spec/auth/token/ and, with a refresh token,
 * https://distribution.github.io/distribution/spec/auth/oauth/
 */
export async function requestToken(exchange: Exchange, wish: TokenWish): Promise<Token> {
  const { host, credentials, scopes } = wish
  const { status, bytes } = await exchange(requestOf(wish))
  const what = scopes.map((scope) => scope.split(':')[1]).join(' and ')
  if (status === 401 || status === 403) throw denied(host, what, credentials !== null, wordsOf(bytes))
  if (status >= 500) throw unavailable(host, `cannot give tokens: its token server answered ${status}`)
  if (status !== 200) throw refused(host, `a token for ${what}`, status, wordsOf(bytes))
  const answer = answerSchema.safeParse(parse(bytes))
  const value = answer.data?.token ?? answer.data?.access_token
  if (value === undefined) throw invalidAnswer(host, 'something else when it was asked for a token')
  return { value, seconds: answer.data?.expires_in ?? DEFAULT_SECONDS }
}

function requestOf({ realm, service, scopes, credentials }: TokenWish): Parameters<Exchange>[0] {
  if (credentials?.kind === 'identity') {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'supercargo',
      refresh_token: credentials.token,
      scope: scopes.join(' '),
      ...(service === null ? {} : { service }),
    })
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
    return { method: 'POST', url: realm, headers, body: Buffer.from(form.toString()), maxBytes: MAX_BYTES }
  }
  const url = new URL(realm)
  if (service !== null) url.searchParams.set('service', service)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  const authorization = credentials?.kind === 'basic' ? basicAuthorization(credentials) : null
  return { method: 'GET', url, headers: { accept: 'application/json' }, authorization, maxBytes: MAX_BYTES }
}

/** https://www.rfc-editor.org/rfc/rfc7617 */
export function basicAuthorization({ username, password }: Credentials & { kind: 'basic' }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/**
 * The address of the token server that a registry names: its own origin, or one that may have its credentials.
 * @throws SupercargoError `realm-refused` (permanent) for any other, which is not asked even as nobody
 */
export function readRealm(host: string, text: string, allowed: string[]): URL {
  const realm = URL.canParse(text) ? new URL(text) : null
  if (realm !== null && realm.username === '' && allowed.includes(realm.origin)) return realm
  const where = realm === null ? 'an address that cannot be read' : realm.origin
  throw new SupercargoError(
    `The registry ${host} names ${where} as its token server, which is not allowed.`,
    {
      code: 'realm-refused',
      kind: 'permanent',
      advice: 'When it is right, name it as a token server of this registry in the settings of the server.',
    },
  )
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    return null
  }
}
