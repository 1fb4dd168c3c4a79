import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import pino from 'pino'
import { createRegistry, NO_REGISTRIES, type RegistryOptions } from '../../src/compose/registry.ts'
import { parseImageName } from '../../src/domain/image.ts'
import { readRegistries } from '../../src/doors/registry-settings.ts'
import type { Registry } from '../../src/registry/registry.ts'
import { startCloud } from '../registry/credentials/cloud.ts'
import { skipWithoutRegistry, startRegistry, type TestRegistry } from '../support/registry.ts'
import { CREW, REFRESH_TOKEN } from '../support/registry-token-server.ts'

const skip = skipWithoutRegistry()
const noSkopeo = spawnSync('skopeo', ['--version']).status === 0 ? false : 'skopeo is not installed'
const directory = mkdtempSync(join(tmpdir(), 'supercargo-compose-registry-'))
const GITLAB_TOKEN = 'glpat-Zx9yKq3mW7vBnR5tLcDs'

let closed: TestRegistry
let tokens: TestRegistry
before(async () => {
  if (skip !== false) return
  closed = await startRegistry({ auth: 'basic' })
  tokens = await startRegistry({ auth: 'token' })
})
after(async () => {
  await closed?.close()
  await tokens?.close()
  rmSync(directory, { recursive: true })
})

/** What the operator's variables make of REGISTRY_OWN_…, with the tokens of forges that there are. */
function registryOf(
  own: Record<string, string>,
  forges: Partial<Pick<RegistryOptions, 'github' | 'gitlab'>> = {},
): Registry {
  const variables: Record<string, string> = { REGISTRIES: 'own' }
  for (const [suffix, value] of Object.entries(own)) variables[`REGISTRY_OWN_${suffix}`] = value
  const problems: string[] = []
  const registries = readRegistries(
    (variable) => (variable === 'DOCKER_CONFIG' ? directory : variables[variable]),
    (variable, message) => void problems.push(`${variable}: ${message}`),
    {
      webhooks: false,
      github: forges.github == null ? null : (own.HOST ?? null),
      gitlab: forges.gitlab ?? [],
    },
  )
  assert.deepEqual(problems, [])
  return createRegistry({ ...NO_REGISTRIES, registries, ...forges }, pino({ level: 'silent' }))
}

const login = { USERNAME: CREW.username, PASSWORD: CREW.password }
const BY = { forge: 'github', path: 'acme/web' }
const denied = { code: 'registry-denied', kind: 'permanent' }

test('a user name and a password open a registry, and wrong ones do not', { skip }, async () => {
  const digest = await closed.pushImage('acme/web', 'one', { labels: { revision: 'abc' } })
  const image = closed.image('acme/web')
  const registry = registryOf({ HOST: closed.host, ...login })
  assert.equal((await registry.resolve(image, 'one'))?.digest, digest)
  assert.deepEqual(await registry.listTags(image), ['one'])
  assert.equal((await registry.readLabels(image, digest)).revision, 'abc')
  assert.equal(await registry.retag({ from: image, digest, to: image, tag: 'v1.0.0' }, BY), 'tagged')
  assert.deepEqual(await closed.head('acme/web', 'v1.0.0'), { status: 200, digest })
  const stranger = registryOf({ HOST: closed.host, ...login, PASSWORD: 'wrong' })
  await assert.rejects(stranger.resolve(image, 'one'), denied)
  await assert.rejects(registryOf({ HOST: closed.host }).resolve(image, 'one'), denied)
})

test('a login that skopeo wrote into a configuration of Docker opens a registry', {
  skip: skip || noSkopeo,
}, async () => {
  const digest = await closed.pushImage('acme/api', 'one')
  const file = join(directory, 'config.json')
  const who = ['--username', CREW.username, '--password', CREW.password]
  execFileSync('skopeo', ['login', '--tls-verify=false', '--authfile', file, ...who, closed.host])
  const registry = registryOf({ HOST: closed.host, AUTH: 'docker' })
  assert.equal((await registry.resolve(closed.image('acme/api'), 'one'))?.digest, digest)
})

test('the token server of a registry has to be named, and takes passwords and refresh tokens', {
  skip,
}, async () => {
  const digest = await tokens.pushImage('acme/web', 'one')
  const image = tokens.image('acme/web')
  const TOKEN_SERVER = tokens.tokens?.origin ?? ''
  const known = { HOST: tokens.host, TOKEN_SERVER }
  assert.equal((await registryOf({ ...known, ...login }).resolve(image, 'one'))?.digest, digest)
  const auths = { [tokens.host]: { auth: 'MDAwMDo=', identitytoken: REFRESH_TOKEN } }
  writeFileSync(join(directory, 'config.json'), JSON.stringify({ auths }))
  assert.equal((await registryOf({ ...known, AUTH: 'docker' }).resolve(image, 'one'))?.digest, digest)
  const unnamed = registryOf({ HOST: tokens.host, ...login })
  await assert.rejects(unnamed.resolve(image, 'one'), { code: 'realm-refused' })
})

test('a token of GitHub that the registry does not take hides nothing that is public', { skip }, async () => {
  const github = { apiUrl: 'https://api.github.com', credentials: { token: 'ghp_not-known-there' } }
  const own = { HOST: tokens.host, TOKEN_SERVER: tokens.tokens?.origin ?? '', AUTH: 'github' }
  const registry = registryOf(own, { github })
  const digest = await tokens.pushImage('public/web', 'one')
  await tokens.pushImage('acme/secret', 'one')
  assert.equal((await registry.resolve(tokens.image('public/web'), 'one'))?.digest, digest)
  assert.deepEqual(await registry.listTags(tokens.image('public/web')), ['one'])
  await assert.rejects(registry.resolve(tokens.image('acme/secret'), 'one'), denied)
})

test('the token of GitLab is shown to GitLab alone, and the registry gets one for one repository', {
  skip,
}, async (t) => {
  const authorization = `Basic ${Buffer.from(`supercargo:${GITLAB_TOKEN}`).toString('base64')}`
  const gitlab = await startCloud(t, ({ path, headers }) => {
    const { pathname, searchParams } = new URL(path, 'http://gitlab')
    const known = headers.authorization === authorization && pathname === '/gitlab/jwt/auth'
    if (!known || searchParams.get('service') !== 'container_registry') return { status: 401, body: {} }
    return { body: { token: tokens.tokens?.mint(searchParams.getAll('scope')) } }
  })
  const digest = await tokens.pushImage('acme/shop', 'one')
  const image = tokens.image('acme/shop')
  const own = { HOST: tokens.host, TOKEN_SERVER: tokens.tokens?.origin ?? '', AUTH: 'gitlab' }
  const instance = { id: 'gitlab', url: `${gitlab.url}/gitlab`, token: GITLAB_TOKEN, ca: null }
  const registry = registryOf(own, { gitlab: [instance] })
  const before = tokens.tokens?.requests.length
  assert.equal((await registry.resolve(image, 'one'))?.digest, digest)
  assert.deepEqual(await registry.listTags(image), ['one'])
  const wish = { from: image, digest, to: image, tag: 'v1' }
  await assert.rejects(registry.retag(wish, BY), { code: 'retag-denied' }, 'for it is of another forge')
  assert.equal(await registry.retag(wish, { ...BY, forge: 'gitlab' }), 'tagged')
  assert.equal(tokens.tokens?.requests.length, before)
  const scopes = gitlab.asked.map(({ path }) => new URL(path, 'http://gitlab').searchParams.getAll('scope'))
  assert.deepEqual(scopes, [['repository:acme/shop:pull'], ['repository:acme/shop:pull,push']])

  const wrong = registryOf(own, { gitlab: [{ ...instance, token: 'glpat-another' }] })
  await assert.rejects(wrong.resolve(image, 'one'), denied)
})

test('a registry that the operator has not named is not asked, and both sides are told what to do', async () => {
  const registry = createRegistry(NO_REGISTRIES, pino({ level: 'silent' }))
  await assert.rejects(registry.resolve(parseImageName('registry.example.com/acme/web'), 'one'), {
    code: 'registry-unknown',
    kind: 'permanent',
    advice: /registry\.example\.com.*REGISTRIES.*"ready: commit"/,
  })
})

test('the scanner of a registry is asked with its login; where there is none, that is said', async (t) => {
  const digest = `sha256:${'0'.repeat(64)}`
  const harbor = await startCloud(t, () => ({ body: { digest } }))
  const own = { HOST: 'harbor.example.com', URL: harbor.url, ...login, SCANNER: 'harbor' }
  const image = parseImageName('harbor.example.com/acme/web')
  assert.deepEqual(await registryOf(own).readScan(image, digest), { state: 'none' })
  const [asked] = harbor.asked
  assert.match(asked?.path ?? '', /^\/api\/v2\.0\/projects\/acme\//)
  const basic = Buffer.from(`${CREW.username}:${CREW.password}`).toString('base64')
  assert.equal(asked?.headers.authorization, `Basic ${basic}`)
  const { SCANNER: _, ...without } = own
  await assert.rejects(registryOf(without).readScan(image, digest), {
    code: 'scan-unsupported',
    kind: 'permanent',
  })
})
