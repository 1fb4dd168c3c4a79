import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TrustRootSettings } from '../../../src/registry/sigstore/trust-root.ts'
import { reasonOf, verifyAttached } from './attached.ts'

/** What a workflow of GitHub signed in public, and what Sigstore's public services made of it; its `source` says where. */
const real: { digest: string; payload: string; annotations: Record<string, string> } = JSON.parse(
  readFileSync(new URL('fixtures/salrashid123-server-image.json', import.meta.url), 'utf8'),
)
const [SIGNATURE, CERTIFICATE, REKOR] = [
  'dev.cosignproject.cosign/signature',
  'dev.sigstore.cosign/certificate',
  'dev.sigstore.cosign/bundle',
] as const
const issuer = 'https://token.actions.githubusercontent.com'
const trust = {
  kind: 'identity',
  identity: 'https://github.com/salrashid123/go-bazel-github-workflow/.github/workflows/*',
  issuer,
} as const
const signed = { payload: Buffer.from(real.payload), annotations: real.annotations }
const trustRoot = publicTrustRoot()

test("a real workflow's signature counts, offline, by the trust root of Sigstore's public instance", async () => {
  assert.deepEqual(await verifyAttached({ simple: [signed] }, real.digest, trust, trustRoot), {
    valid: true,
    signer: `https://github.com/salrashid123/go-bazel-github-workflow/.github/workflows/release.yaml@refs/tags/v0.0.14 (${issuer})`,
  })
})

test('it does not count for another identity or issuer, and it is said who signed', async () => {
  for (const other of [
    { ...trust, identity: 'https://github.com/acme/web/.github/workflows/*' },
    { ...trust, identity: 'https://github.com/salrashid123/**/release.yaml@refs/heads/*' },
    { ...trust, issuer: 'https://gitlab.com' },
  ]) {
    const reason = reasonOf(await verifyAttached({ simple: [signed] }, real.digest, other, trustRoot))
    assert.match(reason, /^The image is signed by https:\/\/github\.com\/salrashid123\/.*, and not by /)
    assert.ok(reason.includes(`${other.identity} (${other.issuer})`))
  }
})

test('it does not count for another image', async () => {
  const other = `sha256:${'a'.repeat(64)}`
  const reason = reasonOf(await verifyAttached({ simple: [signed] }, other, trust, trustRoot))
  assert.equal(reason, `The signature beside the image is one of another image (${real.digest}).`)
})

test('it does not count without its entry in the transparency log', async () => {
  const { [REKOR]: _, ...annotations } = real.annotations
  const reason = reasonOf(
    await verifyAttached({ simple: [{ ...signed, annotations }] }, real.digest, trust, trustRoot),
  )
  assert.match(reason, /^Nothing that is trusted says when the signature was made/)
})

test('a changed byte in payload, signature, certificate or log entry is refused, and never throws', async () => {
  const parts = [
    { bytes: signed.payload, put: (payload: Buffer) => ({ ...signed, payload }) },
    inAnnotation(SIGNATURE, fromBase64(real.annotations[SIGNATURE]), (bytes) => bytes.toString('base64')),
    inAnnotation(CERTIFICATE, fromPem(real.annotations[CERTIFICATE]), toPem),
    inAnnotation(REKOR, Buffer.from(real.annotations[REKOR] ?? ''), (bytes) => bytes.toString('latin1')),
  ]
  const change = fc.record({
    part: fc.constantFrom(...parts),
    at: fc.nat(),
    by: fc.integer({ min: 1, max: 255 }),
  })
  await fc.assert(
    fc.asyncProperty(change, async ({ part, at, by }) => {
      const bytes = Buffer.from(part.bytes)
      const index = at % bytes.length
      bytes[index] = (bytes[index] ?? 0) ^ by
      const verdict = await verifyAttached({ simple: [part.put(bytes)] }, real.digest, trust, trustRoot)
      assert.equal(verdict.valid, false)
    }),
    { numRuns: 200 },
  )
})

function inAnnotation(name: string, bytes: Buffer, text: (bytes: Buffer) => string) {
  const put = (changed: Buffer) => ({
    ...signed,
    annotations: { ...real.annotations, [name]: text(changed) },
  })
  return { bytes, put }
}

function fromBase64(text = ''): Buffer {
  return Buffer.from(text, 'base64')
}

function fromPem(text = ''): Buffer {
  return fromBase64(text.replace(/-----[A-Z ]+-----/g, ''))
}

function toPem(bytes: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`
}

/** The `trusted_root.json` that Sigstore's own package carries for a first start. */
function publicTrustRoot(): TrustRootSettings {
  const seeds: Record<string, { targets: Record<string, string> }> = createRequire(import.meta.url)(
    '@sigstore/tuf/seeds.json',
  )
  const target = seeds['https://tuf-repo-cdn.sigstore.dev']?.targets['trusted_root.json']
  return { kind: 'file', text: fromBase64(target).toString('utf8') }
}
