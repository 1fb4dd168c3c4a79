import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { registrySecrets } from '../../src/doors/registry-settings.ts'
import { type Environment, readSettings } from '../../src/doors/settings.ts'

const directory = mkdtempSync(join(tmpdir(), 'supercargo-registry-settings-'))
after(() => rmSync(directory, { recursive: true }))

const PRIVATE_KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey
const SECRET = '7e1f0c5b9a3d4826af10c9d8b7e65432'
const HARBOR = { REGISTRIES: 'harbor', REGISTRY_HARBOR_HOST: 'harbor.example.com' }
const GITLAB = { GITLAB_TOKEN: 'glpat-Zx9yKq3mW7vBnR5tLcDs', GITLAB_WEBHOOK_TOKEN: SECRET }
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'

function read(environment: Environment) {
  return readSettings({ SUPERCARGO_DATA: directory, ...environment }, { sandbox: 'allowed' })
}

function registries(environment: Environment) {
  const result = read(environment)
  assert.ok(result.ok, JSON.stringify(result))
  return result.settings.registries
}

function registry(environment: Environment) {
  const [first] = registries(environment)
  assert.ok(first !== undefined)
  return first
}

function authOf(host: string, environment: Environment) {
  return registries(environment).find((each) => each.host === host)?.auth
}

/** The variables that are complained about. */
function wrong(environment: Environment): string[] {
  const result = read(environment)
  return result.ok ? [] : result.problems.map(({ variable }) => variable)
}

/** Writes a config.json, and names its directory. */
function docker(config: unknown): string {
  const home = mkdtempSync(join(directory, 'docker-'))
  writeFileSync(join(home, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config))
  return home
}

function dockerAuth(host: string, config: unknown): Environment {
  const environment = { REGISTRY_R_HOST: host, REGISTRY_R_AUTH: 'docker' }
  return { REGISTRIES: 'r', ...environment, DOCKER_CONFIG: docker(config) }
}

test('without a word the public registries are asked as anybody, and no others', () => {
  const found = registries({})
  assert.deepEqual(
    found.map(({ host, url, auth }) => `${host} ${url} ${auth.kind}`),
    [
      'docker.io https://registry-1.docker.io anonymous',
      'ghcr.io https://ghcr.io anonymous',
      'quay.io https://quay.io anonymous',
      'registry.gitlab.com https://registry.gitlab.com anonymous',
      'public.ecr.aws https://public.ecr.aws anonymous',
      'registry.k8s.io https://registry.k8s.io anonymous',
      'gcr.io https://gcr.io anonymous',
    ],
  )
  assert.deepEqual(registries({ PUBLIC_REGISTRIES: 'none' }), [])
  assert.deepEqual(wrong({ PUBLIC_REGISTRIES: 'ghcr.io' }), ['PUBLIC_REGISTRIES'])
})

test('a named registry has an address, a login, an authority, announcements and a scanner', () => {
  assert.deepEqual(
    registry({
      ...HARBOR,
      REGISTRY_HARBOR_URL: 'https://harbor.internal:8443/',
      REGISTRY_HARBOR_TOKEN_SERVER: 'https://auth.internal',
      REGISTRY_HARBOR_USERNAME: 'robot$cargo',
      REGISTRY_HARBOR_PASSWORD: 'a long password',
      REGISTRY_HARBOR_WEBHOOK: 'harbor',
      REGISTRY_HARBOR_WEBHOOK_SECRET: `${SECRET},${SECRET}2`,
      REGISTRY_HARBOR_SCANNER: 'harbor',
      REGISTRY_HARBOR_RETAG: 'Acme, shop/team',
    }),
    {
      name: 'harbor',
      host: 'harbor.example.com',
      url: 'https://harbor.internal:8443',
      tokenServer: 'https://auth.internal',
      auth: { kind: 'basic', username: 'robot$cargo', password: 'a long password' },
      ca: null,
      webhook: { format: 'harbor', secrets: [SECRET, `${SECRET}2`], audience: null, email: null },
      scanner: 'harbor',
      retag: ['acme', 'shop/team'],
    },
  )
})

test('the host is what images say, and leads to an address of its own', () => {
  const of = (host: string) => registry({ REGISTRIES: 'r', REGISTRY_R_HOST: host })
  assert.equal(of('Harbor.Example.com:8443').host, 'harbor.example.com:8443')
  assert.equal(of('harbor.example.com:8443').url, 'https://harbor.example.com:8443')
  assert.equal(of('localhost:5000').url, 'http://localhost:5000')
  assert.equal(of('127.0.0.1:5000').url, 'http://127.0.0.1:5000')
  assert.equal(of('index.docker.io').host, 'docker.io')
  for (const bad of ['harbor', 'https://harbor.example.com', 'a.example.com/team', 'a b', '']) {
    assert.deepEqual(wrong({ REGISTRIES: 'r', REGISTRY_R_HOST: bad }), ['REGISTRY_R_HOST'], bad)
  }
})

test('credentials go to https only, except on this machine', () => {
  for (const suffix of ['URL', 'TOKEN_SERVER']) {
    const variable = `REGISTRY_HARBOR_${suffix}`
    assert.deepEqual(wrong({ ...HARBOR, [variable]: 'http://harbor.example.com' }), [variable])
    assert.deepEqual(wrong({ ...HARBOR, [variable]: 'http://localhost:5000' }), [])
  }
})

test('a public registry that is named takes what is said of it', () => {
  const environment = { REGISTRIES: 'hub', REGISTRY_HUB_HOST: 'docker.io', REGISTRY_HUB_USERNAME: 'acme' }
  const found = registries({ ...environment, REGISTRY_HUB_PASSWORD: 'dckr_pat_1234' })
  assert.deepEqual(
    found.filter(({ host }) => host === 'docker.io').map(({ name, url }) => [name, url]),
    [['hub', 'https://registry-1.docker.io']],
  )
})

test('a host has one name, and a name stands there once', () => {
  const twice = { REGISTRIES: 'a,b', REGISTRY_A_HOST: 'quay.io', REGISTRY_B_HOST: 'quay.io' }
  assert.deepEqual(wrong(twice), ['REGISTRY_B_HOST'])
  for (const names of ['a,a', 'A', 'a/b'])
    assert.ok(wrong({ REGISTRIES: names }).includes('REGISTRIES'), names)
})

test('tokens of forges are only used where they belong', () => {
  assert.deepEqual(authOf('registry.gitlab.com', GITLAB), { kind: 'gitlab', instance: 'gitlab' })
  assert.deepEqual(authOf('registry.gitlab.com', { ...GITLAB, GITLAB_URL: 'https://git.example.com' }), {
    kind: 'anonymous',
  })
  const own = { REGISTRIES: 'own', REGISTRY_OWN_HOST: 'registry.example.com', REGISTRY_OWN_AUTH: 'gitlab' }
  assert.deepEqual(registry({ ...GITLAB, ...own }).auth, { kind: 'gitlab', instance: 'gitlab' })
  assert.deepEqual(wrong(own), ['REGISTRY_OWN_GITLAB'])
  assert.deepEqual(wrong({ ...GITLAB, ...own, REGISTRY_OWN_GITLAB: 'partner' }), ['REGISTRY_OWN_GITLAB'])
})

test('the token of GitHub opens the registry of that GitHub, and no other', () => {
  const github = { APP_ID: '1', PRIVATE_KEY, WEBHOOK_SECRET: SECRET }
  const anonymous = { kind: 'anonymous' }
  assert.deepEqual(authOf('ghcr.io', github), { kind: 'github' })
  const own = { REGISTRIES: 'own', REGISTRY_OWN_HOST: 'containers.ghe.example.com' }
  assert.deepEqual(authOf('containers.ghe.example.com', { ...github, ...own }), anonymous)
  for (const api of ['https://ghe.example.com/api/v3', 'https://api.ghe.example.com']) {
    const enterprise = { ...github, ...own, GITHUB_API_URL: api }
    assert.deepEqual(authOf('containers.ghe.example.com', enterprise), { kind: 'github' })
    assert.deepEqual(authOf('ghcr.io', enterprise), anonymous)
  }
  assert.deepEqual(wrong({ ...HARBOR, REGISTRY_HARBOR_AUTH: 'github' }), ['REGISTRY_HARBOR_AUTH'])
  assert.deepEqual(wrong({ ...github, ...HARBOR, REGISTRY_HARBOR_AUTH: 'github' }), ['REGISTRY_HARBOR_AUTH'])
})

test('the region of ECR is read from the host, and keys come in pairs', () => {
  const ecr = (host: string) => registry({ REGISTRIES: 'aws', REGISTRY_AWS_HOST: host }).auth
  assert.deepEqual(ecr(ECR), { kind: 'ecr', region: 'eu-west-1', keys: null })
  for (const [host, region] of [
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['123456789012.dkr-ecr.us-east-1.on.aws', 'us-east-1'],
  ] as const) {
    assert.deepEqual(ecr(host), { kind: 'ecr', region, keys: null })
  }
  const named = { REGISTRIES: 'aws', REGISTRY_AWS_HOST: ECR, REGISTRY_AWS_AUTH: 'ecr' }
  const keys = { REGISTRY_AWS_USERNAME: 'AKIDEXAMPLE', REGISTRY_AWS_PASSWORD: 'wJalrXUtnFEMI' }
  assert.deepEqual(registry({ ...named, ...keys }).auth, {
    kind: 'ecr',
    region: 'eu-west-1',
    keys: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' },
  })
  assert.deepEqual(wrong({ ...named, REGISTRY_AWS_USERNAME: 'AKIDEXAMPLE' }), ['REGISTRY_AWS_PASSWORD'])
  assert.deepEqual(wrong({ ...named, REGISTRY_AWS_PASSWORD: 'wJalrXUtnFEMI' }), ['REGISTRY_AWS_USERNAME'])
  assert.deepEqual(wrong({ ...HARBOR, REGISTRY_HARBOR_AUTH: 'ecr' }), ['REGISTRY_HARBOR_HOST'])
})

test('Google takes the key of a service account, or the account of the machine', () => {
  const google = { REGISTRIES: 'g', REGISTRY_G_HOST: 'europe-docker.pkg.dev', REGISTRY_G_AUTH: 'google' }
  assert.deepEqual(registry(google).auth, { kind: 'google', keyFile: null })
  const file = join(directory, 'key.json')
  writeFileSync(file, JSON.stringify({ type: 'service_account', client_email: 'a@b.example' }))
  assert.deepEqual(registry({ ...google, REGISTRY_G_KEY_FILE: file }).auth, { kind: 'google', keyFile: file })
  for (const [name, text] of [
    ['broken.json', '{'],
    ['person.json', '{"type":"authorized_user"}'],
  ] as const) {
    writeFileSync(join(directory, name), text)
    const environment = { ...google, REGISTRY_G_KEY_FILE: join(directory, name) }
    assert.deepEqual(wrong(environment), ['REGISTRY_G_KEY_FILE'], name)
  }
  assert.deepEqual(wrong({ ...google, REGISTRY_G_KEY_FILE: join(directory, 'none') }), [
    'REGISTRY_G_KEY_FILE',
  ])
})

test('every form of a login in Docker’s configuration is read', () => {
  const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') })
  const cases: [string, unknown, unknown][] = [
    [
      'harbor.example.com',
      auth('acme:pass:word'),
      { kind: 'basic', username: 'acme', password: 'pass:word' },
    ],
    ['https://harbor.example.com', auth('acme:x\0\0'), { kind: 'basic', username: 'acme', password: 'x' }],
    [
      'https://harbor.example.com/v2/',
      { username: 'acme', password: 'pw' },
      { kind: 'basic', username: 'acme', password: 'pw' },
    ],
    [
      'harbor.example.com',
      { ...auth('00000000-0000-0000-0000-000000000000:'), identitytoken: 'refresh' },
      { kind: 'identity', token: 'refresh' },
    ],
    ['harbor.example.com', { registrytoken: 'bearer' }, { kind: 'bearer', token: 'bearer' }],
  ]
  for (const [key, entry, expected] of cases) {
    const environment = dockerAuth('harbor.example.com', { auths: { [key]: entry } })
    assert.deepEqual(registry(environment).auth, expected, key)
  }
  const hub = dockerAuth('docker.io', { auths: { 'https://index.docker.io/v1/': auth('acme:pw') } })
  assert.deepEqual(registry(hub).auth, { kind: 'basic', username: 'acme', password: 'pw' })
})

test('a login of another host, or of a part of one, is not used', () => {
  const login = { username: 'acme', password: 'a-password-of-another' }
  for (const key of ['example.com', 'harbor.example.com:8443', 'harbor.example.com/team', 'https://evil']) {
    const environment = dockerAuth('harbor.example.com', { auths: { [key]: login } })
    assert.deepEqual(wrong(environment), ['REGISTRY_R_AUTH'], key)
  }
})

test('a credential helper is named, and it is said that none is executed', () => {
  for (const config of [
    { auths: { 'harbor.example.com': {} }, credHelpers: { 'harbor.example.com': 'ecr-login' } },
    { auths: { 'harbor.example.com': {} }, credsStore: 'ecr-login' },
  ]) {
    const result = read(dockerAuth('harbor.example.com', config))
    assert.ok(!result.ok)
    assert.match(result.problems[0]?.message ?? '', /docker-credential-ecr-login.*are not executed\.$/)
  }
  const both = {
    auths: { 'harbor.example.com': { username: 'acme', password: 'pw' } },
    credHelpers: { 'other.example.com': 'gcloud' },
    credsStore: 'desktop',
  }
  assert.equal(registry(dockerAuth('harbor.example.com', both)).auth.kind, 'basic')
})

test('a configuration of Docker that cannot be read is a problem of its registry', () => {
  for (const config of ['{', '[]', 'null', '{"auths":7}']) {
    assert.deepEqual(wrong(dockerAuth('harbor.example.com', config)), ['REGISTRY_R_AUTH'], config)
  }
  const nowhere = { ...dockerAuth('harbor.example.com', {}), DOCKER_CONFIG: join(directory, 'nowhere') }
  assert.deepEqual(wrong(nowhere), ['REGISTRY_R_AUTH'])
})

test('an announcement needs a secret that cannot be guessed, or the tokens of Pub/Sub', () => {
  const webhook = (format: string, more: Environment = {}) =>
    wrong({ ...HARBOR, REGISTRY_HARBOR_WEBHOOK: format, ...more })
  const [secret, audience, email] = ['SECRET', 'AUDIENCE', 'EMAIL'].map((s) => `REGISTRY_HARBOR_WEBHOOK_${s}`)
  assert.ok(secret && audience && email)
  assert.deepEqual(webhook('harbor'), [secret])
  assert.deepEqual(webhook('harbor', { [secret]: 'short' }), [secret])
  assert.deepEqual(webhook('harbor', { [secret]: SECRET }), [])
  assert.deepEqual(webhook('nexus', { [secret]: SECRET }), ['REGISTRY_HARBOR_WEBHOOK'])
  assert.deepEqual(wrong({ ...HARBOR, [secret]: SECRET }), ['REGISTRY_HARBOR_WEBHOOK'])
  assert.deepEqual(webhook('google'), [audience])
  assert.deepEqual(webhook('google', { [audience]: 'https://cargo.example' }), [email])
  const proof = { [audience]: 'https://cargo.example', [email]: 'push@acme.iam.gserviceaccount.com' }
  assert.deepEqual(webhook('google', proof), [])
  assert.deepEqual(webhook('google', { ...proof, [secret]: 'short' }), [secret])
})

test('every problem is found at once, and none tells a secret', () => {
  const result = read({
    REGISTRIES: 'harbor,aws,hub',
    REGISTRY_HARBOR_PASSWORD: 'a-password-nobody-knows',
    REGISTRY_HARBOR_SCANNER: 'trivy',
    REGISTRY_HARBOR_CA_FILE: join(directory, 'none.pem'),
    REGISTRY_AWS_HOST: ECR,
    REGISTRY_AWS_AUTH: 'kerberos',
    REGISTRY_HUB_HOST: 'docker.io',
    REGISTRY_HUB_AUTH: 'anonymous',
    REGISTRY_HUB_USERNAME: 'acme',
    REGISTRY_HUB_WEBHOOK: 'dockerhub',
    REGISTRY_HUB_WEBHOOK_SECRET: 'secret-nobody-knows',
  })
  assert.ok(!result.ok)
  assert.deepEqual(result.problems.map(({ variable }) => variable).sort(), [
    'REGISTRY_AWS_AUTH',
    'REGISTRY_HARBOR_CA_FILE',
    'REGISTRY_HARBOR_HOST',
    'REGISTRY_HARBOR_SCANNER',
    'REGISTRY_HARBOR_USERNAME',
    'REGISTRY_HUB_AUTH',
    'REGISTRY_HUB_WEBHOOK_SECRET',
  ])
  assert.doesNotMatch(JSON.stringify(result.problems), /nobody-knows/)
  for (const { message, advice } of result.problems) {
    assert.match(message, /^\S.*\.$/s)
    assert.match(advice, /^\S.*\.$/s)
  }
})

test('all that a log must not show is named', () => {
  const password = { REGISTRY_HARBOR_USERNAME: 'acme', REGISTRY_HARBOR_PASSWORD: 'the password' }
  const webhook = { REGISTRY_HARBOR_WEBHOOK: 'harbor', REGISTRY_HARBOR_WEBHOOK_SECRET: SECRET }
  assert.deepEqual(registrySecrets(registries({ ...HARBOR, ...password, ...webhook })), [
    'the password',
    SECRET,
  ])
  const keys = { REGISTRY_AWS_USERNAME: 'AKIDEXAMPLE', REGISTRY_AWS_PASSWORD: 'wJalrXUtnFEMI' }
  const ecr = { REGISTRIES: 'aws', REGISTRY_AWS_HOST: ECR, REGISTRY_AWS_AUTH: 'ecr', ...keys }
  assert.deepEqual(registrySecrets(registries(ecr)), ['wJalrXUtnFEMI'])
  const identity = dockerAuth('a.example.com', { auths: { 'a.example.com': { identitytoken: 'refresh' } } })
  assert.deepEqual(registrySecrets(registries(identity)), ['refresh'])
})
