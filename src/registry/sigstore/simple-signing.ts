import { createHash, X509Certificate } from 'node:crypto'
import { type Bundle, bundleFromJSON } from '@sigstore/bundle'
import { z } from 'zod'
import type { SimpleSignature } from './found-signature.ts'

/** Of signatures for images; newer versions of cosign write the second. */
const TYPES = ['cosign container image signature', 'https://sigstore.dev/cosign/sign/v1']

const Payload = z.object({
  critical: z.object({
    image: z.object({ 'docker-manifest-digest': z.string() }),
    type: z.enum(TYPES),
  }),
})
/** Only one spelling of the same bytes. */
const Base64 = z.string().refine((text) => Buffer.from(text, 'base64').toString('base64') === text)
const Rekor = z.object({
  SignedEntryTimestamp: Base64,
  Payload: z.object({
    body: Base64,
    integratedTime: z.int(),
    logIndex: z.int(),
    logID: z.string().regex(/^[0-9a-f]{64}$/),
  }),
})
const Body = z.object({ kind: z.string(), apiVersion: z.string() })

/**
 * The digest that a payload names. Its `docker-reference` counts for nothing, as the specification says: copies of an
 * image in other registries keep their signatures. Throws what the parsers throw.
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#simple-signing
 */
export function digestOfPayload(payload: Uint8Array): string {
  const parsed = Payload.parse(JSON.parse(Buffer.from(payload).toString('utf8')))
  return parsed.critical.image['docker-manifest-digest']
}

/**
 * The same signature as a Sigstore bundle, which the verifier reads; null where it has no certificate. The chain
 * beside the certificate is not read: whom to trust is said by the operator, and not by the signature.
 * Throws what the parsers throw.
 */
export function toBundle(signature: SimpleSignature): Bundle | null {
  if (signature.certificate === undefined) return null
  const digest = createHash('sha256').update(signature.payload).digest('base64')
  return bundleFromJSON({
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest },
      signature: signature.signature,
    },
    verificationMaterial: {
      x509CertificateChain: {
        certificates: [{ rawBytes: new X509Certificate(signature.certificate).raw.toString('base64') }],
      },
      tlogEntries: signature.rekor === undefined ? [] : [toLogEntry(signature.rekor)],
    },
  })
}

function toLogEntry(text: string): object {
  const { Payload: entry, SignedEntryTimestamp } = Rekor.parse(JSON.parse(text))
  const { kind, apiVersion } = Body.parse(JSON.parse(Buffer.from(entry.body, 'base64').toString('utf8')))
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: Buffer.from(entry.logID, 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(entry.integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: entry.body,
  }
}
