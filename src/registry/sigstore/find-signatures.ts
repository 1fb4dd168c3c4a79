import { z } from 'zod'
import type { FoundSignature } from './found-signature.ts'
import type { SignatureSource } from './signature-source.ts'

/** How many signatures of one image are looked at. */
export const MAX_SIGNATURES = 50

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json'
const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v|\+json)/
/** What cosign calls the manifest of its signatures where it attaches them by `subject`. */
const COSIGN_ARTIFACT = 'application/vnd.dev.cosign.artifact.sig.v1+json'
/** What cosign 3 says of its bundles in the index that stands in for the referrers API. */
const EMPTY = 'application/vnd.oci.empty.v1+json'

/** A payload names one image: no honest one comes near this. */
const MAX_PAYLOAD = 64 * 1024
const MAX_BUNDLE = 1024 * 1024

const Layer = z.object({
  mediaType: z.string(),
  digest: z.string(),
  size: z.number(),
  annotations: z.record(z.string(), z.string()).optional(),
})
const Manifest = z.object({ layers: z.array(Layer) })

/**
 * Everything in the registry that may be a signature of the manifest, at most `MAX_SIGNATURES`, one by one so that
 * the first valid one ends the search: cosign's tag `sha256-….sig`, then what refers to the manifest.
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#discovery
 */
export async function* findSignatures(
  source: SignatureSource,
  repository: string,
  digest: string,
): AsyncGenerator<FoundSignature> {
  let left = MAX_SIGNATURES
  for await (const reference of findManifests(source, repository, digest)) {
    const manifest = await source.getManifest(repository, reference)
    if (manifest === null) continue
    const layers = readLayers(manifest.bytes)
    if (layers === null)
      yield { form: 'unreadable', why: `the manifest ${reference} is not one of a signature` }
    for (const layer of layers ?? []) {
      if (left === 0) return
      left--
      yield await readSignature(source, repository, layer)
    }
  }
}

async function* findManifests(source: SignatureSource, repository: string, digest: string) {
  yield `${digest.replace(':', '-')}.sig`
  const referrers = await source.listReferrers(repository, digest)
  yield* referrers
    .filter(
      ({ artifactType: type }) =>
        type === undefined || type === COSIGN_ARTIFACT || type === EMPTY || BUNDLE.test(type),
    )
    .slice(0, MAX_SIGNATURES)
    .map((referrer) => referrer.digest)
}

/** Those layers that hold signatures; null when the manifest is not to be understood. */
function readLayers(bytes: Uint8Array): z.infer<typeof Layer>[] | null {
  try {
    const { layers } = Manifest.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
    return layers.filter(({ mediaType }) => mediaType === SIMPLE_SIGNING || BUNDLE.test(mediaType))
  } catch {
    return null
  }
}

async function readSignature(
  source: SignatureSource,
  repository: string,
  { mediaType, digest, size, annotations = {} }: z.infer<typeof Layer>,
): Promise<FoundSignature> {
  const limit = mediaType === SIMPLE_SIGNING ? MAX_PAYLOAD : MAX_BUNDLE
  if (size > limit) return { form: 'unreadable', why: `${digest} is larger than ${limit} bytes` }
  const bytes = await source.getBlob(repository, digest, limit)
  if (bytes === null) return { form: 'unreadable', why: `the registry does not have ${digest}` }
  if (mediaType !== SIMPLE_SIGNING) return { form: 'bundle', text: Buffer.from(bytes).toString('utf8') }
  return {
    form: 'simple',
    payload: bytes,
    signature: annotations['dev.cosignproject.cosign/signature'] ?? '',
    certificate: annotations['dev.sigstore.cosign/certificate'] || undefined,
    rekor: annotations['dev.sigstore.cosign/bundle'] || undefined,
  }
}
