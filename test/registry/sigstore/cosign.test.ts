import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parseImageName } from '../../../src/domain/image.ts'
import { createOciClients } from '../../../src/registry/oci/clients.ts'
import { createSignatureVerifier } from '../../../src/registry/sigstore/verify-signature.ts'
import { cosign, importKey, skipWithoutCosign } from '../../support/cosign.ts'
import { type ReferrersProxy, startReferrersProxy } from '../../support/referrers-proxy.ts'
import { skipWithoutRegistry, startRegistry, type TestRegistry } from '../../support/registry.ts'
import { accessTo } from '../../support/registry-client.ts'
import { reasonOf } from './attached.ts'

const skip = skipWithoutCosign() || skipWithoutRegistry()
const PAIRS: Record<string, { publicKey: KeyObject; privateKey: KeyObject }> = {
  p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  p521: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  ed25519: generateKeyPairSync('ed25519'),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
}
/** How cosign 3 signs, how cosign 2 did, and how it did by the referrers API. */
const FORMS = {
  bundle: [],
  tag: ['--new-bundle-format=false'],
  referrer: ['--new-bundle-format=false', '--registry-referrers-mode=oci-1-1'],
}
const OFFLINE = ['-y', '--allow-http-registry', '--use-signing-config=false', '--tlog-upload=false']

let directory: string
let registry: TestRegistry
let proxy: ReferrersProxy
before(async () => {
  if (skip !== false) return
  directory = mkdtempSync(join(tmpdir(), 'supercargo-cosign-'))
  registry = await startRegistry()
  proxy = await startReferrersProxy(registry)
  for (const [name, { privateKey }] of Object.entries(PAIRS))
    await importKey(directory, name, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
})
after(async () => {
  if (skip !== false) return
  await proxy.close()
  await registry.close()
  rmSync(directory, { recursive: true })
})

for (const form of ['bundle', 'tag', 'referrer'] as const) {
  for (const api of [false, true]) {
    const where = api ? 'with the referrers API' : 'without it'
    test(`what cosign signs with a key of any kind counts: ${form}, by a registry ${where}`, {
      skip,
    }, async () => {
      for (const name of api ? ['p256', 'ed25519'] : Object.keys(PAIRS)) {
        const image = await push(`${form}-${api}/${name}`, api)
        await sign(image.reference, name, FORMS[form])
        assert.deepEqual(await image.verify(name), { valid: true, signer: 'the configured key' })
        const other = name === 'rsa' ? 'p256' : 'rsa'
        assert.equal(
          reasonOf(await image.verify(other)),
          'The image has a signature, but it was not made with the configured key.',
        )
      }
      if (api) assert.ok(proxy.asked.length > 0)
    })
  }
}

test('an image that nobody has signed does not count, and neither does one beside it', { skip }, async () => {
  const signed = await push('beside/web')
  await sign(signed.reference, 'p256', FORMS.bundle)
  const unsigned = await push('beside/web')
  const reason = reasonOf(await unsigned.verify('p256'))
  assert.equal(reason, `Nobody has signed ${registry.host}/beside/web@${unsigned.digest}.`)
})

test('what cosign attests about an image is no signature, unless it says how it was built', {
  skip,
}, async () => {
  writeFileSync(join(directory, 'predicate.json'), '{}')
  const attest = (reference: string, type: string) =>
    cosign(
      directory,
      'attest',
      '--key',
      'p256.key',
      '--predicate',
      'predicate.json',
      '--type',
      type,
      ...OFFLINE,
      reference,
    )
  const image = await push('attested/web')
  await attest(image.reference, 'vuln')
  assert.match(
    reasonOf(await image.verify('p256')),
    /is a statement of the kind \S+, which does not vouch for it\.$/,
  )
  await attest(image.reference, 'slsaprovenance1')
  assert.equal((await image.verify('p256')).valid, true)
})

test('one of several keys is enough', { skip }, async () => {
  const image = await push('several/web')
  for (const name of ['p384', 'ed25519', 'p256']) await sign(image.reference, name, FORMS.tag)
  for (const name of ['p384', 'ed25519', 'p256']) assert.equal((await image.verify(name)).valid, true)
  assert.match(reasonOf(await image.verify('rsa')), /None of its 3 signatures counts\.$/)
})

test('who may not pull the image learns nothing of its signatures', { skip }, async () => {
  const closed = await startRegistry({ auth: 'basic' })
  try {
    const digest = await closed.pushImage('closed/web', 'v1')
    const verifier = createSignatureVerifier({
      of: createOciClients([accessTo(closed)]).of,
      trustRoot: { kind: 'none' },
    })
    const asked = verifier.verifySignature(closed.image('closed/web'), digest, {
      kind: 'key',
      key: pemOf('p256'),
    })
    await assert.rejects(asked, { code: 'registry-denied' })
  } finally {
    await closed.close()
  }
})

async function push(repository: string, api = false) {
  const digest = await registry.pushImage(repository, null)
  const { host, url } = api ? proxy : registry
  const name = parseImageName(`${host}/${repository}`)
  return {
    digest,
    reference: `${host}/${repository}@${digest}`,
    verify: (key: string) =>
      createSignatureVerifier({
        of: createOciClients([accessTo({ host, url })]).of,
        trustRoot: { kind: 'none' },
      }).verifySignature(name, digest, { kind: 'key', key: pemOf(key) }),
  }
}

async function sign(reference: string, key: string, form: string[]): Promise<void> {
  await cosign(directory, 'sign', '--key', `${key}.key`, ...OFFLINE, ...form, reference)
}

function pemOf(name: string): string {
  return PAIRS[name]?.publicKey.export({ type: 'spki', format: 'pem' }).toString() ?? ''
}
