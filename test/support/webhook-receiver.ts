import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedHook {
  event: string
  /** GUID. */
  delivery: string
  headers: Record<string, string>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of every shape
  payload: any
  /** True when the signature is that of the shared secret. */
  signed: boolean
}

export interface WebhookReceiver {
  url: string
  /** Everything that has arrived, oldest first. */
  received: ReceivedHook[]
  /** What the receiver answers; 200 at first. */
  answer: { status: number; delayMs: number }
  /** Waits until a hook that matches is there (or was), at most 10 s. */
  wait(event: string, matches?: (payload: ReceivedHook['payload']) => boolean): Promise<ReceivedHook>
  clear(): void
  close(): Promise<void>
}

/**
 * Listens on a free port for webhooks, as a GitHub App does.
 * @param judge looks at everything that arrives
 */
export async function startReceiver(
  secret: string,
  judge: (event: string, payload: unknown) => void = () => {},
): Promise<WebhookReceiver> {
  const received: ReceivedHook[] = []
  const answer = { status: 200, delayMs: 0 }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
      const payload: unknown = JSON.parse(body.toString())
      judge(headers['x-github-event'] ?? '', payload)
      received.push({
        event: headers['x-github-event'] ?? '',
        delivery: headers['x-github-delivery'] ?? '',
        headers,
        payload,
        signed: headers['x-hub-signature-256'] === signature,
      })
      setTimeout(() => response.writeHead(answer.status).end(), answer.delayMs)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/github`,
    received,
    answer,
    clear: () => {
      received.length = 0
    },
    wait: async (event, matches = () => true) => {
      const deadline = Date.now() + 10_000
      for (;;) {
        const found = received.find((hook) => hook.event === event && matches(hook.payload))
        if (found !== undefined) return found
        if (Date.now() > deadline) {
          const seen = received.map((hook) => `${hook.event} ${hook.payload.action ?? ''}`).join(', ')
          throw new Error(`No ${event} webhook came. What came: ${seen || 'nothing'}`)
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
