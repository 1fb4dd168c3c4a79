import { execFileSync } from 'node:child_process'
import { randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export const CREW = { username: 'crew', password: 'tide-and-anchor' }
export const REFRESH_TOKEN = 'refresh-me-as-crew'
const SERVICE = 'registry.test'
const ISSUER = 'supercargo-test'

export interface TokenRequest {
  method: string
  /** Null when the request was anonymous. */
  user: string | null
  scopes: string[]
}

export interface TokenServer {
  realm: string
  origin: string
  /** For the registry's configuration, as `auth.token`. */
  configuration: object
  /** Every request for a token, oldest first. */
  requests: TokenRequest[]
  /** Seconds until a token ends, as the next answers say; 300 at first. */
  answer: { expiresIn: number; field: 'token' | 'access_token' }
  /** A token for these scopes, without asking. */
  mint(scopes: string[]): string
  close(): Promise<void>
}

/**
 * A token server of a registry: the crew may do everything, anybody may pull what is under `public/`.
 * https://distribution.github.io/distribution/spec/auth/token/ and https://distribution.github.io/distribution/spec/auth/jwt/
 */
export async function startTokenServer(directory: string): Promise<TokenServer> {
  const keyFile = join(directory, 'token.key')
  const certificateFile = join(directory, 'token.pem')
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const files = ['-keyout', keyFile, '-out', certificateFile, '-days', '2', '-subj', '/CN=tokens']
  execFileSync('openssl', ['req', '-x509', ...kind, ...files], { stdio: 'ignore' })
  const key = readFileSync(keyFile)
  const chain = [readFileSync(certificateFile, 'utf8').replace(/-----[A-Z ]+-----|\s/g, '')]
  const requests: TokenRequest[] = []
  const answer: TokenServer['answer'] = { expiresIn: 300, field: 'token' }

  const jwt = (user: string | null, scopes: string[], seconds: number) => {
    const now = Math.floor(Date.now() / 1000)
    const times = { iat: now, nbf: now - 5, exp: now + seconds }
    const access = scopes.flatMap((scope) => granted(user, scope))
    const claims = { iss: ISSUER, aud: SERVICE, sub: user ?? '', jti: randomUUID(), ...times, access }
    const head = { typ: 'JWT', alg: 'ES256', x5c: chain }
    const signed = [head, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64url')}`
  }

  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await read(request))
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams
    const user = userOf(request, form)
    const scopes = request.method === 'POST' ? (form.get('scope') ?? '').split(' ') : query.getAll('scope')
    requests.push({ method: request.method ?? '', user: user === 'stranger' ? null : user, scopes })
    response.setHeader('content-type', 'application/json')
    if (user === 'stranger')
      return response.writeHead(401).end('{"details":"incorrect username or password"}')
    const token = jwt(user, scopes, Math.max(answer.expiresIn, 60))
    response.end(JSON.stringify({ [answer.field]: token, expires_in: answer.expiresIn }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const realm = `${origin}/token`
  return {
    realm,
    origin,
    configuration: { token: { realm, service: SERVICE, issuer: ISSUER, rootcertbundle: certificateFile } },
    requests,
    answer,
    mint: (scopes) => jwt(CREW.username, scopes, 300),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function granted(user: string | null, scope: string): object[] {
  const [type, name, actions] = scope.split(':')
  if (type === undefined || name === undefined || actions === undefined) return []
  if (user !== null) return [{ type, name, actions: actions.split(',') }]
  return name.startsWith('public/') ? [{ type, name, actions: ['pull'] }] : []
}

function userOf(request: IncomingMessage, form: URLSearchParams): string | null {
  if (form.get('grant_type') === 'refresh_token') {
    return form.get('refresh_token') === REFRESH_TOKEN ? CREW.username : 'stranger'
  }
  const { authorization } = request.headers
  if (authorization === undefined) return null
  return authorization === basic(CREW) ? CREW.username : 'stranger'
}

export function basic({ username, password }: typeof CREW): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
