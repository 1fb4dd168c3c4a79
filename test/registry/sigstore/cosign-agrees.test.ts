import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { cosign, skipWithoutCosign } from '../../support/cosign.ts'
import { createSigstoreAuthority, GITHUB_ISSUER, WORKFLOW } from '../../support/sigstore-authority.ts'
import { verifyAttached } from './attached.ts'

const digest = `sha256:${'a'.repeat(64)}`
const other = `sha256:${'b'.repeat(64)}`

test('cosign judges bundles of identities as we do', { skip: skipWithoutCosign() }, async () => {
  const authority = await createSigstoreAuthority()
  const stranger = await createSigstoreAuthority()
  const late = await createSigstoreAuthority({
    certified: new Date('2026-03-01T10:00:00Z'),
    logged: new Date('2026-03-01T10:30:00Z'),
  })
  const stolen = JSON.parse(await authority.signStatement({ digest }))
  const { tlogEntries } = JSON.parse(await authority.signStatement({ digest: other })).verificationMaterial
  stolen.verificationMaterial.tlogEntries = tlogEntries
  for (const [name, counts, bundle, { trustedRoot }] of [
    ['right', true, await authority.signStatement({ digest }), authority],
    ['older issuer', true, await authority.signStatement({ digest, issuerOid: 'v1' }), authority],
    ['another image', false, await authority.signStatement({ digest: other }), authority],
    [
      'another workflow',
      false,
      await authority.signStatement({ digest, subject: `${WORKFLOW}x` }),
      authority,
    ],
    [
      'another issuer',
      false,
      await authority.signStatement({ digest, issuer: 'https://evil.example' }),
      authority,
    ],
    ['not logged', false, await authority.signStatement({ digest, logged: false }), authority],
    ['the log entry of another', false, JSON.stringify(stolen), authority],
    ['too late', false, await late.signStatement({ digest }), late],
    ['another authority', false, await stranger.signStatement({ digest }), authority],
  ] as const) {
    const trust = { kind: 'identity', identity: WORKFLOW, issuer: GITHUB_ISSUER } as const
    const ours = await verifyAttached({ bundles: [bundle] }, digest, trust, {
      kind: 'file',
      text: trustedRoot,
    })
    assert.equal(await cosignAccepts(bundle, trustedRoot), counts, `cosign: ${name}`)
    assert.equal(ours.valid, counts, name)
  }
})

async function cosignAccepts(bundle: string, trustedRoot: string): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'supercargo-cosign-'))
  try {
    writeFileSync(join(directory, 'bundle.json'), bundle)
    writeFileSync(join(directory, 'root.json'), trustedRoot)
    const what = ['--digest', digest.slice('sha256:'.length), '--digestAlg', 'sha256']
    const type = ['--type', 'https://sigstore.dev/cosign/sign/v1']
    const who = ['--certificate-identity', WORKFLOW, '--certificate-oidc-issuer', GITHUB_ISSUER]
    const files = ['--bundle', 'bundle.json', '--trusted-root', 'root.json']
    await cosign(directory, 'verify-blob-attestation', ...files, ...what, ...type, ...who)
    return true
  } catch (error) {
    assert.match(String(error), /failed to verify|verification failed|no matching|not match|threshold/i)
    return false
  } finally {
    rmSync(directory, { recursive: true })
  }
}
