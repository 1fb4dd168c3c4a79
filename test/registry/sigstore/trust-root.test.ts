import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createTrustRoot } from '../../../src/registry/sigstore/trust-root.ts'
import { createSigstoreAuthority, GITHUB_ISSUER } from '../../support/sigstore-authority.ts'
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

test('a TUF repository that cannot be reached is asked again later, and nothing counts until then', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'supercargo-tuf-'))
  let asked = 0
  const server = createServer((_, response) => {
    asked++
    response.writeHead(503).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const root = join(directory, 'first-root.json')
    writeRoot(root)
    const trustRoot = { kind: 'tuf', url, directory: join(directory, 'kept'), root } as const
    const { signStatement } = await createSigstoreAuthority()
    const bundles = [await signStatement({ digest })]
    const read = createTrustRoot(trustRoot, clock)
    for (let times = 1; times <= 2; times++) {
      await assert.rejects(read(), { code: 'trust-root-unreachable', kind: 'transient' })
      assert.ok(asked >= times)
    }
    await assert.rejects(verifyAttached({ bundles }, digest, trust, trustRoot), {
      code: 'trust-root-unreachable',
    })
  } finally {
    server.close()
    rmSync(directory, { recursive: true })
  }
})

/** The first root that Sigstore's package carries for its public repository. */
function writeRoot(path: string): void {
  const seeds: Record<string, Record<string, string>> = createRequire(import.meta.url)(
    '@sigstore/tuf/seeds.json',
  )
  const text = seeds['https://tuf-repo-cdn.sigstore.dev']?.['root.json'] ?? ''
  writeFileSync(path, Buffer.from(text, 'base64'))
}
