import { createHmac } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { readGitHubDelivery } from '../../src/intake/github-delivery.ts'
import type { Delivery } from '../../src/store/store.ts'
import { type ServerOptions, startServer, type WebServer } from '../../src/web/server.ts'
import { FORGE_MAX_BYTES, webhookRoutes } from '../../src/web/webhook.ts'

export const SECRET = '9c1185a5c5e9fc54612808977ee8f548'

export interface Door {
  server: WebServer
  url: string
  stored: Delivery[]
  /** What was logged, as text. */
  log: string[]
}

/** A log that keeps its lines. */
export function memoryLog(lines: string[]) {
  const add = (fields: object, message: string) => {
    const error = 'err' in fields && fields.err instanceof Error ? fields.err.message : ''
    lines.push(`${message} ${error} ${JSON.stringify(fields)}`)
  }
  return { debug: add, info: add, warn: add, error: add }
}

/** A server on a free port with the webhook door; `accept` stands for the store. */
export async function openDoor(
  context: TestContext,
  accept?: (delivery: Delivery) => Promise<'accepted' | 'duplicate'>,
  patience?: ServerOptions['patience'],
): Promise<Door> {
  const stored: Delivery[] = []
  const lines: string[] = []
  const log = memoryLog(lines)
  const server = await startServer({ host: '127.0.0.1', port: 0, log, ...(patience ? { patience } : {}) })
  context.after(() => server.stop(0))
  const store = async (delivery: Delivery) => {
    if (stored.some(({ id }) => id === delivery.id)) return 'duplicate' as const
    stored.push(delivery)
    return 'accepted' as const
  }
  server.add(
    webhookRoutes({
      paths: ['/webhooks/github', '/api/github/webhooks'],
      maxBytes: FORGE_MAX_BYTES,
      read: (headers, body) => readGitHubDelivery([SECRET], headers, body),
      accept: accept ?? store,
      log,
    }),
  )
  return { server, url: `http://127.0.0.1:${server.port}`, stored, log: lines }
}

/** Posts as GitHub does. */
export function deliver(url: string, body: string, id: string, secret = SECRET): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  })
}

export interface RawAnswer {
  text: string
  /** Bytes that the client could send until the connection ended. */
  sent: number
}

/** Sends the head, then `chunk` for ever (null: nothing), until the server ends the connection. */
export function sendRaw(port: number, head: string, chunk: Buffer | null): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1')
    let text = ''
    let sent = 0
    const push = () => {
      if (chunk === null) return
      while (!socket.destroyed && socket.writable && socket.write(chunk)) sent += chunk.length
      sent += chunk.length
    }
    socket.on('connect', () => {
      socket.write(head)
      push()
    })
    socket.on('drain', push)
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve({ text, sent }))
  })
}
