import { DIGEST_PATTERN } from '../../domain/image.ts'
import { type LruCache, lruCache } from '../../domain/lru.ts'
import type { ManifestDescriptor } from '../registry.ts'
import type { Manifest, OciClient } from './client.ts'
import { checkDigest, digestOf, MANIFEST_TYPES, mediaTypeOf, mismatch, parseJson } from './content.ts'
import { invalidAnswer, refused, wordsOf } from './errors.ts'
import type { Answer } from './exchange.ts'
import type { Requests } from './requests.ts'

const MAX_BYTES = 4 * 1024 * 1024
const MAX_TAGS = 500
const HEADERS = { accept: MANIFEST_TYPES.join(', ') }

/** What was last said of a tag, to ask whether that still holds. */
interface Seen extends ManifestDescriptor {
  etag: string
}

/**
 * Reads and writes manifests. What was read by digest is never read again; a tag's manifest is read only when the
 * registry does not tell its digest, and then only when it has changed.
 * @param cache by repository and digest
 */
export function createManifests(
  requests: Requests,
  cache: LruCache<Manifest>,
): Pick<OciClient, 'headManifest' | 'getManifest' | 'putManifest'> {
  const { host } = requests
  const seen = lruCache<Seen>(MAX_TAGS)

  async function headManifest(repository: string, reference: string): Promise<ManifestDescriptor | null> {
    const path = `manifests/${reference}`
    const answer = await requests.send({
      method: 'HEAD',
      repository,
      path,
      headers: HEADERS,
      maxBytes: MAX_BYTES,
      understands: [405, 501],
    })
    if (answer.status === 404) return null
    const digest = answer.headers.get('docker-content-digest') ?? ''
    const mediaType = mediaTypeOf(answer)
    if (answer.status !== 200 || !DIGEST_PATTERN.test(digest) || mediaType === null) {
      return await getManifest(repository, reference)
    }
    if (DIGEST_PATTERN.test(reference) && sameAlgorithm(digest, reference) && digest !== reference) {
      throw mismatch(host, reference)
    }
    return { digest: DIGEST_PATTERN.test(reference) ? reference : digest, mediaType }
  }

  async function getManifest(repository: string, reference: string): Promise<Manifest | null> {
    const byDigest = DIGEST_PATTERN.test(reference)
    const kept = byDigest ? cache.get(`${repository}@${reference}`) : undefined
    if (kept !== undefined) return kept
    const tag = `${repository}:${reference}`
    const before = seen.get(tag)
    const cached = before === undefined ? undefined : cache.get(`${repository}@${before.digest}`)
    const condition = before === undefined || cached === undefined ? {} : { 'if-none-match': before.etag }
    const answer = await requests.send({
      method: 'GET',
      repository,
      path: `manifests/${reference}`,
      headers: { ...HEADERS, ...condition },
      maxBytes: MAX_BYTES,
      counted: true,
    })
    if (answer.status === 404) return null
    if (answer.status === 304 && cached !== undefined) return cached
    const manifest = read(answer, byDigest ? reference : null)
    cache.set(`${repository}@${manifest.digest}`, manifest)
    const etag = answer.headers.get('etag')
    if (!byDigest && etag !== null)
      seen.set(tag, { etag, digest: manifest.digest, mediaType: manifest.mediaType })
    return manifest
  }

  function read(answer: Answer, wanted: string | null): Manifest {
    const { bytes, headers } = answer
    const told = headers.get('docker-content-digest') ?? ''
    const digest = wanted ?? (DIGEST_PATTERN.test(told) ? told : digestOf(bytes))
    checkDigest(host, bytes, digest)
    return { digest, mediaType: mediaTypeOf(answer) ?? writtenType(host, bytes), bytes }
  }

  return {
    headManifest,
    getManifest,
    async putManifest(repository, reference, { mediaType, bytes, digest }) {
      const {
        status,
        headers,
        bytes: said,
      } = await requests.send({
        method: 'PUT',
        repository,
        path: `manifests/${reference}`,
        rights: { write: true },
        headers: { 'content-type': mediaType },
        body: bytes,
        maxBytes: MAX_BYTES,
      })
      if (status === 404) throw refused(host, repository, status, wordsOf(said))
      const told = headers.get('docker-content-digest') ?? digest
      if (sameAlgorithm(told, digest) && told !== digest) throw mismatch(host, digest)
    },
  }
}

function sameAlgorithm(a: string, b: string): boolean {
  return a.split(':')[0] === b.split(':')[0]
}

function writtenType(host: string, bytes: Uint8Array): string {
  const body = parseJson(host, bytes)
  const written = typeof body === 'object' && body !== null && 'mediaType' in body ? body.mediaType : null
  const known = MANIFEST_TYPES.find((type) => type === written)
  if (known === undefined) throw invalidAnswer(host, 'a manifest of a kind that is not known')
  return known
}
