import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { registryDoor } from '../../../src/intake/registry/door.ts'
import { type GoogleVerdict, googleVerifier } from '../../../src/intake/registry/google-identity.ts'
import { PUSH } from './payloads/google.ts'

/** https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions#jwt-format */
const CLAIMS = {
  aud: 'https://example.com',
  azp: '113774264463038321964',
  email: 'gae-gcp@appspot.gserviceaccount.com',
  sub: '113774264463038321964',
  email_verified: true,
  iss: 'https://accounts.google.com',
}
const IDENTITY = { audience: CLAIMS.aud, email: CLAIMS.email }
const KEY_ID = '7d680d8c70d44e947133cbd499ebc1a61c3d5abc'

const ours = await generateKeyPair('RS256')
const others = await generateKeyPair('RS256')

interface Keys {
  url: string
  fetched(): number
  status: number
}

/** A server with Google's keys, one of which is ours. */
async function serveKeys(context: TestContext): Promise<Keys> {
  const keys = { url: '', status: 200, count: 0, fetched: () => keys.count }
  const body = JSON.stringify({
    keys: [{ ...(await exportJWK(ours.publicKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' }],
  })
  const server = createServer((_, response) => {
    keys.count++
    response.writeHead(keys.status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => server.close())
  keys.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/certs`
  return keys
}

const now = () => Math.floor(Date.now() / 1000)

async function bearer(claims: JWTPayload = {}, key = ours.privateKey, kid = KEY_ID): Promise<string> {
  const payload = { ...CLAIMS, iat: now(), exp: now() + 3600, ...claims }
  return `Bearer ${await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(key)}`
}

test("a token of Google's for this subscription is valid, and the keys are fetched once", async (context) => {
  const keys = await serveKeys(context)
  const verify = googleVerifier(IDENTITY, keys.url)
  assert.equal(await verify(await bearer()), 'valid')
  assert.equal(await verify(await bearer({ iss: 'accounts.google.com' })), 'valid')
  assert.equal(keys.fetched(), 1)
})

test('a token that claims to be another is refused without fetching anything', async (context) => {
  const keys = await serveKeys(context)
  const verify = googleVerifier(IDENTITY, keys.url)
  const wrong: [string, string | undefined][] = [
    ['none', undefined],
    ['empty', 'Bearer '],
    ['no token', 'Bearer a.b.c'],
    ['basic', `Basic ${(await bearer()).slice(7)}`],
    ['issuer', await bearer({ iss: 'https://evil.example' })],
    ['audience', await bearer({ aud: 'https://evil.example' })],
    ['several audiences', await bearer({ aud: [CLAIMS.aud, 'https://evil.example'] })],
    ['email', await bearer({ email: 'evil@appspot.gserviceaccount.com' })],
    ['unverified', await bearer({ email_verified: false })],
    ['email of a list', await bearer({ email: [CLAIMS.email] })],
  ]
  for (const [what, header] of wrong) assert.equal(await verify(header), 'invalid', what)
  assert.equal(keys.fetched(), 0)
})

test('a token that Google did not sign, or not for now, is refused', async (context) => {
  const keys = await serveKeys(context)
  const verify = googleVerifier(IDENTITY, keys.url)
  const valid = await bearer()
  const symmetric = new SignJWT({ ...CLAIMS, iat: now(), exp: now() + 3600 }).setProtectedHeader({
    alg: 'HS256',
    kid: KEY_ID,
  })
  const unsigned = Buffer.from(JSON.stringify({ alg: 'none', kid: KEY_ID })).toString('base64url')
  const wrong: [string, string][] = [
    ['another key', await bearer({}, others.privateKey)],
    ['an unknown key', await bearer({}, others.privateKey, 'unknown')],
    ['expired', await bearer({ iat: now() - 7200, exp: now() - 3600 })],
    ['without an end', await bearer({ exp: undefined as never })],
    ['a secret', `Bearer ${await symmetric.sign(Buffer.from(KEY_ID))}`],
    ['no algorithm', valid.replace(/^Bearer [^.]+/, `Bearer ${unsigned}`)],
    ['changed', valid.replace(/\.([\w-]+)\./, (_, claims: string) => `.${claims.slice(0, -4)}AAAA.`)],
  ]
  for (const [what, header] of wrong) assert.equal(await verify(header), 'invalid', what)
})

test('where the keys cannot be had, nobody is believed, and Pub/Sub is asked to come again', async (context) => {
  const keys = await serveKeys(context)
  keys.status = 500
  assert.equal(await googleVerifier(IDENTITY, keys.url)(await bearer()), 'unknown')
  assert.equal(await googleVerifier(IDENTITY, 'http://127.0.0.1:1/certs')(await bearer()), 'unknown')
  keys.status = 200
  const verify = googleVerifier(IDENTITY, keys.url)
  assert.equal(await verify(await bearer()), 'valid')
})

test('the door stores what is verified only, under the id of the message', async () => {
  const door = (verdict: GoogleVerdict) =>
    registryDoor(
      {
        name: 'gar',
        host: 'us-east1-docker.pkg.dev',
        webhook: { format: 'google', secrets: [], ...IDENTITY },
      },
      async () => verdict,
    ).read({}, Buffer.from(JSON.stringify(PUSH)), '/webhooks/registry/gar')
  assert.deepEqual(await door('valid'), {
    ok: true,
    delivery: { source: 'registry:gar', id: '2070443601311540', event: 'google', payload: PUSH },
  })
  const status = async (verdict: GoogleVerdict) => {
    const received = await door(verdict)
    return received.ok ? 202 : received.status
  }
  assert.deepEqual([await status('invalid'), await status('unknown')], [401, 503])
})
