import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { EMPTY_REPOSITORY, forgeFor, REPOSITORY, startStub } from './stub.ts'

const COMPARE = 'GET /repos/acme/manifests/compare/a...b'
const IDENTICAL = {
  status: 'identical',
  commits: [],
  total_commits: 0,
  html_url: 'https://ghe.example/compare',
}

test('a redirect within the forge is followed, as for a renamed repository', async (t) => {
  const stub = await startStub(t)
  stub.on(COMPARE, { status: 301, headers: { location: `${stub.apiUrl}/repositories/5/compare/a...b` } })
  stub.on('GET /repositories/5/compare/a...b', { body: IDENTICAL })
  assert.equal((await forgeFor(stub).compareCommits(REPOSITORY, 'a', 'b')).status, 'identical')
})

test('a redirect to another origin is refused, and the credential stays here', async (t) => {
  const [stub, other] = [await startStub(t), await startStub(t)]
  stub.on(COMPARE, { status: 302, headers: { location: `${other.apiUrl}/stolen` } })
  await assert.rejects(forgeFor(stub).compareCommits(REPOSITORY, 'a', 'b'), { code: 'redirect-refused' })
  assert.deepEqual(other.seen, [])
})

test('an answer that was read before is asked for conditionally, and 304 stands for it', async (t) => {
  const stub = await startStub(t)
  stub.on(COMPARE, ({ headers }) =>
    headers['if-none-match'] === '"v1"' ? { status: 304 } : { headers: { etag: '"v1"' }, body: IDENTICAL },
  )
  const forge = forgeFor(stub)
  const first = await forge.compareCommits(REPOSITORY, 'a', 'b')
  const second = await forge.compareCommits(REPOSITORY, 'a', 'b')
  assert.deepEqual(second, first)
  const conditions = stub.seen
    .filter(({ path }) => path.includes('compare'))
    .map(({ headers }) => headers['if-none-match'])
  assert.deepEqual(conditions, [undefined, '"v1"'])
})

test('an answer without end is cut off', async (t) => {
  const stub = await startStub(t)
  stub.on(COMPARE, { body: `"${'x'.repeat(66 * 1024 * 1024)}"` })
  await assert.rejects(forgeFor(stub).compareCommits(REPOSITORY, 'a', 'b'), {
    code: 'forge-answer-too-large',
  })
})

test('an answer that does not come is not waited for', async (t) => {
  const stub = await startStub(t)
  stub.on(COMPARE, { silent: true })
  await assert.rejects(forgeFor(stub, { timeout: 200 }).compareCommits(REPOSITORY, 'a', 'b'), {
    code: 'forge-timeout',
    kind: 'transient',
  })
})

test('no secret is in an error, its causes, or the log', async (t) => {
  const stub = await startStub(t)
  const lines: unknown[] = []
  const log = {
    debug: (...line: unknown[]) => lines.push(line),
    warn: (...line: unknown[]) => lines.push(line),
  }
  const forge = forgeFor(stub, { log })
  const secret = 'ghs_abcdefghijklmnopqrstuvwxyz'
  const message = `bad token ${secret} at https://host.example/x?access_token=hunter2`
  const errors: unknown[] = []
  for (const status of [400, 401, 403, 404, 422, 429, 500]) {
    const reply = {
      status,
      headers: { deprecation: 'true', link: '<x>; rel="deprecation"' },
      body: { message },
    }
    stub.on('POST /graphql', reply)
    stub.on(COMPARE, reply)
    errors.push(await forge.readRepository(REPOSITORY, []).catch((error: unknown) => error))
    errors.push(await forge.compareCommits(REPOSITORY, 'a', 'b').catch((error: unknown) => error))
  }
  stub.on('POST /graphql', {
    body: { data: null, errors: [{ message, type: 'UNPROCESSABLE', path: ['x'] }] },
  })
  errors.push(
    await forgeFor(stub, { log })
      .readRepository(REPOSITORY, [])
      .catch((error: unknown) => error),
  )
  stub.on('POST /graphql', EMPTY_REPOSITORY)
  assert.ok(errors.filter((error) => error instanceof Error).length >= 10)
  const text = inspect([errors, lines], { depth: 20, showHidden: true })
  assert.ok(text.includes('[token]'))
  for (const pattern of [/ghs_\w{8}/, /hunter2/, /bearer [\w.]{10}/i, /eyJ\w{10}/])
    assert.doesNotMatch(text, pattern)
})

test('a pull request that the token may not see is left out, and the rest is told', async (t) => {
  const stub = await startStub(t)
  const commit = { sha: 'c'.repeat(40), html_url: 'https://ghe.example/c', parents: [], author: null }
  const commits = [{ ...commit, commit: { message: 'One\n\nbody', author: null, committer: null } }]
  stub.on(COMPARE, { body: { ...IDENTICAL, status: 'ahead', commits, total_commits: 1 } })
  const shown = { number: 1, title: 'One', url: 'https://ghe.example/1' }
  const path = ['repository', 'c0', 'associatedPullRequests', 'nodes', 0]
  const errors = [{ type: 'FORBIDDEN', path, message: 'Resource not accessible by integration' }]
  const data = { repository: { c0: { associatedPullRequests: { nodes: [null, shown] } } } }
  stub.on('POST /graphql', { body: { data, errors } })
  const compared = await forgeFor(stub).compareCommits(REPOSITORY, 'a', 'b')
  assert.deepEqual(compared.commits[0]?.pullRequests, [shown])
})
