import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** A forge that remembers its answers, so that a busy one takes no processor time from what is measured. */
export interface Replay {
  /** REST root, as `GITHUB_API_URL`. */
  api: string
  /** Requests that were answered. */
  answered(): number
  close(): Promise<void>
}

interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** Asks the forge at `origin` once for each different request, and answers after `latency` milliseconds. */
export async function startReplay(origin: string, latency: number): Promise<Replay> {
  const known = new Map<string, Promise<Answer>>()
  let count = 0
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request)
    const key = `${request.method} ${request.url}\n${body.toString()}`
    const asked = known.get(key) ?? ask(origin, request, body)
    known.set(key, asked)
    const [answer] = await Promise.all([asked, sleep(latency)])
    count++
    response.writeHead(answer.status, answer.headers).end(answer.body)
  }
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox/github/api/v3`,
    answered: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function ask(origin: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  const response = await fetch(`${origin}${url}`, {
    method: method ?? 'GET',
    headers: {
      authorization: headers.authorization ?? '',
      ...(headers['content-type'] === undefined ? {} : { 'content-type': headers['content-type'] }),
    },
    ...(body.length === 0 ? {} : { body }),
  })
  const type = response.headers.get('content-type')
  return {
    status: response.status,
    headers: type === null ? {} : { 'content-type': type },
    body: Buffer.from(await response.arrayBuffer()),
  }
}
