/** A signature as it lies in the registry; nothing about it is known to be true. */
export type FoundSignature = SimpleSignature | BundleSignature | { form: 'unreadable'; why: string }

/** https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
export interface SimpleSignature {
  form: 'simple'
  /** The signed bytes, which name the image. */
  payload: Uint8Array
  /** Base64. */
  signature: string
  /** PEM, when it was made with an identity. */
  certificate: string | undefined
  /** JSON: the entry in the transparency log. */
  rekor: string | undefined
}

/** https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md */
export interface BundleSignature {
  form: 'bundle'
  /** JSON: https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto */
  text: string
}

/**
 * What became of one signature. `nearness` orders the reasons, so that the one that helps most is told: the higher,
 * the nearer it came to being valid.
 */
export type Judgement =
  | { valid: true; signer: string }
  | {
      valid: false
      reason: string
      nearness: 'unreadable' | 'broken' | 'other-image' | 'expired' | 'other-signer'
    }

/** Text of strangers inside a reason: printable, and short. */
export function quoted(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, '?')
  return printable.length > 200 ? `${printable.slice(0, 200)}...` : printable
}
