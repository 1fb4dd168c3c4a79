import { createHash } from 'node:crypto'
import { type Bundle, bundleFromJSON } from '@sigstore/bundle'
import { dsse } from '@sigstore/core'
import type { BundleSignature, SimpleSignature } from './found-signature.ts'
import { digestOfPayload, toBundle } from './simple-signing.ts'
import { readStatement } from './statement.ts'

/** What a signature is over, whatever form it has. */
export interface SignedContent {
  /** `sha256:…` of the images that it is about. */
  digests: string[]
  /** Of a statement that does not vouch for the image: its predicate type. */
  otherStatement: string | null
  /** The bytes that were signed. */
  data: Uint8Array
  signature: Uint8Array
  /** What an identity is verified by; null for a signature by a key. */
  bundle: Bundle | null
  /** What the verifier wants beside the bundle: what was signed, unless the bundle holds it. */
  artifact: Buffer | undefined
}

/**
 * Reads a signature, and believes nothing of it. `manifest` reads the image's manifest: a plain signature in a bundle
 * is over its very bytes. Throws what the parsers throw.
 */
export async function readSigned(
  found: SimpleSignature | BundleSignature,
  manifest: () => Promise<Uint8Array>,
): Promise<SignedContent> {
  return found.form === 'simple' ? readSimple(found) : await readBundle(found.text, manifest)
}

function readSimple(found: SimpleSignature): SignedContent {
  return {
    digests: [digestOfPayload(found.payload)],
    otherStatement: null,
    data: found.payload,
    signature: Buffer.from(found.signature, 'base64'),
    bundle: toBundle(found),
    artifact: Buffer.from(found.payload),
  }
}

async function readBundle(text: string, manifest: () => Promise<Uint8Array>): Promise<SignedContent> {
  const bundle = bundleFromJSON(JSON.parse(text))
  const identified = bundle.verificationMaterial.content.$case === 'publicKey' ? null : bundle
  if (bundle.content.$case === 'messageSignature') {
    const { messageDigest, signature } = bundle.content.messageSignature
    const data = Buffer.from(await manifest())
    return {
      digests: isDigestOf(messageDigest.digest, data)
        ? [`sha256:${createHash('sha256').update(data).digest('hex')}`]
        : [`sha256:${messageDigest.digest.toString('hex')}`],
      otherStatement: null,
      data,
      signature,
      bundle: identified,
      artifact: data,
    }
  }
  const envelope = bundle.content.dsseEnvelope
  const { digests, predicate, vouches } = readStatement(envelope)
  return {
    digests,
    otherStatement: vouches ? null : predicate,
    data: dsse.preAuthEncoding(envelope.payloadType, envelope.payload),
    signature: envelope.signatures[0]?.sig ?? Buffer.alloc(0),
    bundle: identified,
    artifact: undefined,
  }
}

function isDigestOf(digest: Buffer, data: Buffer): boolean {
  return ['sha256', 'sha384', 'sha512'].some((name) => createHash(name).update(data).digest().equals(digest))
}
