import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Octokit } from '@octokit/rest'
import { newJudgement } from '../support/oracles/judgement.ts'
import { openApiMissing } from '../support/oracles/openapi.ts'
import { withOracles } from '../support/oracles/with-oracles.ts'

const skip = openApiMissing()
const baseUrl = 'http://127.0.0.1/sandbox/github/api/v3'
const ref = {
  ref: 'refs/heads/main',
  node_id: 'R',
  url: `${baseUrl}/repos/acme/web/git/refs/heads/main`,
  object: { type: 'commit', sha: 'a'.repeat(40), url: `${baseUrl}/repos/acme/web/git/commits/a` },
}

/** What is found when `answer` is given to one request. */
async function judged(
  use: (octokit: Octokit) => Promise<unknown>,
  answer: { status: number; body?: unknown } = { status: 200, body: ref },
) {
  const judgement = newJudgement()
  const fetch = withOracles(async () => {
    const body = answer.body === undefined ? null : JSON.stringify(answer.body)
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    return new Response(body, { status: answer.status, headers })
  }, judgement)
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  await use(new Octokit({ baseUrl, log, request: { fetch } })).catch(() => undefined)
  assert.equal(judgement.judged, 1)
  return judgement
}

const repository = { owner: 'acme', repo: 'web' }

test('a right request with a right answer passes below the sandbox’s prefix', { skip }, async () => {
  const { failures, warnings } = await judged((octokit) =>
    octokit.git.getRef({ ...repository, ref: 'heads/supercargo/web/staging' }),
  )
  assert.deepEqual(failures, [])
  assert.deepEqual([...warnings], [])
})

test('a path that GitHub does not have is a failure', { skip }, async () => {
  const { failures } = await judged((octokit) => octokit.request('GET /repos/acme/web/pull-requests'))
  assert.match(failures.join(), /GET \/repos\/acme\/web\/pull-requests .*no such operation/)
})

test('a method that the path does not take is a failure', { skip }, async () => {
  const { failures } = await judged((octokit) => octokit.request('DELETE /repos/acme/web/pulls/1'))
  assert.match(failures.join(), /no such operation/)
})

test('an unknown query key is a failure', { skip }, async () => {
  const { failures } = await judged((octokit) =>
    octokit.request('GET /repos/acme/web/git/ref/heads%2Fmain', { branch: 'x' }),
  )
  assert.match(failures.join(), /query branch is unknown/)
})

test('a query value outside of its enum is a failure', { skip }, async () => {
  const { failures } = await judged(
    (octokit) => octokit.request('GET /repos/acme/web/pulls', { state: 'merged' }),
    { status: 200, body: [] },
  )
  assert.match(failures.join(), /query state: .*allowed values/)
})

test('an unknown, a missing and a mistyped body key are failures', { skip }, async () => {
  const { failures } = await judged(
    (octokit) => octokit.request('POST /repos/acme/web/git/refs', { ref: 1, force: true }),
    { status: 201, body: ref },
  )
  assert.match(failures.join(), /body \/ref must be string/)
  const more = await judged(
    (octokit) => octokit.request('POST /repos/acme/web/git/refs', { ref: 'refs/heads/x', force: true }),
    { status: 201, body: ref },
  )
  assert.match(more.failures.join(), /body \/ must have required property 'sha'/)
  assert.match(more.failures.join(), /body \/force is unknown/)
})

test('an unknown key deep in a body is a failure', { skip }, async () => {
  const { failures } = await judged(
    (octokit) =>
      octokit.request('POST /repos/acme/web/git/trees', { tree: [{ path: 'a', mode: '100644', oid: 'b' }] }),
    { status: 201, body: { sha: 'a', url: 'https://x.test', truncated: false, tree: [] } },
  )
  assert.match(failures.join(), /body \/tree\/0\/oid is unknown/)
})

test('a wrong type in an answer is a failure, a missing field is a warning', { skip }, async () => {
  const wrong = await judged((octokit) => octokit.git.getRef({ ...repository, ref: 'heads/main' }), {
    status: 200,
    body: { ...ref, object: { ...ref.object, sha: 7 } },
  })
  assert.match(wrong.failures.join(), /response: \/object\/sha must be string/)
  const { node_id: _, ...partial } = ref
  const missing = await judged((octokit) => octokit.git.getRef({ ...repository, ref: 'heads/main' }), {
    status: 200,
    body: partial,
  })
  assert.deepEqual(missing.failures, [])
  assert.match([...missing.warnings].join(), /must have required property 'node_id'/)
})

test('a success that GitHub does not describe and an error without message are failures', {
  skip,
}, async () => {
  const get = (octokit: Octokit) => octokit.git.getRef({ ...repository, ref: 'heads/main' })
  const created = await judged(get, { status: 202, body: ref })
  assert.match(created.failures.join(), /status 202 is not described/)
  const silent = await judged(get, { status: 404, body: { error: 'no' } })
  assert.match(silent.failures.join(), /response: .* required property 'message'/)
})
