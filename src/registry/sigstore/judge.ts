import { X509Certificate } from 'node:crypto'
import type { Bundle } from '@sigstore/bundle'
import { type TrustMaterial, toSignedEntity, VerificationError, Verifier } from '@sigstore/verify'
import { SupercargoError } from '../../domain/errors.ts'
import type { SignatureTrust } from '../../domain/trust.ts'
import { type FoundSignature, type Judgement, quoted } from './found-signature.ts'
import { identityMatches } from './identity.ts'
import { readPublicKey, signedWith } from './public-key.ts'
import { readSigned, type SignedContent } from './signed-content.ts'

export interface Case {
  /** Of the image. */
  digest: string
  trust: SignatureTrust
  manifest(): Promise<Uint8Array>
  /** Whom to believe about identities; not asked for keys. */
  material(): Promise<TrustMaterial>
}

/**
 * Judges one signature. It never throws for what the signature holds; what it throws comes from `manifest` and
 * `material`, as SupercargoError.
 */
export async function judge(
  found: FoundSignature,
  { digest, trust, manifest, material }: Case,
): Promise<Judgement> {
  if (found.form === 'unreadable') return invalid('unreadable', `A signature cannot be read: ${found.why}.`)
  try {
    const content = await readSigned(found, manifest)
    const wrong = judgeSubject(content, digest)
    if (wrong !== null) return wrong
    return trust.kind === 'key'
      ? judgeKey(content, trust.key)
      : judgeIdentity(content, trust, await material())
  } catch (error) {
    if (error instanceof SupercargoError) throw error
    return invalid('unreadable', 'A signature cannot be read: it is not in a form that is known.')
  }
}

function judgeSubject({ digests, otherStatement }: SignedContent, digest: string): Judgement | null {
  if (!digests.includes(digest)) {
    const named = digests.map(quoted).slice(0, 3).join(', ')
    return invalid(
      'other-image',
      `The signature beside the image is one of another image (${named || 'none'}).`,
    )
  }
  return otherStatement === null
    ? null
    : invalid(
        'broken',
        `What is signed about the image is a statement of the kind ${quoted(otherStatement)}, which does not vouch for it.`,
      )
}

function judgeKey({ data, signature, bundle }: SignedContent, pem: string): Judgement {
  const key = readPublicKey(pem)
  if (key === null)
    return invalid(
      'other-signer',
      'The configured key is not the PEM of a public key of a kind that is known (ECDSA P-256, P-384 or P-521, Ed25519, RSA from 2,048 bits).',
    )
  if (signedWith(key, data, signature)) return { valid: true, signer: 'the configured key' }
  return invalid(
    'other-signer',
    bundle === null
      ? 'The image has a signature, but it was not made with the configured key.'
      : 'The image is signed by an identity, and not with the configured key.',
  )
}

function judgeIdentity(
  { bundle, artifact }: SignedContent,
  trust: Extract<SignatureTrust, { kind: 'identity' }>,
  material: TrustMaterial,
): Judgement {
  if (bundle === null)
    return invalid(
      'other-signer',
      `The image is signed with a key, and not by ${trust.identity} (${trust.issuer}).`,
    )
  const entity = toSignedEntity(bundle, artifact)
  try {
    const { identity } = new Verifier(material).verify(entity)
    const name = identity?.subjectAlternativeName ?? ''
    const issuer = identity?.extensions?.issuer ?? ''
    const signer = `${quoted(name)} (${quoted(issuer)})`
    return issuer === trust.issuer && identityMatches(trust.identity, name)
      ? { valid: true, signer }
      : invalid(
          'other-signer',
          `The image is signed by ${signer}, and not by ${trust.identity} (${trust.issuer}).`,
        )
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    return judgeFailure(error, bundle)
  }
}

/** https://github.com/sigstore/sigstore-js/blob/main/packages/verify/src/error.ts */
function judgeFailure(error: VerificationError, bundle: Bundle): Judgement {
  const late = signedOutsideValidity(bundle)
  if (error.code === 'CERTIFICATE_ERROR' && late !== null) return invalid('expired', late)
  if (error.code === 'CERTIFICATE_ERROR')
    return invalid(
      'broken',
      'The certificate of the signature does not come from an authority that the trust root names.',
    )
  if (error.code === 'TIMESTAMP_ERROR')
    return invalid(
      'broken',
      'Nothing that is trusted says when the signature was made, so its certificate proves nothing.',
    )
  if (error.code.startsWith('TLOG'))
    return invalid('broken', 'No transparency log that the trust root names has the signature.')
  return invalid('broken', 'The signature does not fit what it should have signed.')
}

/** The sentence for a certificate that was not valid when the log took the signature in; null for any other. */
function signedOutsideValidity({ verificationMaterial: { content, tlogEntries } }: Bundle): string | null {
  const raw =
    content.$case === 'certificate'
      ? content.certificate.rawBytes
      : content.$case === 'x509CertificateChain'
        ? content.x509CertificateChain.certificates[0]?.rawBytes
        : undefined
  if (raw === undefined) return null
  const { validFrom, validTo } = new X509Certificate(raw)
  const wrong = tlogEntries
    .map(({ integratedTime }) => new Date(Number(integratedTime) * 1000))
    .find((time) => time < new Date(validFrom) || time > new Date(validTo))
  if (wrong === undefined) return null
  const [from, to, at] = [new Date(validFrom), new Date(validTo), wrong].map((time) => time.toISOString())
  return `The certificate of the signature was valid from ${from} to ${to}, and it was used at ${at}.`
}

function invalid(nearness: Extract<Judgement, { valid: false }>['nearness'], reason: string): Judgement {
  return { valid: false, nearness, reason }
}
