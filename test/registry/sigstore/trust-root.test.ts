import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createTrustRoot, type TrustRootSettings } from '../../../src/registry/sigstore/trust-root.ts'
import { createSigstoreAuthority, GITHUB_ISSUER, WORKFLOW } from '../../support/sigstore-authority.ts'
import { startTufRepository, type TufRepository } from '../../support/tuf-repository.ts'
import { verifyAttached } from './attached.ts'

const clock = () => new Date('2026-03-01T10:00:00Z')
const digest = `sha256:${'a'.repeat(64)}`
const trust = { kind: 'identity', identity: '**', issuer: GITHUB_ISSUER } as const

test('without a trust root no identity counts, and it is said what to do', async () => {
  const { signStatement } = await createSigstoreAuthority()
  const bundles = [await signStatement({ digest })]
  await assert.rejects(verifyAttached({ bundles }, digest, trust), {
    code: 'trust-root-missing',
    kind: 'permanent',
    advice: /trusted_root\.json/,
  })
})

test('a file that is no trust root, or trusts nobody, is refused', async () => {
  const { trustedRoot } = await createSigstoreAuthority()
  const root = JSON.parse(trustedRoot)
  for (const text of [
    '',
    'null',
    '{}',
    JSON.stringify({ ...root, tlogs: [] }),
    JSON.stringify({ ...root, certificateAuthorities: [] }),
    trustedRoot.replace(/"rawBytes":"[^"]+"/, '"rawBytes":"AAAA"'),
  ])
    await assert.rejects(createTrustRoot({ kind: 'file', text }, clock)(), {
      code: 'trust-root-invalid',
      kind: 'permanent',
    })
  assert.equal((await createTrustRoot({ kind: 'file', text: trustedRoot }, clock)()).tlogs.length, 1)
})

test("a TUF repository's trust root counts, and is asked for once a day", async () => {
  const authority = await createSigstoreAuthority()
  const bundles = [await authority.signStatement({ digest })]
  await withTuf(authority.trustedRoot, tomorrow(), async (tuf, settings) => {
    const verdict = await verifyAttached({ bundles }, digest, trust, settings)
    assert.deepEqual(verdict, { valid: true, signer: `${WORKFLOW} (${GITHUB_ISSUER})` })
    let now = clock()
    const read = createTrustRoot(settings, () => now)
    await read()
    const before = tuf.asked.length
    await Promise.all([read(), read()])
    assert.equal(tuf.asked.length, before)
    now = new Date(now.getTime() + 24 * 60 * 60 * 1000)
    await read()
    assert.ok(tuf.asked.length > before)
  })
})

test('a TUF repository that is stale, changed or away is asked again later, and nothing counts until then', async () => {
  const authority = await createSigstoreAuthority()
  const stranger = await createSigstoreAuthority()
  const bundles = [await authority.signStatement({ digest })]
  const unreachable = { code: 'trust-root-unreachable', kind: 'transient' }
  await withTuf(authority.trustedRoot, new Date('2026-01-01T00:00:00Z'), async (_, settings) => {
    await assert.rejects(verifyAttached({ bundles }, digest, trust, settings), unreachable)
  })
  await withTuf(authority.trustedRoot, tomorrow(), async ({ files }, settings) => {
    files.set('/targets/trusted_root.json', stranger.trustedRoot)
    await assert.rejects(verifyAttached({ bundles }, digest, trust, settings), unreachable)
  })
  await withTuf(authority.trustedRoot, tomorrow(), async (tuf, settings) => {
    let now = clock()
    const read = createTrustRoot(settings, () => now)
    await read()
    await tuf.close()
    await read()
    now = new Date(now.getTime() + 24 * 60 * 60 * 1000)
    for (let times = 0; times < 2; times++) await assert.rejects(read(), unreachable)
  })
})

async function withTuf(
  trustedRoot: string,
  expires: Date,
  use: (tuf: TufRepository, settings: TrustRootSettings) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'supercargo-tuf-'))
  const tuf = await startTufRepository(trustedRoot, expires)
  try {
    const root = join(directory, 'root.json')
    writeFileSync(root, tuf.root)
    await use(tuf, { kind: 'tuf', url: tuf.url, directory: join(directory, 'kept'), root })
  } finally {
    await tuf.close()
    rmSync(directory, { recursive: true })
  }
}

function tomorrow(): Date {
  return new Date(Date.now() + 24 * 60 * 60 * 1000)
}
