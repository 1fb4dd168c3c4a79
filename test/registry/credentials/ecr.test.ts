import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ecrCredentials } from '../../../src/registry/credentials/ecr.ts'
import { type Asked, awsSignature, startCloud } from './cloud.ts'

// Names and keys of AWS's own examples.
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const HOUR = 3_600_000

/** As https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html has it. */
function answer(password: string, expiresAt: number) {
  const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64')
  const proxyEndpoint = 'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com'
  const headers = { 'content-type': 'application/x-amz-json-1.1' }
  return {
    headers,
    body: { authorizationData: [{ authorizationToken, expiresAt: expiresAt / 1000, proxyEndpoint }] },
  }
}

test('ECR is asked with a signature of the key for the region, and gives a password', async (t) => {
  const cloud = await startCloud(t, () => answer('password-of-ecr', Date.now() + 12 * HOUR))
  const clock = () => new Date()
  const show = ecrCredentials({ region: 'eu-west-1', keys: KEYS, clock, endpoint: cloud.url })
  assert.deepEqual(await show('acme/web', []), {
    kind: 'basic',
    username: 'AWS',
    password: 'password-of-ecr',
  })
  const asked = cloud.asked[0] as Asked
  assert.equal(asked.headers['x-amz-target'], 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken')
  assert.match(
    asked.headers.authorization ?? '',
    /Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/ecr\/aws4_request/,
  )
  assert.ok(asked.headers.authorization?.endsWith(awsSignature(asked, KEYS.secretAccessKey)))
  assert.ok(!asked.headers.authorization?.endsWith(awsSignature(asked, 'another key')))
})

test('the password of ECR is kept until shortly before it ends, whoever asks', async (t) => {
  let now = Date.now()
  let passwords = 0
  const cloud = await startCloud(t, () => answer(`password-${++passwords}`, now + 12 * HOUR))
  const clock = () => new Date(now)
  const show = ecrCredentials({ region: 'eu-west-1', keys: KEYS, clock, endpoint: cloud.url })
  const shown = await Promise.all([show('acme/web', []), show('acme/api', [])])
  assert.deepEqual(shown[0], shown[1])
  now += 11 * HOUR
  assert.deepEqual(await show('acme/web', []), shown[0])
  assert.equal(passwords, 1)
  now += HOUR - 60_000
  assert.deepEqual(await show('acme/web', []), { kind: 'basic', username: 'AWS', password: 'password-2' })
})

test('a role that may not get a token is something that a person must mend', async (t) => {
  const message = 'User: arn:aws:iam::123456789012:user/x is not authorized'
  const body = { __type: 'AccessDeniedException', message }
  const cloud = await startCloud(t, () => ({ status: 400, body }))
  const clock = () => new Date()
  const show = ecrCredentials({ region: 'eu-west-1', keys: KEYS, clock, endpoint: cloud.url })
  await assert.rejects(show('acme/web', []), { code: 'registry-denied', kind: 'permanent' })
  assert.equal(cloud.asked.length, 1)
  await assert.rejects(show('acme/web', []))
  assert.equal(cloud.asked.length, 2)
})

test('an ECR that is out of order, or answers nonsense, is asked again later', async (t) => {
  const answers = [
    { status: 503, body: '' },
    { status: 503, body: '' },
    { body: { authorizationData: [] } },
    { body: { authorizationData: [{ authorizationToken: 'AAAA', expiresAt: 1 }] } },
  ]
  const cloud = await startCloud(t, () => answers.shift() ?? answer('at-last', Date.now() + 12 * HOUR))
  const clock = () => new Date()
  const show = ecrCredentials({ region: 'eu-west-1', keys: KEYS, clock, endpoint: cloud.url })
  await assert.rejects(show('acme/web', []), { code: 'registry-unavailable', kind: 'transient' })
  await assert.rejects(show('acme/web', []), { code: 'registry-answer-invalid', kind: 'transient' })
  await assert.rejects(show('acme/web', []), { code: 'registry-answer-invalid', kind: 'transient' })
  assert.deepEqual(await show('acme/web', []), { kind: 'basic', username: 'AWS', password: 'at-last' })
})

test('an ECR that cannot be reached is asked again later', async () => {
  const clock = () => new Date()
  const show = ecrCredentials({ region: 'eu-west-1', keys: KEYS, clock, endpoint: 'http://127.0.0.1:1' })
  await assert.rejects(show('acme/web', []), { code: 'registry-unavailable', kind: 'transient' })
})

test('without keys the credentials of the machine are used', async (t) => {
  const before = { ...process.env }
  t.after(() => {
    process.env = before
  })
  process.env = { PATH: before.PATH, AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' }
  const cloud = await startCloud(t, () => answer('password-of-ecr', Date.now() + 12 * HOUR))
  const options = { region: 'eu-west-1', keys: null, clock: () => new Date(), endpoint: cloud.url }
  await assert.rejects(ecrCredentials(options)('acme/web', []), {
    code: 'registry-denied',
    kind: 'permanent',
  })
  assert.equal(cloud.asked.length, 0)
  process.env.AWS_ACCESS_KEY_ID = 'AKIDMACHINE'
  process.env.AWS_SECRET_ACCESS_KEY = KEYS.secretAccessKey
  await ecrCredentials(options)('acme/web', [])
  const asked = cloud.asked[0] as Asked
  assert.match(asked.headers.authorization ?? '', /Credential=AKIDMACHINE\//)
  assert.ok(asked.headers.authorization?.endsWith(awsSignature(asked, KEYS.secretAccessKey)))
})
