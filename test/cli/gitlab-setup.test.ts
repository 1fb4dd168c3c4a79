import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { readGitLabDelivery } from '../../src/intake/gitlab-delivery.ts'
import { GITLAB_HOOK_EVENTS } from '../../src/intake/gitlab-hooks.ts'
import { BOT, startGitLab, type TestGitLab } from '../support/gitlab.ts'
import { MAIN } from './run-cli.ts'

interface Ended {
  code: number
  stdout: string
  stderr: string
}

const ADDRESS = 'https://cargo.example.com'

/** Runs the command as a process of its own, as an operator does. */
function setup(gitlab: TestGitLab, args: string[], environment: Record<string, string> = {}): Promise<Ended> {
  const env = { PATH: process.env.PATH ?? '', GITLAB_URL: gitlab.url, GITLAB_TOKEN: BOT, ...environment }
  const command = [MAIN, 'gitlab', 'setup', '--url', ADDRESS, ...args]
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

/** What every place came to, such as `project acme/web created`. */
function did({ stdout }: Ended): string[] {
  const { done } = JSON.parse(stdout) as { done: { place: { kind: string; path: string }; did: string }[] }
  return done.map(({ place, did }) => `${place.kind} ${place.path} ${did}`)
}

async function hooks(gitlab: TestGitLab, path: string) {
  const { body } = await gitlab.rest('GET', `/projects/${encodeURIComponent(path)}/hooks`)
  return body as (Record<string, unknown> & { id: number })[]
}

async function withGitLab(use: (gitlab: TestGitLab) => Promise<void>): Promise<void> {
  const gitlab = await startGitLab()
  try {
    await gitlab.project('acme/platform/web')
    await use(gitlab)
  } finally {
    await gitlab.close()
  }
}

const WEB = ['--project', 'acme/platform/web']

test('it makes one webhook with exactly the events that are used and a secret that is shown once', async () => {
  await withGitLab(async (gitlab) => {
    const first = await setup(gitlab, WEB)
    assert.equal(first.code, 0, first.stderr + first.stdout)
    assert.match(first.stdout, /^The token is supercargo's and does not expire\./)
    assert.match(first.stdout, /^project acme\/platform\/web +created$/m)
    const [, secret = ''] = /GITLAB_SIGNING_SECRET=(whsec_\S+)/.exec(first.stdout) ?? []
    assert.equal(Buffer.from(secret.slice(6), 'base64').length, 32)
    const [hook, ...others] = await hooks(gitlab, 'acme/platform/web')
    assert.deepEqual(
      [others, hook?.url, hook?.signing_token_present],
      [[], `${ADDRESS}/webhooks/gitlab`, true],
    )
    const sent = Object.keys(hook ?? {}).filter((name) => name.endsWith('_events') && hook?.[name] === true)
    assert.deepEqual(sent.sort(), Object.keys(GITLAB_HOOK_EVENTS).sort())

    const second = await setup(gitlab, [...WEB, '--json'])
    assert.deepEqual(did(second), ['project acme/platform/web unchanged'])
    assert.equal(JSON.parse(second.stdout).secret, null)
    assert.deepEqual(await hooks(gitlab, 'acme/platform/web'), [hook])
  })
})

test('a dry run says the same and changes nothing, and --remove takes away what is ours only', async () => {
  await withGitLab(async (gitlab) => {
    const foreign = { url: 'https://other.example/hook', push_events: true }
    await gitlab.rest('POST', '/projects/acme%2Fplatform%2Fweb/hooks', foreign)
    assert.deepEqual(did(await setup(gitlab, [...WEB, '--dry-run', '--json'])), [
      'project acme/platform/web created',
    ])
    assert.equal((await hooks(gitlab, 'acme/platform/web')).length, 1)
    assert.match((await setup(gitlab, [...WEB, '--dry-run'])).stdout, /web +would be created$/m)
    await setup(gitlab, WEB)
    assert.equal((await hooks(gitlab, 'acme/platform/web')).length, 2)
    assert.deepEqual(did(await setup(gitlab, [...WEB, '--remove', '--json'])), [
      'project acme/platform/web removed',
    ])
    const left = await hooks(gitlab, 'acme/platform/web')
    assert.deepEqual(
      left.map(({ url }) => url),
      [foreign.url],
    )
    assert.deepEqual(did(await setup(gitlab, [...WEB, '--remove', '--json'])), [
      'project acme/platform/web nothing to remove',
    ])
  })
})

test('what people changed is repaired, and the given secret is used', async () => {
  await withGitLab(async (gitlab) => {
    const secret = `whsec_${Buffer.alloc(32, 'of the environment').toString('base64')}`
    const environment = { GITLAB_SIGNING_SECRET: secret }
    assert.equal(JSON.parse((await setup(gitlab, [...WEB, '--json'], environment)).stdout).secret, null)
    const [hook] = await hooks(gitlab, 'acme/platform/web')
    const changed = {
      url: hook?.url,
      push_events: false,
      issues_events: true,
      enable_ssl_verification: false,
    }
    await gitlab.rest('PUT', `/projects/acme%2Fplatform%2Fweb/hooks/${hook?.id}`, changed)
    const repaired = await setup(gitlab, WEB)
    assert.match(repaired.stdout, /repaired +It sent other events, did not check certificates\./)
    assert.doesNotMatch(repaired.stdout, /whsec_/)
    assert.deepEqual(await hooks(gitlab, 'acme/platform/web'), [hook])
    const row = gitlab.model.tables.projectHooks.get(hook?.id ?? 0)
    assert.equal(row?.signingToken, secret)
    assert.deepEqual(did(await setup(gitlab, [...WEB, '--rotate', '--json'])), [
      'project acme/platform/web repaired',
    ])
    assert.notEqual(gitlab.model.tables.projectHooks.get(hook?.id ?? 0)?.signingToken, secret)
  })
})

test('a webhook that GitLab has switched off is switched on again, also when nobody answers yet', async () => {
  await withGitLab(async (gitlab) => {
    await setup(gitlab, WEB)
    const [hook] = await hooks(gitlab, 'acme/platform/web')
    const row = gitlab.model.tables.projectHooks.get(hook?.id ?? 0)
    assert.ok(row)
    gitlab.model.save(['projectHooks', { ...row, failures: 40, disabled: true }])
    const again = await setup(gitlab, WEB)
    assert.match(again.stdout, /repaired +It was switched off after failures\./)
    const [fresh, ...others] = await hooks(gitlab, 'acme/platform/web')
    assert.deepEqual([fresh?.alert_status, fresh?.signing_token_present, others], ['executable', true, []])
  })
})

test('a secret that was made here verifies what GitLab then sends', async () => {
  await withGitLab(async (gitlab) => {
    const { stdout } = await setup(gitlab, [...WEB, '--json'])
    const { secret } = JSON.parse(stdout) as { secret: { value: string } }
    const receiver = await gitlab.receiver('acme', { signingToken: secret.value })
    const clone = await gitlab.clone('acme/platform/web')
    await clone.commit({ 'a.txt': 'a' })
    await clone.push()
    const sent = await receiver.wait('Push Hook')
    const door = { forge: 'gitlab', signingSecrets: [secret.value], webhookTokens: [] }
    const received = readGitLabDelivery(door, sent.headers, Buffer.from(sent.body), new Date())
    assert.ok(received.ok, JSON.stringify(received))
    assert.equal(received.delivery.event, 'push')
  })
})

test('where a group has no webhooks for the token, each of its projects gets one', async () => {
  await withGitLab(async (gitlab) => {
    await gitlab.project('acme/k8s-manifests')
    const ended = await setup(gitlab, ['--group', 'acme', '--json'])
    assert.deepEqual(did(ended).sort(), [
      'group acme unchanged',
      'project acme/k8s-manifests created',
      'project acme/platform/web created',
    ])
    gitlab.sandbox.addMember('acme', 'supercargo', 50)
    assert.deepEqual(did(await setup(gitlab, ['--group', 'acme', '--json'])), ['group acme created'])
    assert.deepEqual(did(await setup(gitlab, ['--group', 'acme', '--json'])), ['group acme unchanged'])
  })
})

test('a token that may not, an address that is none and a missing name end it with what to do', async () => {
  await withGitLab(async (gitlab) => {
    gitlab.sandbox.addPerson('alice', 'token-without-scope', { scopes: ['read_api'] })
    const scopes = await setup(gitlab, WEB, { GITLAB_TOKEN: 'token-without-scope' })
    assert.deepEqual([scopes.code, scopes.stdout], [2, ''])
    assert.match(scopes.stderr, /has the scope read_api, and api is needed\. Make another one/)
    gitlab.sandbox.addPerson('bob', 'token-of-a-stranger', { scopes: ['api'] })
    const stranger = await setup(gitlab, [...WEB, '--json'], { GITLAB_TOKEN: 'token-of-a-stranger' })
    assert.deepEqual([stranger.code, did(stranger)], [1, ['project acme/platform/web failed']])
    assert.equal((await setup(gitlab, [])).code, 2)
    const wrong = await setup(gitlab, [...WEB, '--url', 'http://cargo.example.com'])
    assert.deepEqual([wrong.code, /is not an https address/.test(wrong.stderr)], [2, true])
    const without = await setup(gitlab, WEB, { GITLAB_TOKEN: '', GITLAB_URL: '' })
    assert.match(without.stderr, /Set GITLAB_TOKEN/)
    const nowhere = await setup(gitlab, WEB, { GITLAB_URL: `${gitlab.url}/elsewhere` })
    assert.deepEqual([nowhere.code, nowhere.stdout], [2, ''])
    assert.match(nowhere.stderr, /\/elsewhere is not the API of a GitLab instance\. Set GITLAB_URL/)
  })
})

test('an instance with a name has its own address of webhooks and its own variables', async () => {
  await withGitLab(async (gitlab) => {
    await gitlab.project('acme/other')
    const environment = {
      GITLAB_URL: '',
      GITLAB_TOKEN: '',
      GITLAB_INSTANCES: 'in-house',
      GITLAB_IN_HOUSE_URL: gitlab.url,
      GITLAB_IN_HOUSE_TOKEN: BOT,
      GITLAB_IN_HOUSE_PROJECTS: 'acme/platform/**',
    }
    const named = await setup(gitlab, ['--group', 'acme', '--instance', 'in-house'], environment)
    assert.equal(named.code, 0, named.stderr)
    assert.match(named.stdout, /^ +GITLAB_IN_HOUSE_SIGNING_SECRET=whsec_/m)
    const [hook] = await hooks(gitlab, 'acme/platform/web')
    assert.equal(hook?.url, `${ADDRESS}/webhooks/gitlab/in-house`)
    assert.deepEqual(await hooks(gitlab, 'acme/other'), [], 'it is not served')
    const unknown = await setup(gitlab, [...WEB, '--instance', 'partner'], environment)
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /no GitLab instance named "partner"\..*there are: in-house\./)
  })
})
