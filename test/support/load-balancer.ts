import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What stands before several replicas, and sends each request to one of them by turns. */
export interface LoadBalancer {
  url: string
  close(): Promise<void>
}

/** A replica that cannot be reached is passed over; 502 when none can. */
export async function startLoadBalancer(ports: readonly number[]): Promise<LoadBalancer> {
  let turn = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const first = turn++
    for (let i = 0; i < ports.length; i++) {
      const origin = `http://127.0.0.1:${ports[(first + i) % ports.length]}`
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers
      const answer = await fetch(`${origin}${request.url ?? '/'}`, {
        method: request.method ?? 'GET',
        headers: headers as Record<string, string>,
        body: Buffer.concat(chunks),
      }).catch(() => null)
      if (answer === null) continue
      response.writeHead(answer.status).end(await answer.text().catch(() => ''))
      return
    }
    response.writeHead(502).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
