import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { appFilePath, readAppFile, writeAppFile } from '../../src/doors/app-file.ts'
import { type Environment, readSettings } from '../../src/doors/settings.ts'

const directory = mkdtempSync(join(tmpdir(), 'supercargo-settings-'))
after(() => rmSync(directory, { recursive: true }))

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const SECRET = '9c1185a5c5e9fc54612808977ee8f548'
const APP = { APP_ID: '4711', PRIVATE_KEY: pkcs1, WEBHOOK_SECRET: SECRET }
const empty = join(directory, 'empty')

function read(environment: Environment, sandbox: 'allowed' | 'never' = 'allowed') {
  return readSettings({ SUPERCARGO_DATA: empty, ...environment }, { sandbox })
}

function settingsOf(environment: Environment) {
  const result = read(environment)
  assert.ok(result.ok, JSON.stringify(result))
  return result.settings
}

/** The variables that are complained about. */
function wrong(environment: Environment, sandbox: 'allowed' | 'never' = 'allowed'): string[] {
  const result = read(environment, sandbox)
  return result.ok ? [] : result.problems.map(({ variable }) => variable)
}

test('an empty environment means the sandbox on this machine with the embedded store', () => {
  const { registries, trustRoot, ...settings } = settingsOf({
    APP_ID: '',
    DATABASE_URL: ' ',
    PATH: '/usr/bin',
  })
  assert.ok(registries.every(({ auth }) => auth.kind === 'anonymous'))
  assert.equal(trustRoot.kind, 'tuf')
  assert.deepEqual(settings, {
    host: '127.0.0.1',
    port: 3000,
    dataDirectory: empty,
    databaseUrl: null,
    logLevel: 'info',
    apiUrl: 'https://api.github.com',
    app: null,
    gitlab: [],
    previewHosts: [],
    generatorTokens: [],
    sandboxToken: null,
    concurrency: 10,
    sweepSeconds: 300,
    searchPath: '/usr/bin',
  })
})

test('the private key is read as PEM, on one line, in base64, and from a file', () => {
  const file = join(directory, 'key.pem')
  writeFileSync(file, pkcs1)
  const forms: Environment[] = [
    { PRIVATE_KEY: pkcs1 },
    { PRIVATE_KEY: pkcs8 },
    { PRIVATE_KEY: pkcs1.replaceAll('\n', '\\n') },
    { PRIVATE_KEY: Buffer.from(pkcs1).toString('base64') },
    { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: file },
  ]
  for (const form of forms) {
    assert.deepEqual(settingsOf({ ...APP, ...form }).app, {
      appId: '4711',
      privateKey: pkcs8,
      webhookSecrets: [SECRET],
    })
  }
})

test('two webhook secrets may be active at once', () => {
  const secrets = settingsOf({ ...APP, WEBHOOK_SECRET: `${SECRET}\n${SECRET}2` }).app?.webhookSecrets
  assert.deepEqual(secrets, [SECRET, `${SECRET}2`])
})

test('it does not start without a webhook secret of at least 32 characters, nor with `development`', () => {
  for (const secret of [
    undefined,
    '',
    'development',
    SECRET.slice(1),
    `${SECRET},short`,
    `development${SECRET}`,
  ]) {
    assert.deepEqual(wrong({ ...APP, WEBHOOK_SECRET: secret }), ['WEBHOOK_SECRET'], secret)
  }
})

test('the tokens of engines are as strong as other secrets, and two may be active at once', () => {
  assert.deepEqual(settingsOf({ ...APP, GENERATOR_TOKEN: `${SECRET},${SECRET}2` }).generatorTokens, [
    SECRET,
    `${SECRET}2`,
  ])
  for (const token of ['short', `development${SECRET}`, 'a'.repeat(40), `${SECRET} ${SECRET}`]) {
    assert.deepEqual(wrong({ ...APP, GENERATOR_TOKEN: token }), ['GENERATOR_TOKEN'], token)
  }
})

test('half of the credentials is not a sandbox but a problem', () => {
  assert.deepEqual(wrong({ APP_ID: '1' }), ['WEBHOOK_SECRET', 'PRIVATE_KEY'])
  assert.deepEqual(wrong({ WEBHOOK_SECRET: SECRET }), ['APP_ID', 'PRIVATE_KEY'])
  assert.deepEqual(wrong({ PRIVATE_KEY: pkcs1 }), ['APP_ID', 'WEBHOOK_SECRET'])
  assert.deepEqual(wrong({ ...APP, PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: '/nowhere' }), [
    'PRIVATE_KEY_PATH',
  ])
  const { privateKey: other } = generateKeyPairSync('ed25519')
  const notRsa = other.export({ type: 'pkcs8', format: 'pem' }).toString()
  for (const key of ['x', 'LS0t', notRsa])
    assert.deepEqual(wrong({ ...APP, PRIVATE_KEY: key }), ['PRIVATE_KEY'])
})

test('a sandbox is never open to the network by accident', () => {
  assert.deepEqual(wrong({ HOST: '0.0.0.0' }), ['APP_ID'])
  assert.deepEqual(wrong({ HOST: '0.0.0.0', SANDBOX_TOKEN: 'a-token-of-mine' }), [])
  assert.deepEqual(wrong({ HOST: '0.0.0.0', ...APP }), [])
  assert.deepEqual(wrong({}, 'never'), ['APP_ID'])
})

test('every problem is said at once, in whole sentences that hold no secret', () => {
  const result = read({
    APP_ID: 'x y',
    PRIVATE_KEY: 'secret-key',
    WEBHOOK_SECRET: 'secret-secret',
    PORT: '70000',
    CONCURRENCY: '0',
    SWEEP_SECONDS: '1e3',
    LOG_LEVEL: 'loud',
    DATABASE_URL: 'mysql://secret-user@db',
    GITHUB_API_URL: 'http://ghe.acme.dev/api/v3',
    GENERATOR_TOKEN: 'secret-token',
    SANDBOX_TOKEN: 'short',
  })
  const problems = result.ok ? [] : result.problems
  assert.equal(problems.length, 11)
  for (const { message, advice } of problems) {
    assert.match(`${message} ${advice}`, /^("|[A-Z]).*\. [A-Z].*[.]$/)
    assert.doesNotMatch(message + advice, /secret-/)
  }
})

test('hosts of previews are patterns separated by commas, and none allows everything', () => {
  const given = (PREVIEW_HOSTS: string) => settingsOf({ PREVIEW_HOSTS }).previewHosts
  assert.deepEqual(given('*.Preview.acme.dev, pr-*.acme.dev:8443,'), [
    '*.preview.acme.dev',
    'pr-*.acme.dev:8443',
  ])
  for (const host of ['*', '*.dev', 'https://a.acme.dev', 'ok.acme.dev,*'])
    assert.deepEqual(wrong({ PREVIEW_HOSTS: host }), ['PREVIEW_HOSTS'], host)
})

test('an API address is https, or on this machine', () => {
  assert.equal(
    settingsOf({ GITHUB_API_URL: 'https://ghe.acme.dev/api/v3/' }).apiUrl,
    'https://ghe.acme.dev/api/v3',
  )
  assert.equal(
    settingsOf({ GITHUB_API_URL: 'http://127.0.0.1:9/api/v3' }).apiUrl,
    'http://127.0.0.1:9/api/v3',
  )
  for (const bad of [
    'ghe.acme.dev',
    'http://ghe.acme.dev',
    'https://a:b@c.d',
    'https://a.b?c=d',
    'file:///x',
  ]) {
    assert.deepEqual(wrong({ GITHUB_API_URL: bad }), ['GITHUB_API_URL'], bad)
  }
})

const created = {
  appId: '99',
  privateKey: pkcs1,
  webhookSecret: SECRET,
  apiUrl: 'https://ghe.acme.dev/api/v3',
  url: 'https://ghe.acme.dev/github-apps/cargo',
}

test('credentials that setup wrote are used when the environment has none, and only their owner can read them', () => {
  const data = join(directory, 'new', 'data')
  writeAppFile(data, created)
  assert.equal(statSync(appFilePath(data)).mode & 0o777, 0o600)
  const { app, apiUrl } = settingsOf({ SUPERCARGO_DATA: data })
  assert.deepEqual([app?.appId, app?.privateKey, app?.webhookSecrets], ['99', pkcs8, [SECRET]])
  assert.equal(apiUrl, 'https://ghe.acme.dev/api/v3')
  assert.equal(settingsOf({ SUPERCARGO_DATA: data, ...APP }).app?.appId, '4711')
  assert.deepEqual(settingsOf({ SUPERCARGO_DATA: data, WEBHOOK_SECRET: `${SECRET}2` }).app?.webhookSecrets, [
    `${SECRET}2`,
  ])
})

test('credentials that others can read, or that are damaged, are not used', () => {
  const data = join(directory, 'open')
  writeAppFile(data, created)
  chmodSync(appFilePath(data), 0o644)
  assert.deepEqual(wrong({ SUPERCARGO_DATA: data }), ['SUPERCARGO_DATA'])
  writeFileSync(appFilePath(data), '{"appId":', { mode: 0o600 })
  chmodSync(appFilePath(data), 0o600)
  assert.match(String(readAppFile(data)), /is damaged\.$/)
})
