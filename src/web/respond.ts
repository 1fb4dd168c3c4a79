import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** How long what a client still sends is thrown away after it was refused, in milliseconds. */
const LINGER = 1000

/** How much of it; after that the client is left waiting until the time is over. */
const LINGER_BYTES = 1024 * 1024

/** On every answer: it is never guessed to be something else, framed, cached or allowed to load anything. */
const SAFE_HEADERS: OutgoingHttpHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export interface Answer {
  status: number
  /** Plain text unless `headers` says otherwise. Never the text of an exception (requirement 6). */
  body: string
  headers?: OutgoingHttpHeaders
}

/**
 * Answers completely. When the request's body was not read to its end, the connection is closed; the rest is
 * thrown away for a moment first, because a client whose bytes are refused by the kernel never reads the answer.
 */
export function respond(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const unread = !request.complete && hasBody(request)
  const body = request.method === 'HEAD' ? '' : answer.body
  response.writeHead(answer.status, {
    ...SAFE_HEADERS,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(answer.body),
    ...(unread ? { connection: 'close' } : {}),
    ...answer.headers,
  })
  if (!unread) {
    response.end(body)
    return
  }
  response.write(body)
  const end = () => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(end, LINGER)
  let left = LINGER_BYTES
  const discard = (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) request.pause()
  }
  request.once('end', end).once('close', end).on('data', discard)
}

/** As JSON, with a line break at the end. */
export function json(status: number, value: unknown): Answer {
  return { status, body: `${JSON.stringify(value)}\n`, headers: { 'content-type': 'application/json' } }
}

/** As a page; `csp` are the directives that the page needs beyond none. */
export function page(status: number, html: string, csp: string): Answer {
  const policy = `default-src 'none'; frame-ancestors 'none'; base-uri 'none'; ${csp}`
  return {
    status,
    body: html,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
  }
}

function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  )
}
