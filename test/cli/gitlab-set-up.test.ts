import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { setUp, type Wanted } from '../../src/cli/gitlab/set-up.ts'
import { createHookAdministration, type HookAdministration } from '../../src/forge/gitlab/hooks.ts'
import { BOT, startGitLab, type TestGitLab } from '../support/gitlab.ts'

const PATH = 'acme/platform/web'
const SIGNING = `whsec_${Buffer.alloc(32, 'the signing secret').toString('base64')}`
const TOKEN = 'the token of the environment, long enough'

const WANTED: Wanted = {
  groups: [],
  projects: [PATH],
  url: 'https://cargo.example.com/webhooks/gitlab',
  signingSecret: null,
  webhookToken: null,
  remove: false,
  dryRun: false,
  rotate: false,
}

async function withGitLab(
  use: (gitlab: TestGitLab, administration: HookAdministration) => Promise<void>,
  transport: typeof fetch = fetch,
): Promise<void> {
  const gitlab = await startGitLab()
  try {
    await gitlab.project(PATH)
    const log = pino({ level: 'silent' })
    const options = { id: 'gitlab', url: gitlab.url, token: BOT, log, fetch: transport }
    await use(gitlab, createHookAdministration(options))
  } finally {
    await gitlab.close()
  }
}

/** What an instance before 19.0 takes and shows: it knows nothing of signing, and does not tell of tokens. */
const before19: typeof fetch = async (input, init) => {
  const without = (text: string) => JSON.stringify(JSON.parse(text), (key, value) => hidden(key, value))
  const hidden = (key: string, value: unknown) =>
    /^(signing_token|(signing_)?token_present)/.test(key) ? undefined : value
  const body = typeof init?.body === 'string' ? { body: without(init.body) } : {}
  const response = await fetch(input, { ...init, ...body })
  const text = await response.text()
  const { status, headers } = response
  return status === 204
    ? new Response(null, { status, headers })
    : new Response(without(text), { status, headers })
}

function secretsOf(gitlab: TestGitLab) {
  return gitlab.model.tables.projectHooks.all().map(({ token, signingToken }) => ({ token, signingToken }))
}

test('an instance before 19.0, which does not know signing, gets a token', async () => {
  await withGitLab(async (gitlab, administration) => {
    const { done, secret } = await setUp(administration, WANTED)
    assert.deepEqual(
      done.map(({ did }) => did),
      ['created'],
    )
    assert.equal(secret?.variable, 'WEBHOOK_TOKEN')
    assert.match(secret.value, /^[0-9a-f]{64}$/)
    assert.deepEqual(secretsOf(gitlab), [{ token: secret.value, signingToken: null }])
    const again = await setUp(administration, { ...WANTED, webhookToken: secret.value })
    assert.deepEqual([again.done[0]?.did, again.secret], ['unchanged', null])
    const rotated = await setUp(administration, { ...WANTED, webhookToken: TOKEN, rotate: true })
    assert.deepEqual([rotated.done[0]?.did, rotated.secret], ['repaired', null])
    assert.deepEqual(secretsOf(gitlab), [{ token: TOKEN, signingToken: null }])
  }, before19)
})

test('a webhook gets the kind of secret that the server has, and no other', async () => {
  await withGitLab(async (gitlab, administration) => {
    const first = await setUp(administration, { ...WANTED, webhookToken: TOKEN })
    assert.equal(first.secret, null)
    assert.deepEqual(secretsOf(gitlab), [{ token: TOKEN, signingToken: null }])
    const signed = { ...WANTED, signingSecret: SIGNING, webhookToken: TOKEN }
    const { done, secret } = await setUp(administration, signed)
    assert.deepEqual(
      [done[0]?.did, done[0]?.why, secret],
      ['repaired', 'It had a secret of the other kind.', null],
    )
    assert.equal(secretsOf(gitlab)[0]?.signingToken, SIGNING)
    assert.equal((await setUp(administration, signed)).done[0]?.did, 'unchanged')
  })
})

test('a group that does not exist keeps nothing from the other places, and a place that is named twice is one', async () => {
  await withGitLab(async (_, administration) => {
    const wanted = { ...WANTED, groups: ['nobody'], projects: [PATH, PATH.toUpperCase(), 'acme/nothing'] }
    const { done } = await setUp(administration, wanted)
    assert.deepEqual(done.map(({ place, did }) => `${place.kind} ${place.path} ${did}`).sort(), [
      'group nobody failed',
      `project ${PATH.toUpperCase()} created`,
      'project acme/nothing failed',
    ])
    assert.match(
      done.find(({ place }) => place.path === 'nobody')?.why ?? '',
      /^There is no nobody, or the bot/,
    )
  })
})
