import { SupercargoError } from '../../domain/errors.ts'
import { lruCache } from '../../domain/lru.ts'

const MAX_REDIRECTS = 3
const MAX_CACHED_BYTES = 256 * 1024

export interface HttpLimits {
  /** Milliseconds from the start of a request to the last byte of its answer. */
  timeout: number
  /** Of an answer's body, after decompression. */
  maxBytes: number
}

interface Cached {
  etag: string
  headers: [string, string][]
  body: Uint8Array<ArrayBuffer>
}

/**
 * A fetch for one API server: it talks to that origin only, follows redirects within it only (so that no
 * credential leaves it), gives up after a time and a size, and repeats GETs conditionally: an answer 304
 * costs nothing and is given as the 200 that it stands for.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
export function createHttp(
  origin: string,
  limits: HttpLimits,
  transport: typeof fetch = fetch,
): typeof fetch {
  const cache = lruCache<Cached>(300)
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const method = (init.method ?? 'GET').toUpperCase()
    const headers = new Headers(init.headers)
    const key = `${url.href} ${headers.get('accept')}`
    const cached = method === 'GET' ? cache.get(key) : undefined
    if (cached !== undefined) headers.set('if-none-match', cached.etag)
    const signal = AbortSignal.timeout(limits.timeout)
    try {
      const response = await follow(transport, url, origin, { ...init, method, headers, signal })
      if (response.status === 304 && cached !== undefined) {
        await response.body?.cancel()
        return new Response(cached.body, { status: 200, headers: cached.headers })
      }
      const body = await readBody(response, limits.maxBytes)
      const etag = response.headers.get('etag')
      if (method === 'GET' && response.status === 200 && etag !== null && body.length <= MAX_CACHED_BYTES) {
        cache.set(key, { etag, headers: [...response.headers], body })
      }
      const empty = response.status === 204 || response.status === 205 || response.status === 304
      return new Response(empty ? null : body, { status: response.status, headers: response.headers })
    } catch (error) {
      if (signal.aborted) {
        throw new SupercargoError(`The forge did not answer ${method} ${url.pathname} in time.`, {
          code: 'forge-timeout',
          kind: 'transient',
        })
      }
      throw error
    }
  }
}

async function follow(
  transport: typeof fetch,
  first: URL,
  origin: string,
  init: RequestInit & { method: string },
): Promise<Response> {
  let url = first
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    if (url.origin !== origin) throw redirectRefused(`leads to ${url.origin}, which is not the forge`)
    const response = await transport(url, { ...init, redirect: 'manual' })
    const location = response.headers.get('location')
    if (response.status < 301 || response.status > 308 || response.status === 304 || location === null) {
      return response
    }
    await response.body?.cancel()
    // 303 says that something was done already; every other redirect says that nothing was
    if (response.status === 303 && init.method !== 'GET') throw redirectRefused('answers a write by a page')
    url = new URL(location, url)
  }
  throw redirectRefused('has no end')
}

function redirectRefused(what: string): SupercargoError {
  return new SupercargoError(`A redirect of the forge was not followed: it ${what}.`, {
    code: 'redirect-refused',
    kind: 'permanent',
    advice: 'Check the address of the API in the configuration of the server.',
  })
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxBytes) {
      throw new SupercargoError(`An answer of the forge was larger than ${maxBytes} bytes.`, {
        code: 'forge-answer-too-large',
        kind: 'permanent',
        advice: 'Let the configuration name smaller directories.',
      })
    }
    chunks.push(chunk)
  }
  const body = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.length
  }
  return body
}
