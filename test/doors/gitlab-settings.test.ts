import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gitlabWebhookPaths } from '../../src/doors/gitlab-settings.ts'
import { type Environment, readSettings } from '../../src/doors/settings.ts'

const directory = mkdtempSync(join(tmpdir(), 'supercargo-gitlab-settings-'))
after(() => rmSync(directory, { recursive: true }))

const TOKEN = 'glpat-Zx9yKq3mW7vBnR5tLcDs'
const SECRET = `whsec_${Buffer.alloc(32, 'a signing key of the tests ').toString('base64')}`
const WEBHOOK = '9c1185a5c5e9fc54612808977ee8f548'
const GITLAB = { GITLAB_TOKEN: TOKEN, GITLAB_SIGNING_SECRET: SECRET }

function read(environment: Environment) {
  return readSettings({ SUPERCARGO_DATA: directory, ...environment }, { sandbox: 'allowed' })
}

function instances(environment: Environment) {
  const result = read(environment)
  assert.ok(result.ok, JSON.stringify(result))
  return result.settings.gitlab
}

/** The variables that are complained about. */
function wrong(environment: Environment): string[] {
  const result = read(environment)
  return result.ok ? [] : result.problems.map(({ variable }) => variable)
}

test('a token and a signing secret are enough for gitlab.com', () => {
  assert.deepEqual(instances(GITLAB), [
    {
      id: 'gitlab',
      url: 'https://gitlab.com',
      token: TOKEN,
      signingSecrets: [SECRET],
      webhookTokens: [],
      ca: null,
      projects: [],
    },
  ])
})

test('an instance of one’s own may have a path, and any port', () => {
  for (const [given, url] of [
    ['https://git.example.com/gitlab/', 'https://git.example.com/gitlab'],
    ['https://git.example.com:8443', 'https://git.example.com:8443'],
    ['http://localhost:8080/a/b', 'http://localhost:8080/a/b'],
  ]) {
    assert.equal(instances({ ...GITLAB, GITLAB_URL: given })[0]?.url, url)
  }
  for (const bad of [
    'git.example.com',
    'http://git.example.com',
    'https://a:b@c.d',
    'https://a.b?c=d',
    'ssh://a',
  ]) {
    assert.deepEqual(wrong({ ...GITLAB, GITLAB_URL: bad }), ['GITLAB_URL'], bad)
  }
})

test('several instances have names, variables and webhook paths of their own', () => {
  const environment = {
    ...GITLAB,
    GITLAB_INSTANCES: 'internal, partner-eu',
    GITLAB_INTERNAL_URL: 'https://git.internal.example',
    GITLAB_INTERNAL_TOKEN: 'internal-token',
    GITLAB_INTERNAL_WEBHOOK_TOKEN: `${WEBHOOK},${WEBHOOK}2`,
    GITLAB_INTERNAL_PROJECTS: 'acme/**, tools/web',
    GITLAB_PARTNER_EU_TOKEN: 'partner-token',
    GITLAB_PARTNER_EU_SIGNING_SECRET: `${SECRET},${SECRET}`,
  }
  const [usual, internal, partner] = instances(environment)
  assert.equal(usual?.id, 'gitlab')
  assert.deepEqual([internal?.id, internal?.url], ['internal', 'https://git.internal.example'])
  assert.deepEqual(internal?.webhookTokens, [WEBHOOK, `${WEBHOOK}2`])
  assert.deepEqual(internal?.projects, ['acme/**', 'tools/web'])
  assert.deepEqual([partner?.id, partner?.signingSecrets.length], ['partner-eu', 2])
  assert.deepEqual(gitlabWebhookPaths('internal'), ['/webhooks/gitlab/internal'])
  assert.deepEqual(gitlabWebhookPaths('gitlab'), ['/webhooks/gitlab', '/webhooks/gitlab/gitlab'])
  const { GITLAB_TOKEN: _, GITLAB_SIGNING_SECRET: __, ...onlyNamed } = environment
  assert.deepEqual(
    instances(onlyNamed).map(({ id }) => id),
    ['internal', 'partner-eu'],
  )
})

test('no name of an instance is that of another forge, and none stands there twice', () => {
  for (const bad of ['github', 'gitlab', 'webhook', 'Internal', 'a b', 'a,a', '-a']) {
    assert.ok(wrong({ GITLAB_INSTANCES: bad }).includes('GITLAB_INSTANCES'), bad)
  }
})

test('half of an instance is a problem and not a sandbox', () => {
  assert.deepEqual(wrong({ GITLAB_URL: 'https://git.example.com' }), [
    'GITLAB_TOKEN',
    'GITLAB_SIGNING_SECRET',
  ])
  assert.deepEqual(wrong({ GITLAB_TOKEN: TOKEN }), ['GITLAB_SIGNING_SECRET'])
  assert.deepEqual(wrong({ GITLAB_SIGNING_SECRET: SECRET }), ['GITLAB_TOKEN'])
  assert.deepEqual(wrong({ GITLAB_INSTANCES: 'internal' }), [
    'GITLAB_INTERNAL_TOKEN',
    'GITLAB_INTERNAL_SIGNING_SECRET',
  ])
})

test('it does not start with a webhook secret that can be guessed', () => {
  for (const secret of ['development', WEBHOOK, 'whsec_c2hvcnQ=', `${SECRET},short`]) {
    assert.deepEqual(wrong({ ...GITLAB, GITLAB_SIGNING_SECRET: secret }), ['GITLAB_SIGNING_SECRET'], secret)
  }
  for (const token of ['development', WEBHOOK.slice(1), `${WEBHOOK},short`, 'ab'.repeat(20)]) {
    const environment = { GITLAB_TOKEN: TOKEN, GITLAB_WEBHOOK_TOKEN: token }
    assert.deepEqual(wrong(environment), ['GITLAB_WEBHOOK_TOKEN'], token)
  }
})

test('every problem of every instance is said in whole sentences that hold no secret', () => {
  const result = read({
    GITLAB_URL: 'http://secret-host.example',
    GITLAB_TOKEN: 'secret token',
    GITLAB_SIGNING_SECRET: 'secret-signing',
    GITLAB_WEBHOOK_TOKEN: 'secret-webhook',
    GITLAB_CA_FILE: '/nowhere',
    GITLAB_PROJECTS: 'acme/[web]',
    GITLAB_INSTANCES: 'x',
  })
  const problems = result.ok ? [] : result.problems
  assert.equal(problems.length, 8)
  for (const { message, advice } of problems) {
    assert.match(`${message} ${advice}`, /^["/A-Z].*\. [A-Z].*[.]$/)
    assert.doesNotMatch(message + advice, /secret-(signing|webhook|host)|secret token/)
  }
})

test('the certificate of an authority is read from a file, and anything else in it is a problem', () => {
  const file = join(directory, 'ca.pem')
  const key = join(directory, 'key.pem')
  const make = [
    'req',
    '-x509',
    '-newkey',
    'ed25519',
    '-nodes',
    '-subj',
    '/CN=Acme',
    '-keyout',
    key,
    '-out',
    file,
  ]
  execFileSync('openssl', make, { stdio: 'ignore' })
  assert.match(instances({ ...GITLAB, GITLAB_CA_FILE: file })[0]?.ca ?? '', /BEGIN CERTIFICATE/)
  writeFileSync(key, 'not a certificate')
  assert.deepEqual(wrong({ ...GITLAB, GITLAB_CA_FILE: key }), ['GITLAB_CA_FILE'])
})

test('GitHub and GitLab may both be configured, and one of them is enough to listen to the network', () => {
  assert.deepEqual(wrong({ HOST: '0.0.0.0', ...GITLAB }), [])
  assert.deepEqual(wrong({ HOST: '0.0.0.0' }), ['APP_ID'])
})
