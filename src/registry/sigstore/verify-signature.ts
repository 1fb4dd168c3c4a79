import { SupercargoError } from '../../domain/errors.ts'
import type { ImageName } from '../../domain/image.ts'
import type { RegistryGates, SignatureVerdict } from '../registry.ts'
import { findSignatures, MAX_SIGNATURES } from './find-signatures.ts'
import type { Judgement } from './found-signature.ts'
import type { SignatureSource } from './signature-source.ts'
import { createTrustRoot, type TrustRootSettings } from './trust-root.ts'

export interface SignatureVerifierOptions {
  /** The registry of an image, and the image's repository there. Throws `registry-unknown` (permanent). */
  of(image: ImageName): { client: SignatureSource; repository: string }
  trustRoot: TrustRootSettings
  /** Default: the system's clock. */
  clock?: () => Date
}

const NEARNESS = ['unreadable', 'broken', 'other-image', 'expired', 'other-signer'] as const

/**
 * Verifies signatures of cosign and Sigstore bundles. With a key, the signature and the digest decide: neither a
 * certificate nor an entry in a transparency log is asked for, and one that is there is not looked at. With an
 * identity, the certificate must come from an authority of the trust root, carry the proof of a certificate log, have
 * been valid at the time that a transparency log or a timestamp authority confirms, and the log must have the
 * signature. Whatever the signatures hold ends in a verdict; only the registry and the trust root throw.
 */
export function createSignatureVerifier(
  options: SignatureVerifierOptions,
): Pick<RegistryGates, 'verifySignature'> {
  const material = createTrustRoot(options.trustRoot, options.clock ?? (() => new Date()))
  return {
    async verifySignature(image, digest, trust): Promise<SignatureVerdict> {
      const { client, repository } = options.of(image)
      // Sigstore's packages are loaded where a signature is first asked for: an idle server goes without.
      const { judge } = await import('./judge.ts')
      const manifest = () => readManifest(client, repository, image, digest)
      const refused: Extract<Judgement, { valid: false }>[] = []
      for await (const found of findSignatures(client, repository, digest)) {
        const judgement = await judge(found, { digest, trust, manifest, material })
        if (judgement.valid) return judgement
        refused.push(judgement)
      }
      return { valid: false, reason: reasonOf(refused, image, digest) }
    },
  }
}

async function readManifest(
  client: SignatureSource,
  repository: string,
  image: ImageName,
  digest: string,
): Promise<Uint8Array> {
  const manifest = await client.getManifest(repository, digest)
  if (manifest !== null) return manifest.bytes
  throw new SupercargoError(`${image.written} has no manifest ${digest}.`, {
    code: 'manifest-not-found',
    kind: 'permanent',
  })
}

function reasonOf(
  refused: readonly Extract<Judgement, { valid: false }>[],
  image: ImageName,
  digest: string,
): string {
  const [nearest] = [...refused].sort((a, b) => NEARNESS.indexOf(b.nearness) - NEARNESS.indexOf(a.nearness))
  if (nearest === undefined) return `Nobody has signed ${image.written}@${digest}.`
  if (refused.length === 1) return nearest.reason
  if (refused.length < MAX_SIGNATURES)
    return `${nearest.reason} None of its ${refused.length} signatures counts.`
  return `${nearest.reason} None of the ${MAX_SIGNATURES} signatures that were looked at counts, and no more are looked at.`
}
