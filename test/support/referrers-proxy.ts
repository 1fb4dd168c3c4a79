import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { digestOf } from './registry-images.ts'

export interface ReferrersProxy {
  host: string
  url: string
  /** The paths that were asked for referrers. */
  asked: string[]
  close(): Promise<void>
}

/**
 * A registry with the referrers API, which Debian's has not: it hands everything on to that one, and remembers the
 * manifests that name a subject. https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers
 */
export async function startReferrersProxy(registry: { url: string }): Promise<ReferrersProxy> {
  const referrers = new Map<string, object[]>()
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    const subject = /^\/v2\/(.+)\/referrers\/([^?]+)/.exec(path)
    if (subject !== null) {
      asked.push(path)
      const mediaType = 'application/vnd.oci.image.index.v1+json'
      const manifests = referrers.get(`${subject[1]}@${subject[2]}`) ?? []
      response.writeHead(200, { 'content-type': mediaType })
      return response.end(JSON.stringify({ schemaVersion: 2, mediaType, manifests }))
    }
    const body = await read(request)
    const { host: _, ...headers } = request.headers
    const answer = await fetch(new URL(path, registry.url), {
      method: request.method ?? 'GET',
      headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
        name === 'connection' || name === 'transfer-encoding' ? [] : [[name, String(value)]],
      ),
      body: body.length === 0 ? null : Buffer.from(body),
      redirect: 'manual',
    })
    const repository = /^\/v2\/(.+)\/manifests\//.exec(path)?.[1]
    const named =
      request.method === 'PUT' && repository !== undefined ? remember(repository, body) : undefined
    if (named !== undefined) response.setHeader('oci-subject', named)
    const { 'transfer-encoding': __, connection: ___, ...rest } = Object.fromEntries(answer.headers)
    const location = rest.location?.replace(registry.url, `http://${request.headers.host}`)
    response.writeHead(answer.status, { ...rest, ...(location === undefined ? {} : { location }) })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })

  function remember(repository: string, bytes: Buffer): string | undefined {
    const { mediaType, artifactType, config, subject, annotations } = JSON.parse(bytes.toString())
    if (subject === undefined) return undefined
    const key = `${repository}@${subject.digest}`
    const type = artifactType ?? config.mediaType
    const descriptor = {
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
      artifactType: type,
      annotations,
    }
    referrers.set(key, [...(referrers.get(key) ?? []), descriptor])
    return subject.digest
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    url: `http://${host}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}
