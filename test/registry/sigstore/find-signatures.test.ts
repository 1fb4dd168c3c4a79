import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findSignatures, MAX_SIGNATURES } from '../../../src/registry/sigstore/find-signatures.ts'
import type { FoundSignature } from '../../../src/registry/sigstore/found-signature.ts'
import type { SignatureSource } from '../../../src/registry/sigstore/signature-source.ts'

const digest = `sha256:${'a'.repeat(64)}`
const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json'
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json'

test("cosign's tag is looked at first, and then only what may be a signature", async () => {
  const asked: string[] = []
  const source: SignatureSource = {
    async getManifest(_, reference) {
      asked.push(reference)
      return null
    },
    getBlob: async () => null,
    listReferrers: async () => [
      { digest: 'sha256:sbom', artifactType: 'application/spdx+json' },
      { digest: 'sha256:bundle', artifactType: BUNDLE },
      { digest: 'sha256:older', artifactType: 'application/vnd.dev.sigstore.bundle+json;version=0.2' },
      { digest: 'sha256:untold' },
      { digest: 'sha256:notation', artifactType: 'application/vnd.cncf.notary.signature' },
    ],
  }
  assert.deepEqual(await all(source), [])
  const tag = `sha256-${'a'.repeat(64)}.sig`
  assert.deepEqual(asked, [tag, 'sha256:bundle', 'sha256:older', 'sha256:untold'])
})

test('no more than fifty signatures are looked at, however many there are and wherever they lie', async () => {
  const many = Array.from({ length: 40 }, (_, index) => layer(SIMPLE, `sha256:${index}`))
  const referrers = Array.from({ length: 500 }, (_, index) => ({
    digest: `sha256:r${index}`,
    artifactType: BUNDLE,
  }))
  let blobs = 0
  const found = await all({
    getManifest: async (_, reference) =>
      manifest(reference.endsWith('.sig') ? many : [layer(BUNDLE, reference)]),
    async getBlob() {
      blobs++
      return Buffer.from('{}')
    },
    listReferrers: async () => referrers,
  })
  assert.equal(found.length, MAX_SIGNATURES)
  assert.equal(blobs, MAX_SIGNATURES)
})

test('manifests without signatures in them are not asked for without end', async () => {
  const referrers = Array.from({ length: 500 }, (_, index) => ({
    digest: `sha256:r${index}`,
    artifactType: BUNDLE,
  }))
  let manifests = 0
  await all({
    async getManifest() {
      manifests++
      return manifest([])
    },
    getBlob: async () => null,
    listReferrers: async () => referrers,
  })
  assert.equal(manifests, MAX_SIGNATURES + 1)
})

test('what is too large is not fetched, and what is not there or not to be read is said', async () => {
  const fetched: string[] = []
  const found = await all({
    getManifest: async (_, reference) =>
      reference.endsWith('.sig')
        ? manifest([
            layer(SIMPLE, 'sha256:large', 64 * 1024 + 1),
            layer(SIMPLE, 'sha256:gone'),
            layer('application/vnd.oci.image.layer.v1.tar', 'sha256:layer'),
          ])
        : { bytes: Buffer.from('no JSON') },
    async getBlob(_, blob) {
      fetched.push(blob)
      return null
    },
    listReferrers: async () => [{ digest: 'sha256:odd', artifactType: BUNDLE }],
  })
  assert.deepEqual(fetched, ['sha256:gone'])
  assert.deepEqual(
    found.map((each) => (each.form === 'unreadable' ? each.why : each.form)),
    [
      'sha256:large is larger than 65536 bytes',
      'the registry does not have sha256:gone',
      'the manifest sha256:odd is not one of a signature',
    ],
  )
})

function layer(mediaType: string, blob: string, size = 100) {
  return { mediaType, digest: blob, size, annotations: {} }
}

function manifest(layers: object[]) {
  return { bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, layers })) }
}

async function all(source: SignatureSource): Promise<FoundSignature[]> {
  const found: FoundSignature[] = []
  for await (const signature of findSignatures(source, 'acme/web', digest)) found.push(signature)
  return found
}
