import assert from 'node:assert/strict'
import { generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { googleCredentials } from '../../../src/registry/credentials/google.ts'
import { type Asked, startCloud } from './cloud.ts'

const directory = mkdtempSync(join(tmpdir(), 'supercargo-google-'))
after(() => rmSync(directory, { recursive: true }))

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const EMAIL = 'cargo@acme.iam.gserviceaccount.com'
const keyFile = join(directory, 'key.json')
writeFileSync(
  keyFile,
  JSON.stringify({
    type: 'service_account',
    project_id: 'acme',
    private_key_id: '1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: EMAIL,
    token_uri: 'https://oauth2.googleapis.com/token',
  }),
)

/** Lets requests to Google arrive at a server of the test, and tells where they were meant to go. */
function leadingTo(url: string, meant: string[]): typeof fetch {
  return async (input, init) => {
    const target = new URL(input instanceof Request ? input.url : input)
    meant.push(target.href)
    return await fetch(new URL(target.pathname, url), init)
  }
}

test('the key of a service account is exchanged for an access token, by a statement that it signs', async (t) => {
  const body = { access_token: 'ya29.token', expires_in: 3600, token_type: 'Bearer' }
  const cloud = await startCloud(t, () => ({ body }))
  const meant: string[] = []
  const clock = () => new Date()
  const show = googleCredentials({ keyFile, clock, fetch: leadingTo(cloud.url, meant) })
  const expected = { kind: 'basic', username: 'oauth2accesstoken', password: 'ya29.token' }
  assert.deepEqual(await Promise.all([show('acme/web', []), show('acme/api', [])]), [expected, expected])
  assert.deepEqual(meant, ['https://oauth2.googleapis.com/token'])
  const form = new URLSearchParams((cloud.asked[0] as Asked).body)
  assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer')
  const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.')
  const signed = Buffer.from(`${head}.${claims}`)
  assert.ok(verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url')))
  const { iss, scope } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  assert.deepEqual([iss, scope], [EMAIL, 'https://www.googleapis.com/auth/cloud-platform'])
})

test('an access token of Google is kept until shortly before it ends', async (t) => {
  let tokens = 0
  const cloud = await startCloud(t, () => ({
    body: { access_token: `ya29.${++tokens}`, expires_in: 3600, token_type: 'Bearer' },
  }))
  let now = Date.now()
  const clock = () => new Date(now)
  const show = googleCredentials({ keyFile, clock, fetch: leadingTo(cloud.url, []) })
  await show('acme/web', [])
  now += 54 * 60_000
  await show('acme/web', [])
  assert.equal(tokens, 1)
  now += 2 * 60_000
  assert.deepEqual(await show('acme/web', []), {
    kind: 'basic',
    username: 'oauth2accesstoken',
    password: 'ya29.2',
  })
})

test('a key that Google refuses is something that a person must mend, and an outage is not', async (t) => {
  const body = { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }
  const refusing = await startCloud(t, () => ({ status: 400, body }))
  const clock = () => new Date()
  const refused = googleCredentials({ keyFile, clock, fetch: leadingTo(refusing.url, []) })
  await assert.rejects(refused('acme/web', []), { code: 'registry-denied', kind: 'permanent' })
  const failing = await startCloud(t, () => ({ status: 500, body: {} }))
  const failed = googleCredentials({ keyFile, clock, fetch: leadingTo(failing.url, []) })
  await assert.rejects(failed('acme/web', []), { code: 'registry-unavailable', kind: 'transient' })
})

test('without a key the file is used that the environment names for all of Google’s libraries', async (t) => {
  const body = { access_token: 'ya29.environment', expires_in: 3600, token_type: 'Bearer' }
  const cloud = await startCloud(t, () => ({ body }))
  const before = { ...process.env }
  t.after(() => {
    process.env = before
  })
  process.env = { PATH: before.PATH, HOME: directory, GOOGLE_APPLICATION_CREDENTIALS: keyFile }
  const clock = () => new Date()
  const show = googleCredentials({ keyFile: null, clock, fetch: leadingTo(cloud.url, []) })
  const shown = await show('acme/web', [])
  assert.equal(shown?.kind === 'basic' && shown.password, 'ya29.environment')
})

test('without a key the metadata server of the machine gives the token of its account', async (t) => {
  const cloud = await startCloud(t, ({ path }) => ({
    headers: { 'metadata-flavor': 'Google' },
    body: path.includes('/token')
      ? { access_token: 'ya29.machine', expires_in: 3600, token_type: 'Bearer' }
      : { default: { scopes: [] } },
  }))
  const before = { ...process.env }
  t.after(() => {
    process.env = before
  })
  const host = new URL(cloud.url).host
  process.env = {
    PATH: before.PATH,
    HOME: directory,
    GCE_METADATA_HOST: host,
    METADATA_SERVER_DETECTION: 'assume-present',
  }
  const show = googleCredentials({ keyFile: null, clock: () => new Date() })
  assert.deepEqual(await show('acme/web', []), {
    kind: 'basic',
    username: 'oauth2accesstoken',
    password: 'ya29.machine',
  })
  const asked = cloud.asked.find(({ path }) => path.includes('/token'))
  assert.equal(asked?.headers['metadata-flavor'], 'Google')
  assert.match(asked?.path ?? '', /^\/computeMetadata\/v1\/instance\/service-accounts\/default\/token/)
})
