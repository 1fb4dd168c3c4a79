import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeHarbor {
  /** As images of its registry are named. */
  host: string
  url: string
  /** What its scanner found, by digest: how many of each severity. Without an entry nobody has scanned the image. */
  scans: Map<string, Record<string, number>>
  close(): Promise<void>
}

const REPORT = 'application/vnd.security.vulnerability.report; version=1.1'
const RATED = ['Critical', 'High', 'Medium', 'Low']

/**
 * A Harbor as far as it is read: a registry, and the scans of its artifacts.
 * https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml
 */
export async function startFakeHarbor(registry: { url: string }): Promise<FakeHarbor> {
  const scans: FakeHarbor['scans'] = new Map()
  const server = createServer(async (request, response) => {
    const { method = 'GET', url: path = '/', headers } = request
    const digest = /^\/api\/v2\.0\/projects\/.*\/artifacts\/(sha256:[0-9a-f]{64})\?/.exec(path)?.[1]
    if (digest !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' })
      return response.end(JSON.stringify({ digest, scan_overview: overviewOf(scans.get(digest)) }))
    }
    const accept = headers.accept === undefined ? {} : { accept: headers.accept }
    const answer = await fetch(new URL(path, registry.url), { method, headers: accept })
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    url: `http://${host}`,
    scans,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function overviewOf(found: Record<string, number> | undefined) {
  if (found === undefined) return null
  const severity = RATED.find((each) => (found[each] ?? 0) > 0) ?? 'None'
  const total = Object.values(found).reduce((a, b) => a + b, 0)
  return { [REPORT]: { scan_status: 'Success', severity, summary: { total, fixable: 0, summary: found } } }
}
