import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What stands in the way of a request: an answer of its own, nothing for ever, or a time of milliseconds. */
export type Manner = { status: number; headers?: Record<string, string> } | 'never' | { after: number }

export interface RegistryFront {
  /** With port. */
  host: string
  url: string
  /** What has arrived, oldest first: `HEAD 1a2b3c4`, by what stands behind `manifests/`; else the whole path. */
  asked: string[]
  /** Null: it hands everything on. */
  manner: ((request: string) => Manner | null) | null
  /** What happens before a request is handed on, and after it was answered, before anybody hears of it. */
  moment: ((when: 'before' | 'after', request: string) => Promise<void>) | null
  /** Nobody listens any more. */
  stop(): Promise<void>
  /** Listens again, on the same port. */
  start(): Promise<void>
}

/**
 * What stands before a registry, with manners that no good one has.
 * @param name of the repository behind, for the one that is asked for
 */
export async function startRegistryFront(
  registry: { url: string },
  repository: string,
  name: string,
): Promise<RegistryFront> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  await listen(0)
  server.unref()
  const { port } = server.address() as AddressInfo
  const host = `127.0.0.1:${port}`
  const front: RegistryFront = {
    host,
    url: `http://${host}`,
    asked: [],
    manner: null,
    moment: null,
    async stop() {
      server.closeAllConnections()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
    start: () => listen(port),
  }
  return front

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = incoming
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const request = `${method} ${/\/manifests\/(.+)$/.exec(url)?.[1] ?? url}`
    front.asked.push(request)
    const manner = front.manner?.(request) ?? null
    if (manner === 'never') return
    if (manner !== null && 'status' in manner) {
      response.writeHead(manner.status, manner.headers ?? {}).end()
      return
    }
    if (manner !== null) await new Promise((resolve) => setTimeout(resolve, manner.after).unref())
    await front.moment?.('before', request)
    const body = Buffer.concat(chunks)
    const path = url.replace(`/v2/${repository}/`, `/v2/${name}/`)
    const { accept, 'content-type': type } = incoming.headers
    const headers = { ...(accept ? { accept } : {}), ...(type ? { 'content-type': type } : {}) }
    const sent = { method, headers, body: body.length === 0 ? null : body }
    const found = await fetch(`${registry.url}${path}`, sent)
    const bytes = Buffer.from(await found.arrayBuffer())
    await front.moment?.('after', request)
    const kept = ['content-type', 'docker-content-digest', 'content-length'].flatMap((header) => {
      const value = found.headers.get(header)
      return value === null ? [] : [[header, value]]
    })
    response.writeHead(found.status, Object.fromEntries(kept)).end(bytes)
  }
}
