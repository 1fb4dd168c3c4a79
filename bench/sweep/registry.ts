import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A registry that has every image, and counts who asks. */
export interface CountingRegistry {
  /** With port, as names of images have it. */
  host: string
  url: string
  /** What has been asked since the last time, by method and kind. */
  taken(): { heads: number; lists: number; manifests: number }
  digestOf(repository: string, tag: string): string
  /** The tag names another image from now on. */
  move(repository: string, tag: string): void
  close(): Promise<void>
}

const TAGS = ['stable', 'v1.0.0', '1.2.0', '1.2.3']
const MANIFEST = 'application/vnd.oci.image.index.v1+json'

/** Listens on a free port of the loopback. https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md */
export async function startCountingRegistry(): Promise<CountingRegistry> {
  const moves = new Map<string, number>()
  let asked = { heads: 0, lists: 0, manifests: 0 }
  const bodies = new Map<string, string>()
  const digestOf = (repository: string, tag: string) => {
    const name = `${repository}:${tag}`
    const annotations = { name, moves: String(moves.get(name) ?? 0) }
    const body = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, manifests: [], annotations })
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`
    bodies.set(digest, body)
    return digest
  }
  const server = createServer(({ method, url = '' }, response) => {
    const manifest = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url)
    const list = /^\/v2\/(.+)\/tags\/list/.exec(url)
    if (manifest !== null) {
      const [, repository = '', reference = ''] = manifest
      const digest = reference.startsWith('sha256:') ? reference : digestOf(repository, reference)
      const body = bodies.get(digest) ?? ''
      if (method === 'HEAD') asked.heads++
      else asked.manifests++
      response.writeHead(body === '' ? 404 : 200, {
        'content-type': MANIFEST,
        'content-length': Buffer.byteLength(body),
        'docker-content-digest': digest,
      })
      response.end(method === 'HEAD' ? undefined : body)
    } else if (list !== null) {
      asked.lists++
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ name: list[1], tags: TAGS }))
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    url: `http://${host}`,
    digestOf,
    taken() {
      const taken = asked
      asked = { heads: 0, lists: 0, manifests: 0 }
      return taken
    },
    move(repository, tag) {
      const name = `${repository}:${tag}`
      moves.set(name, (moves.get(name) ?? 0) + 1)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
