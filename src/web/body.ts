import type { IncomingMessage, ServerResponse } from 'node:http'

/** Bytes that all requests together may hold in memory: more wait for a better moment (503). */
export interface Budget {
  left: number
}

export type Body = { kind: 'body'; bytes: Buffer } | { kind: 'too-large' | 'busy' | 'gone' }

/**
 * Reads a body of at most `max` bytes. One that is announced larger is refused before a byte is read, one that
 * becomes larger as soon as it does; what was read until then is let go, so memory stays flat (requirement 2).
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  max: number,
  budget: Budget,
): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > max) return Promise.resolve({ kind: 'too-large' })
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue()
  return new Promise((resolve) => {
    let chunks: Buffer[] = []
    let size = 0
    const settle = (body: Body) => {
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone)
      budget.left += size
      size = 0
      chunks = []
      resolve(body)
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      budget.left -= chunk.length
      if (size > max) settle({ kind: 'too-large' })
      else if (budget.left < 0) settle({ kind: 'busy' })
      else chunks.push(chunk)
    }
    const onEnd = () => settle({ kind: 'body', bytes: Buffer.concat(chunks) })
    const onGone = () => settle({ kind: 'gone' })
    request.on('data', onData).once('end', onEnd).once('close', onGone).once('error', onGone)
  })
}
