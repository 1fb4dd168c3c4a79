import { SupercargoError } from '../../domain/errors.ts'
import type { LruCache } from '../../domain/lru.ts'
import type { OciClient } from './client.ts'
import { checkDigest } from './content.ts'
import { refused, wordsOf } from './errors.ts'
import type { Requests } from './requests.ts'

const MAX_BYTES = 8 * 1024 * 1024
const MAX_ANSWER = 64 * 1024

/** Reads blobs, each once, and mounts them. */
export function createBlobs(
  requests: Requests,
  cache: LruCache<Uint8Array>,
): Pick<OciClient, 'getBlob' | 'mountBlob'> {
  const { host } = requests
  return {
    async getBlob(repository, digest, maxBytes = MAX_BYTES) {
      const key = `${repository}@${digest}`
      const kept = cache.get(key)
      if (kept !== undefined) return kept
      const path = `blobs/${digest}`
      const { status, bytes } = await requests.send({ method: 'GET', repository, path, maxBytes })
      if (status === 404) return null
      checkDigest(host, bytes, digest)
      cache.set(key, bytes)
      return bytes
    },
    async mountBlob(repository, digest, from) {
      const query = new URLSearchParams({ mount: digest, from })
      const rights = { write: true as const, from }
      const answer = await requests.send({
        method: 'POST',
        repository,
        path: `blobs/uploads/?${query}`,
        rights,
        maxBytes: MAX_ANSWER,
      })
      if (answer.status === 201) return
      if (answer.status === 404) throw refused(host, repository, 404, wordsOf(answer.bytes))
      // 202: an upload has begun instead
      const location = answer.headers.get('location')
      const upload =
        location !== null && URL.canParse(location, answer.url.href) ? new URL(location, answer.url) : null
      if (upload?.origin === answer.url.origin) {
        const cancel = { method: 'DELETE' as const, repository, path: upload, rights, maxBytes: MAX_ANSWER }
        await requests.send({ ...cancel, understands: [400, 405] })
      }
      throw mountRefused(host, repository, from)
    },
  }
}

function mountRefused(host: string, repository: string, from: string): SupercargoError {
  return new SupercargoError(
    `The registry ${host} does not share the layers of ${from} with ${repository}.`,
    {
      code: 'mount-refused',
      kind: 'permanent',
      advice: `Let the server's account pull from ${from}, or let the build push to ${repository}.`,
    },
  )
}
