import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentProblems } from '../support/oracles/graphql.ts'
import { newJudgement } from '../support/oracles/judgement.ts'
import { withOracles } from '../support/oracles/with-oracles.ts'

const read = `query ($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { defaultBranchRef { target { oid } } }
}`

test('a document that GitHub takes has no problems', () => {
  assert.deepEqual(documentProblems(read, { owner: 'acme', name: 'web' }), [])
})

test('an unknown field, a syntax error and a missing selection are problems', () => {
  assert.match(documentProblems(read.replace('oid', 'sha')).join(), /Cannot query field "sha"/)
  assert.match(documentProblems('query {').join(), /Syntax Error/)
  assert.match(documentProblems('{ viewer }').join(), /must have a selection of subfields/)
})

test('a missing, a mistyped and an undeclared variable are problems', () => {
  assert.match(documentProblems(read, { owner: 'acme' }).join(), /"\$name"/)
  assert.match(documentProblems(read, { owner: 'acme', name: 1 }).join(), /String cannot represent/)
  assert.match(documentProblems(read, { owner: 'a', name: 'b', ref: 'c' }).join(), /\$ref is given/)
})

test('an unknown key in an input object is a problem', () => {
  const mutation = 'mutation ($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }'
  const refUpdates = [{ name: 'refs/heads/a', afterOid: 'b'.repeat(40), expected: 'c' }]
  const problems = documentProblems(mutation, { input: { repositoryId: 'R', refUpdates } })
  assert.match(problems.join(), /Field "expected" is not defined/)
})

test('GraphQL requests through a judged fetch are judged wherever the API is rooted', async () => {
  const judgement = newJudgement()
  const fetch = withOracles(async () => Response.json({ data: {} }), judgement)
  const body = JSON.stringify({ query: '{ repositry { id } }' })
  await fetch('http://127.0.0.1:1/sandbox/github/api/graphql', { method: 'POST', body })
  await fetch('https://api.github.com/graphql', { method: 'POST', body })
  assert.equal(judgement.judged, 2)
  assert.match(judgement.failures.join(), /Cannot query field "repositry"/)
})
