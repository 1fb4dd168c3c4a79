import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { simplePayload } from '../../support/sigstore-authority.ts'
import { reasonOf, verifyAttached } from './attached.ts'

const digest = `sha256:${'a'.repeat(64)}`
const payload = simplePayload(digest)
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const BAD_KEY = /^The configured key is not the PEM of a public key of a kind that is known/

test('a signature as the specification of cosign has it counts with its key, and only with it', async () => {
  const signed = signedBy(p256.privateKey)
  assert.deepEqual(await verify(signed, pemOf(p256.publicKey)), { valid: true, signer: 'the configured key' })
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
  assert.equal(
    reasonOf(await verify(signed, pemOf(other))),
    'The image has a signature, but it was not made with the configured key.',
  )
})

test('the key of RSA may be written in its older form', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 })
  const pem = publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  assert.equal((await verify(signedBy(privateKey), pem)).valid, true)
})

test('keys that are short, of another kind, private or no keys at all are refused', async () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const curve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
  for (const pair of [short, curve])
    assert.match(reasonOf(await verify(signedBy(pair.privateKey), pemOf(pair.publicKey))), BAD_KEY)
  const secret = p256.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const dh = pemOf(generateKeyPairSync('x25519').publicKey)
  for (const key of [secret, dh, '', 'PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'])
    assert.match(reasonOf(await verify(signedBy(p256.privateKey), key)), BAD_KEY)
})

test('a signature over another image, another type or no image at all does not count', async () => {
  const key = pemOf(p256.publicKey)
  const other = `sha256:${'b'.repeat(64)}`
  assert.equal(
    reasonOf(await verify(signedBy(p256.privateKey, simplePayload(other)), key)),
    `The signature beside the image is one of another image (${other}).`,
  )
  const text = payload.toString()
  for (const wrong of [
    text.replace('cosign container image signature', 'atomic container signature'),
    text.replace('docker-manifest-digest', 'digest'),
    'null',
    '',
  ])
    assert.match(
      reasonOf(await verify(signedBy(p256.privateKey, Buffer.from(wrong)), key)),
      /^A signature cannot be read/,
    )
})

test('a changed byte in payload or signature is refused, for every kind of key, and never throws', async () => {
  const pairs = [p256, generateKeyPairSync('ed25519'), generateKeyPairSync('rsa', { modulusLength: 2048 })]
  const change = fc.record({
    pair: fc.constantFrom(...pairs),
    where: fc.constantFrom('payload' as const, 'signature' as const),
    at: fc.nat(),
    by: fc.integer({ min: 1, max: 255 }),
  })
  await fc.assert(
    fc.asyncProperty(change, async ({ pair, where, at, by }) => {
      const parts = { payload: Buffer.from(payload), signature: bytesBy(pair.privateKey, payload) }
      const index = at % parts[where].length
      parts[where][index] = (parts[where][index] ?? 0) ^ by
      const annotations = { 'dev.cosignproject.cosign/signature': parts.signature.toString('base64') }
      const verdict = await verify({ payload: parts.payload, annotations }, pemOf(pair.publicKey))
      assert.equal(verdict.valid, false)
    }),
    { numRuns: 300 },
  )
})

function signedBy(key: KeyObject, bytes = payload) {
  const signature = bytesBy(key, bytes).toString('base64')
  return { payload: bytes, annotations: { 'dev.cosignproject.cosign/signature': signature } }
}

function bytesBy(key: KeyObject, bytes: Buffer): Buffer {
  return sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', bytes, key)
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString()
}

function verify(signed: ReturnType<typeof signedBy>, key: string) {
  return verifyAttached({ simple: [signed] }, digest, { kind: 'key', key })
}
