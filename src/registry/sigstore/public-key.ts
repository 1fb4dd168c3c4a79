import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { ed25519ph } from '@noble/curves/ed25519.js'

const PUBLIC = /^\s*-----BEGIN (?:RSA )?PUBLIC KEY-----/
/** Bits: https://csrc.nist.gov/pubs/sp/800/131/a/r2/final */
const MIN_RSA = 2048
/** cosign hashes with SHA-256, newer versions of it by the length of the key. */
const CURVES: Record<string, string[]> = {
  prime256v1: ['sha256'],
  secp384r1: ['sha256', 'sha384'],
  secp521r1: ['sha256', 'sha512'],
}

/**
 * The key of a PEM (SubjectPublicKeyInfo, or PKCS#1): ECDSA on P-256, P-384 or P-521, Ed25519, RSA from 2,048 bits;
 * null for any other, and for a private key, which has no place in a configuration.
 */
export function readPublicKey(pem: string): KeyObject | null {
  if (!PUBLIC.test(pem)) return null
  try {
    const key = createPublicKey(pem)
    return algorithms(key).length > 0 ? key : null
  } catch {
    return null
  }
}

/** Whether the key signed the data. Never throws. */
export function signedWith(key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    return (
      algorithms(key).some((algorithm) => verify(algorithm, data, key, signature)) ||
      (key.asymmetricKeyType === 'ed25519' && prehashedBy(key, data, signature))
    )
  } catch {
    return false
  }
}

/** Ed25519ph (https://www.rfc-editor.org/rfc/rfc8032#section-5.1), which cosign 3 signs with and Node does not know. */
function prehashedBy(key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  const { x = '' } = key.export({ format: 'jwk' })
  return ed25519ph.verify(signature, data, Buffer.from(x, 'base64url'))
}

function algorithms(key: KeyObject): (string | null)[] {
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'ec') return CURVES[namedCurve] ?? []
  if (key.asymmetricKeyType === 'ed25519') return [null]
  return key.asymmetricKeyType === 'rsa' && modulusLength >= MIN_RSA ? ['sha256'] : []
}
