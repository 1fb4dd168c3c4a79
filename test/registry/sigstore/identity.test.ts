import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import {
  createSigstoreAuthority,
  GITHUB_ISSUER,
  type SigstoreAuthority,
  WORKFLOW,
} from '../../support/sigstore-authority.ts'
import { digestOf, reasonOf, verifyAttached } from './attached.ts'

const manifest = Buffer.from('{"schemaVersion":2}')
const digest = digestOf(manifest)
const other = `sha256:${'b'.repeat(64)}`
const trust = {
  kind: 'identity',
  identity: 'https://github.com/acme/web/.github/workflows/release.yml',
  issuer: GITHUB_ISSUER,
} as const
const signer = `${WORKFLOW} (${GITHUB_ISSUER})`
let authority: SigstoreAuthority

before(async () => {
  authority = await createSigstoreAuthority()
})

test('a statement, a plain signature and a signature of the older kind count when the right workflow made them', async () => {
  for (const attached of [
    { bundles: [await authority.signStatement({ digest })] },
    { bundles: [await authority.signStatement({ digest, predicateType: 'https://slsa.dev/provenance/v1' })] },
    { bundles: [await authority.signStatement({ digest, issuerOid: 'v1' })] },
    { bundles: [await authority.signStatement({ digest, rekor: 'v2' })] },
    { bundles: [await authority.signMessage(manifest)], manifest },
    { simple: [await authority.signSimple(digest)] },
  ])
    assert.deepEqual(await verify(attached), { valid: true, signer })
})

test('one signature that counts is enough among others that do not', async () => {
  const wrong = await authority.signStatement({ digest, subject: 'https://github.com/evil/web' })
  const bundles = [
    '{}',
    wrong,
    await authority.signStatement({ digest: other }),
    await authority.signStatement({ digest }),
  ]
  assert.deepEqual(await verify({ bundles }), { valid: true, signer })
})

test('somebody else, another issuer and another workflow are named', async () => {
  for (const wish of [
    { subject: 'https://github.com/evil/web/.github/workflows/release.yml@refs/heads/main' },
    { subject: 'https://github.com/acme/web/.github/workflows/other.yml@refs/heads/main' },
    { subject: `https://evil.example/${WORKFLOW}` },
    { issuer: 'https://evil.example' },
    { issuer: `${GITHUB_ISSUER}.evil.example`, issuerOid: 'v1' as const },
  ]) {
    const { subject = WORKFLOW, issuer = GITHUB_ISSUER } = wish
    const reason = reasonOf(await verify({ bundles: [await authority.signStatement({ digest, ...wish })] }))
    assert.equal(
      reason,
      `The image is signed by ${subject} (${issuer}), and not by ${trust.identity} (${trust.issuer}).`,
    )
  }
})

test('a signature of another image does not count, in any form', async () => {
  for (const attached of [
    { bundles: [await authority.signStatement({ digest: other })] },
    { bundles: [await authority.signMessage(Buffer.from('another manifest'))], manifest },
    { simple: [await authority.signSimple(other)] },
  ])
    assert.match(
      reasonOf(await verify(attached)),
      /^The signature beside the image is one of another image \(sha256:/,
    )
})

test('what a scanner or a list of parts says about the image does not vouch for it', async () => {
  const bundles = [await authority.signStatement({ digest, predicateType: 'https://cyclonedx.org/bom' })]
  assert.equal(
    reasonOf(await verify({ bundles })),
    'What is signed about the image is a statement of the kind https://cyclonedx.org/bom, which does not vouch for it.',
  )
})

test('an image without signatures is said to have none, and one with several to have none that counts', async () => {
  assert.equal(reasonOf(await verify({})), `Nobody has signed registry.test/acme/web@${digest}.`)
  const bundles = ['not JSON', await authority.signStatement({ digest: other })]
  assert.match(reasonOf(await verify({ bundles })), /another image .* None of its 2 signatures counts\.$/)
})

test('a certificate that was over when the log took the signature in does not count', async () => {
  const late = await createSigstoreAuthority({
    certified: new Date('2026-03-01T10:00:00Z'),
    logged: new Date('2026-03-01T10:30:00Z'),
  })
  for (const attached of [
    { bundles: [await late.signStatement({ digest })] },
    { simple: [await late.signSimple(digest)] },
  ])
    assert.equal(
      reasonOf(await verify(attached, late)),
      'The certificate of the signature was valid from 2026-03-01T10:00:00.000Z to 2026-03-01T10:10:00.000Z, and it was used at 2026-03-01T10:30:00.000Z.',
    )
})

test('a timestamp of an authority that the trust root does not name, or of another signature, is none', async () => {
  const stranger = await createSigstoreAuthority()
  const mine = JSON.parse(await authority.signStatement({ digest, rekor: 'v2' }))
  for (const theirs of [stranger, authority]) {
    const other = JSON.parse(await theirs.signStatement({ digest, rekor: 'v2' }))
    const { timestampVerificationData } = other.verificationMaterial
    const swapped = {
      ...mine,
      verificationMaterial: { ...mine.verificationMaterial, timestampVerificationData },
    }
    assert.match(
      reasonOf(await verify({ bundles: [JSON.stringify(swapped)] })),
      /^Nothing that is trusted says when/,
    )
  }
})

test('an authority or a log that the trust root does not name counts for nothing', async () => {
  const stranger = await createSigstoreAuthority()
  for (const attached of [
    { bundles: [await stranger.signStatement({ digest })] },
    { simple: [await stranger.signSimple(digest)] },
  ])
    assert.match(
      reasonOf(await verify(attached)),
      /^The certificate of the signature is none that the authorities/,
    )
  const root = JSON.parse(authority.trustedRoot)
  const { tlogs, ctlogs } = JSON.parse(stranger.trustedRoot)
  const bundles = [await authority.signStatement({ digest })]
  for (const [part, reason] of [
    [{ tlogs }, /^No transparency log that the trust root names has the signature\.$/],
    [{ ctlogs }, /^The certificate of the signature is none that the authorities/],
  ] as const) {
    const trustedRoot = JSON.stringify({ ...root, ...part })
    assert.match(reasonOf(await verify({ bundles }, { ...authority, trustedRoot })), reason)
  }
})

test('a signature that is in no transparency log does not count', async () => {
  const bundles = [await authority.signStatement({ digest, logged: false })]
  assert.match(
    reasonOf(await verify({ bundles })),
    /^Nothing that is trusted says when the signature was made/,
  )
})

test('the log entry of one signature does not serve for another', async () => {
  const [mine, theirs] = [
    await authority.signStatement({ digest }),
    await authority.signStatement({ digest: other }),
  ]
  const stolen = JSON.parse(mine)
  stolen.verificationMaterial.tlogEntries = JSON.parse(theirs).verificationMaterial.tlogEntries
  const reason = reasonOf(await verify({ bundles: [JSON.stringify(stolen)] }))
  assert.equal(reason, 'No transparency log that the trust root names has the signature.')
})

test('a pattern where the name of a log should be does not hang the process', async () => {
  const bundle = JSON.parse(await authority.signStatement({ digest }))
  const { checkpoint } = bundle.verificationMaterial.tlogEntries[0].inclusionProof
  checkpoint.envelope = checkpoint.envelope.replace('\u2014 rekor.test', '\u2014 ((((.*)*)*)*)*x')
  const begun = process.cpuUsage()
  assert.match(reasonOf(await verify({ bundles: [JSON.stringify(bundle)] })), /^A signature cannot be read/)
  assert.ok(process.cpuUsage(begun).user < 2_000_000)
})

// Not among them are the root hash beside an inclusion proof, since the one in the signed checkpoint counts, and
// of the certificate what its authority does not sign: the DER around the signed part (RFC 5280, 4.1).
test('a changed byte in any part of a bundle is refused, and never throws', async () => {
  const bundle = JSON.parse(await authority.signStatement({ digest }))
  const [entry] = bundle.verificationMaterial.tlogEntries
  const [signature] = bundle.dsseEnvelope.signatures
  const fields: [object: Record<string, string>, name: string][] = [
    [bundle.dsseEnvelope, 'payload'],
    [signature, 'sig'],
    [bundle.verificationMaterial.certificate, 'rawBytes'],
    [entry, 'canonicalizedBody'],
    [entry.logId, 'keyId'],
    [entry.inclusionPromise, 'signedEntryTimestamp'],
  ]
  const change = fc.record({
    field: fc.constantFrom(...fields),
    at: fc.nat(),
    by: fc.integer({ min: 1, max: 255 }),
  })
  await fc.assert(
    fc.asyncProperty(change, async ({ field: [object, name], at, by }) => {
      const text = object[name] ?? ''
      const bytes = Buffer.from(text, 'base64')
      const [first, end] = name === 'rawBytes' ? signedPart(bytes) : [0, bytes.length]
      const index = first + (at % (end - first))
      bytes[index] = (bytes[index] ?? 0) ^ by
      object[name] = bytes.toString('base64')
      const changed = JSON.stringify(bundle)
      object[name] = text
      assert.equal((await verify({ bundles: [changed] })).valid, false)
    }),
    { numRuns: 200 },
  )
  assert.equal((await verify({ bundles: [JSON.stringify(bundle)] })).valid, true)
})

test('whatever JSON stands where a signature should be ends in a refusal', async () => {
  const bundle = JSON.parse(await authority.signStatement({ digest }))
  const path = fc.constantFrom('mediaType', 'verificationMaterial', 'dsseEnvelope', 'messageSignature')
  await fc.assert(
    fc.asyncProperty(path, fc.jsonValue(), async (name, value) => {
      fc.pre(name !== 'messageSignature' || value !== null)
      const bundles = [JSON.stringify({ ...bundle, [name]: value }), JSON.stringify(value)]
      assert.equal((await verify({ bundles, manifest })).valid, false)
    }),
    { numRuns: 100 },
  )
})

/** Where the contents of TBSCertificate begin and end, when it and the certificate have lengths of two bytes. */
function signedPart(certificate: Buffer): [first: number, end: number] {
  assert.deepEqual([certificate[1], certificate[5]], [0x82, 0x82])
  return [8, 8 + certificate.readUInt16BE(6)]
}

function verify(
  attached: Parameters<typeof verifyAttached>[0],
  by: Pick<SigstoreAuthority, 'trustedRoot'> = authority,
) {
  return verifyAttached(attached, digest, trust, { kind: 'file', text: by.trustedRoot })
}
