import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeRequest {
  method: string
  /** Path and query. */
  path: string
  headers: IncomingHttpHeaders
}

export interface FakeAnswer {
  status?: number
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Milliseconds. */
  delay?: number
}

export interface FakeRegistry {
  host: string
  url: string
  /** Everything that has arrived, oldest first. */
  received: FakeRequest[]
  close(): Promise<void>
}

/** A server on a free port of the loopback that answers as it is told: what no well-behaved registry does. */
export async function startFakeRegistry(
  answer: (request: FakeRequest, url: string) => FakeAnswer,
): Promise<FakeRegistry> {
  const received: FakeRequest[] = []
  const server = createServer((incoming, response) => {
    const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers }
    received.push(request)
    incoming.resume()
    const { status = 200, headers = {}, body = '', delay = 0 } = answer(request, url)
    setTimeout(() => response.writeHead(status, headers).end(body), delay).unref()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `http://${host}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { host, url, received, close }
}

/** A registry that gives tags in pages of `size`, and says null on a last page that is empty. */
export async function startPagingRegistry(tags: string[], size: number): Promise<FakeRegistry> {
  return await startFakeRegistry(({ path }) => {
    const url = new URL(path, 'http://localhost')
    if (!url.pathname.endsWith('/tags/list')) return { status: 404 }
    const start = Number(url.searchParams.get('last') ?? '0')
    const page = tags.slice(start, start + size)
    const link = `<${url.pathname}?last=${start + size}&n=${size}>; rel="next"`
    return {
      headers: { 'content-type': 'application/json', ...(page.length === size ? { link } : {}) },
      body: JSON.stringify({ name: 'acme/web', tags: page.length === 0 ? null : page }),
    }
  })
}
