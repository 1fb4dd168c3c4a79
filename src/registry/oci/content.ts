import { createHash } from 'node:crypto'
import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import { DIGEST_PATTERN } from '../../domain/image.ts'
import { invalidAnswer } from './errors.ts'
import type { Answer } from './exchange.ts'

export const IMAGE_INDEX = 'application/vnd.oci.image.index.v1+json'

/** What may be got as a manifest. Docker's first schema, which is signed and has no digest of its own, may not. */
export const MANIFEST_TYPES = [
  IMAGE_INDEX,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

const annotationsSchema = z.record(z.string(), z.string())
const descriptorSchema = z.object({
  mediaType: z.string(),
  digest: z.string().regex(DIGEST_PATTERN),
  size: z.number().int().nonnegative(),
  artifactType: z.string().optional(),
  annotations: annotationsSchema.nullish(),
  platform: z.object({ os: z.string().optional() }).optional(),
})
const manifestSchema = z.object({
  config: descriptorSchema.optional(),
  layers: z.array(descriptorSchema).nullish(),
  manifests: z.array(descriptorSchema).nullish(),
  annotations: annotationsSchema.nullish(),
})

export type ReadDescriptor = z.infer<typeof descriptorSchema>
/** An image's manifest, or an index, which has `manifests`. */
export type ReadManifest = z.infer<typeof manifestSchema>

/**
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md and image-index.md there
 * @throws SupercargoError `registry-answer-invalid`
 */
export function readManifest(host: string, bytes: Uint8Array): ReadManifest {
  const manifest = manifestSchema.safeParse(parseJson(host, bytes))
  if (!manifest.success) throw invalidAnswer(host, 'a manifest that cannot be read')
  return manifest.data
}

/** Null when the answer does not tell one of those that a manifest may have. */
export function mediaTypeOf(answer: Answer): string | null {
  const type = (answer.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  return MANIFEST_TYPES.includes(type) ? type : null
}

/** @throws SupercargoError `registry-answer-invalid` */
export function parseJson(host: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    throw invalidAnswer(host, 'something that is not JSON')
  }
}

/** @param like a digest whose algorithm is used */
export function digestOf(bytes: Uint8Array, like = 'sha256:'): string {
  const algorithm = like.slice(0, like.indexOf(':'))
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
}

/** @throws SupercargoError `digest-mismatch` (transient: what lies behind a proxy may be whole) */
export function checkDigest(host: string, bytes: Uint8Array, digest: string): void {
  if (digestOf(bytes, digest) !== digest) throw mismatch(host, digest)
}

export function mismatch(host: string, digest: string): SupercargoError {
  return new SupercargoError(`The registry ${host} gave something else than what has the digest ${digest}.`, {
    code: 'digest-mismatch',
    kind: 'transient',
    advice: 'Check the registry and the proxies before it when this happens again.',
  })
}
