import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Sandbox } from './sandbox.ts'

/** So long that no client which was busy meanwhile takes up a connection just as it is closed. */
const KEEP_ALIVE_MS = 60_000

/** Serves a sandbox alone, on a free port by default; sets its base URL. */
export async function listen(
  sandbox: Sandbox,
  port = 0,
  host = '127.0.0.1',
): Promise<{ url: string; unref(): void; close(): Promise<void> }> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, sandbox.handler)
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
