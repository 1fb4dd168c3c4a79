import { createHash } from 'node:crypto'
import { parseImageName } from '../../../src/domain/image.ts'
import type { SignatureTrust } from '../../../src/domain/trust.ts'
import type { SignatureVerdict } from '../../../src/registry/registry.ts'
import type { TrustRootSettings } from '../../../src/registry/sigstore/trust-root.ts'
import { createSignatureVerifier } from '../../../src/registry/sigstore/verify-signature.ts'
import type { SimpleParts } from '../../support/sigstore-authority.ts'

const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json'
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json'

/** What lies beside one image: signatures of cosign's tag, bundles that refer to it, and its own manifest. */
export interface Attached {
  simple?: SimpleParts[]
  bundles?: string[]
  manifest?: Uint8Array
}

export const IMAGE = parseImageName('registry.test/acme/web')

/** Verifies what is attached; every manifest and blob of it is served from memory, by its digest. */
export async function verifyAttached(
  { simple = [], bundles = [], manifest }: Attached,
  digest: string,
  trust: SignatureTrust,
  trustRoot: TrustRootSettings = { kind: 'none' },
): Promise<SignatureVerdict> {
  const blobs = new Map<string, Uint8Array>()
  const layer = (mediaType: string, bytes: Uint8Array, annotations?: Record<string, string>) => {
    blobs.set(digestOf(bytes), bytes)
    return { mediaType, digest: digestOf(bytes), size: bytes.length, annotations }
  }
  const manifests = new Map<string, Uint8Array>(manifest === undefined ? [] : [[digest, manifest]])
  if (simple.length > 0) {
    const layers = simple.map(({ payload, annotations }) => layer(SIMPLE, payload, annotations))
    manifests.set(`${digest.replace(':', '-')}.sig`, Buffer.from(JSON.stringify({ layers })))
  }
  const referrers = bundles.map((text, index) => {
    const bytes = Buffer.from(JSON.stringify({ layers: [layer(BUNDLE, Buffer.from(text))], index }))
    manifests.set(digestOf(bytes), bytes)
    return { digest: digestOf(bytes), artifactType: BUNDLE }
  })
  const client = {
    async getManifest(_: string, reference: string) {
      const bytes = manifests.get(reference)
      return bytes === undefined ? null : { bytes }
    },
    getBlob: async (_: string, blob: string) => blobs.get(blob) ?? null,
    listReferrers: async () => referrers,
  }
  const verifier = createSignatureVerifier({ of: () => ({ client, repository: 'acme/web' }), trustRoot })
  return await verifier.verifySignature(IMAGE, digest, trust)
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** The sentence of a refusal; throws for a signature that counts. */
export function reasonOf(verdict: SignatureVerdict): string {
  if (verdict.valid) throw new Error(`It counts, as one of ${verdict.signer}.`)
  return verdict.reason
}
