import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface GitLabDelivery {
  /** Value of `X-Gitlab-Event`. */
  event: string
  headers: Record<string, string>
  body: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of every shape
  payload: any
}

export interface GitLabReceiver {
  url: string
  /** Everything that has arrived, oldest first. */
  received: GitLabDelivery[]
  /** What the receiver answers; 200 at first. */
  answer: { status: number }
  /** Waits until a delivery that matches is there (or was), at most 10 s. */
  wait(event: string, matches?: (payload: GitLabDelivery['payload']) => boolean): Promise<GitLabDelivery>
  clear(): void
  close(): Promise<void>
}

/** Listens on a free port for GitLab's webhooks. */
export async function startGitLabReceiver(): Promise<GitLabReceiver> {
  const received: GitLabDelivery[] = []
  const answer = { status: 200 }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      received.push({ event: headers['x-gitlab-event'] ?? '', headers, body, payload: JSON.parse(body) })
      response.writeHead(answer.status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/gitlab`,
    received,
    answer,
    clear: () => {
      received.length = 0
    },
    wait: async (event, matches = () => true) => {
      const deadline = Date.now() + 10_000
      for (;;) {
        const found = received.find((each) => each.event === event && matches(each.payload))
        if (found !== undefined) return found
        if (Date.now() > deadline) {
          const seen = received.map((each) => each.event).join(', ')
          throw new Error(`No ${event} came. What came: ${seen || 'nothing'}`)
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
