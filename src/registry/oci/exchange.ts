import { SupercargoError } from '../../domain/errors.ts'
import { fetchTrusting } from '../../net/fetch-trusting.ts'
import { invalidAnswer, unavailable } from './errors.ts'
import type { RegistryAccess } from './options.ts'
import { createRateLimit } from './rate-limit.ts'

const MAX_REDIRECTS = 4
const TIMEOUT = 30_000

export interface ExchangeRequest {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  url: URL
  headers?: Record<string, string>
  /** Goes to the URL's own origin, never further. */
  authorization?: string | null
  body?: Uint8Array
  /** Of the answer's body. */
  maxBytes: number
  /** Whether the registry may count it as a pull. */
  counted?: boolean
}

export interface Answer {
  status: number
  headers: Headers
  bytes: Uint8Array
  /** Where it came from, after redirects. */
  url: URL
}

/**
 * One request and its whole answer, of whatever status. Throws `registry-unavailable`, `registry-answer-invalid`,
 * `redirect-refused`, `rate-limited`.
 */
export type Exchange = (request: ExchangeRequest) => Promise<Answer>

/**
 * How requests reach one registry and its token server: within a time and a size, not before a time that it named,
 * and with credentials for one origin only. A redirect (blobs lie in stores elsewhere) is followed for reading only,
 * and to another origin by https only and without the credentials, which do not come back later.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pulling-blobs
 */
export function createExchange(access: Omit<RegistryAccess, 'credentials'>): Exchange {
  const { host, log, timeout = TIMEOUT, clock = () => new Date() } = access
  const transport = access.fetch ?? (access.ca === undefined ? fetch : fetchTrusting(access.ca))
  const limit = createRateLimit(host, clock)
  return async (request) => {
    limit.check(request.counted ?? false)
    const signal = AbortSignal.timeout(timeout)
    try {
      const response = await follow(transport, request, host, signal)
      const { status, headers } = response.answer
      log.debug(
        { host, method: request.method, path: request.url.pathname, status },
        'The registry answered.',
      )
      limit.note(status, headers)
      const bytes = await readBody(response.answer, request.maxBytes, host)
      if (status === 429 || status === 503) limit.check(false)
      return { status, headers, bytes, url: response.url }
    } catch (error) {
      if (error instanceof SupercargoError) throw error
      if (signal.aborted) throw unavailable(host, 'did not answer in time')
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      throw unavailable(
        host,
        `could not be reached: ${cause instanceof Error ? cause.message : String(cause)}`,
      )
    }
  }
}

async function follow(
  transport: typeof fetch,
  request: ExchangeRequest,
  host: string,
  signal: AbortSignal,
): Promise<{ answer: Response; url: URL }> {
  const { method, body } = request
  const headers = new Headers(request.headers)
  if (request.authorization) headers.set('authorization', request.authorization)
  let url = request.url
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const sent = body === undefined ? null : Buffer.from(body)
    const answer = await transport(url, { method, headers, body: sent, signal, redirect: 'manual' })
    const location = answer.headers.get('location')
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === null) return { answer, url }
    await answer.body?.cancel()
    if (method !== 'GET' && method !== 'HEAD') throw redirectRefused(host, 'it answers a write')
    if (!URL.canParse(location, url.href)) throw redirectRefused(host, 'its address cannot be read')
    url = new URL(location, url)
    if (url.origin === request.url.origin) continue
    if (url.protocol !== 'https:')
      throw redirectRefused(host, `it leads to ${url.origin}, without encryption`)
    headers.delete('authorization')
  }
  throw redirectRefused(host, 'it has no end')
}

function redirectRefused(host: string, why: string): SupercargoError {
  return new SupercargoError(`A redirect of the registry ${host} was not followed: ${why}.`, {
    code: 'redirect-refused',
    kind: 'permanent',
    advice:
      'Check the address of the registry in the settings of the server, and the settings of the registry.',
  })
}

async function readBody(response: Response, maxBytes: number, host: string): Promise<Uint8Array> {
  const tooLarge = () =>
    invalidAnswer(host, `more than the ${maxBytes} bytes that are read of such an answer`)
  const declared = Number(response.headers.get('content-length') ?? 0)
  const chunks: Uint8Array[] = []
  let size = 0
  // The answer to a HEAD declares a length that it does not have; its body is null.
  if (response.body !== null && declared > maxBytes) {
    await response.body.cancel()
    throw tooLarge()
  }
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
