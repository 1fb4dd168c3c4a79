import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gitlabOpenApiMissing } from '../support/oracles/gitlab-openapi.ts'
import { newJudgement } from '../support/oracles/judgement.ts'
import { withOracles } from '../support/oracles/with-oracles.ts'

const skip = gitlabOpenApiMissing()
const api = 'https://git.example.com/gitlab/api/v4'
const branch = { name: 'main', merged: false, protected: true, default: true, commit: null }

/** What is found when a request is answered so. */
async function judged(path: string, answer: { status: number; body: unknown }, init: RequestInit = {}) {
  const judgement = newJudgement()
  const fetch = withOracles(async () => Response.json(answer.body, { status: answer.status }), judgement)
  await fetch(`${api}${path}`, init)
  assert.equal(judgement.judged, 1)
  return judgement.failures.join('\n')
}

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) })
const found = { status: 200, body: branch }

test('a right request with a right answer passes, whatever may be null', { skip }, async () => {
  assert.equal(await judged('/projects/acme%2Fweb/repository/branches/feature%2Fx', found), '')
})

test('a path that GitLab does not have, or an unknown key, is a failure', { skip }, async () => {
  assert.match(await judged('/projects/1/pulls', found), /GitLab has no such operation/)
  const wrong = await judged('/projects/1/merge_requests?branch=x', { status: 200, body: [] })
  assert.match(wrong, /query branch is unknown/)
})

test('a body is judged, also that of a commit, which the description knows as an upload only', {
  skip,
}, async () => {
  const made = { status: 201, body: { id: 'a'.repeat(40) } }
  const path = '/projects/1/repository/commits'
  const right = { branch: 'x', commit_message: 'x', actions: [{ action: 'delete', file_path: 'a' }] }
  assert.equal(await judged(path, made, post(right)), '')
  assert.match(await judged(path, made, post({ ...right, start: 'main' })), /start is unknown/)
  const action = { action: 'replace', file_path: 'a' }
  assert.match(await judged(path, made, post({ ...right, actions: [action] })), /actions\/0\/action/)
  const labels = { source_branch: 'a', target_branch: 'b', title: 'c', labels: 'one,two' }
  const opened = { status: 201, body: { iid: 1 } }
  assert.equal(await judged('/projects/1/merge_requests', opened, post(labels)), '')
})

test('an answer of a wrong type, or an error without a word, is a failure', { skip }, async () => {
  const path = '/projects/1/repository/branches/main'
  assert.match(await judged(path, { status: 200, body: { ...branch, merged: 'no' } }), /\/merged must be/)
  assert.match(await judged(path, { status: 404, body: {} }), /required property 'message'/)
  assert.equal(await judged(path, { status: 404, body: { message: '404 Branch Not Found' } }), '')
})
