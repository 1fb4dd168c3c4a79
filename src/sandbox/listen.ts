import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Sandbox } from './sandbox.ts'

/** Serves a sandbox alone, on a free port by default; sets its base URL. */
export async function listen(
  sandbox: Sandbox,
  port = 0,
  host = '127.0.0.1',
): Promise<{ url: string; unref(): void; close(): Promise<void> }> {
  const server = createServer(sandbox.handler)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const url = `http://${host}:${(server.address() as AddressInfo).port}`
  sandbox.setBaseUrl(url)
  return {
    url,
    unref: () => void server.unref(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
