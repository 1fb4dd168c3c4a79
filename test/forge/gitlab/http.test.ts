import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { opening } from '../../contract/forge-world.ts'
import { startStub } from '../github/stub.ts'
import { EMPTY_PROJECT, forgeFor, PROJECT, REPOSITORY, TOKEN } from './stub.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const clock = () => NOW
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
const COMMITS = `POST ${PROJECT}/repository/commits`
const NOTES = `POST ${PROJECT}/merge_requests/1/notes`
const COMMENT = { number: 1, id: null, body: 'hello', marker: null }
const BASE = 'a'.repeat(40)

test('a write is sent once, also when a gateway fails: GitLab may have done it', async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', EMPTY_PROJECT)
  stub.on(COMMITS, { status: 502, body: 'Bad gateway' })
  const opened = forgeFor(stub).openChangeRequest(REPOSITORY, opening(BASE))
  await assert.rejects(opened, { code: 'forge-unavailable', kind: 'transient' })
  assert.deepEqual(
    stub.calls().filter((call) => call === COMMITS),
    [COMMITS],
  )
})

test('a read is repeated twice when the server fails', async (t) => {
  const stub = await startStub(t)
  let failures = 2
  stub.on('POST /graphql', () => (failures-- > 0 ? { status: 502, body: '' } : EMPTY_PROJECT))
  const read = await forgeFor(stub).readRepository(REPOSITORY, [])
  assert.deepEqual([read.repository, read.head, read.id], [REPOSITORY, null, '5'])
})

test('Retry-After is honoured: nothing is sent before it is over', async (t) => {
  const stub = await startStub(t)
  stub.on(NOTES, { status: 429, headers: { 'retry-after': '90' }, body: 'Retry later' })
  const forge = forgeFor(stub, { clock })
  const expected = { code: 'rate-limited', kind: 'transient', retryAt: after(90) }
  await assert.rejects(forge.writeComment(REPOSITORY, COMMENT), expected)
  await assert.rejects(
    forge.readManifests(REPOSITORY, { branch: null, files: [], directories: [], changeRequestBranches: [] }),
    expected,
  )
  assert.deepEqual(stub.calls(), ['GET /v4/user', NOTES])
})

test('a limit that only says its reset ends there, and one that says nothing after a minute', async (t) => {
  for (const [headers, retryAt] of [
    [{ 'ratelimit-reset': `${NOW.getTime() / 1000 + 600}` }, after(601)],
    [{}, after(60)],
  ] as const) {
    const stub = await startStub(t)
    stub.on(NOTES, { status: 429, headers, body: 'Retry later' })
    const written = forgeFor(stub, { clock }).writeComment(REPOSITORY, COMMENT)
    await assert.rejects(written, { code: 'rate-limited', retryAt })
  }
})

test('a limit of one instance does not hold up another', async (t) => {
  const [limited, free] = [await startStub(t), await startStub(t)]
  limited.on(NOTES, { status: 429, headers: { 'retry-after': '90' }, body: '' })
  free.on(NOTES, { status: 201, body: { id: 1 } })
  const [one, other] = [forgeFor(limited), forgeFor(free, { id: 'partner' })]
  await assert.rejects(one.writeComment(REPOSITORY, COMMENT), { code: 'rate-limited' })
  await other.writeComment(REPOSITORY, COMMENT)
  assert.equal(other.id, 'partner')
})

test('more comments than GitLab takes in a minute are not even sent', async (t) => {
  const stub = await startStub(t)
  stub.on(NOTES, { status: 201, body: { id: 1 } })
  let now = NOW
  const forge = forgeFor(stub, { clock: () => now, notesPerMinute: 3 })
  for (let i = 0; i < 3; i++) await forge.writeComment(REPOSITORY, COMMENT)
  await assert.rejects(forge.writeComment(REPOSITORY, COMMENT), { code: 'rate-limited', retryAt: after(60) })
  assert.equal(stub.calls().filter((call) => call === NOTES).length, 3)
  now = after(61)
  await forge.writeComment(REPOSITORY, COMMENT)
})

test('an instance below a path is asked below it, and a nested group stands in one part of the address', async (t) => {
  const stub = await startStub(t)
  stub.on('GET /git/lab/api/v4/user', { body: { id: 7, username: 'bot' } })
  stub.on(/^POST \/git\/lab\/api/, { status: 201, body: { id: 1 } })
  const forge = forgeFor(stub, { url: `${stub.origin}/git/lab/` })
  await forge.writeComment(REPOSITORY, COMMENT)
  assert.deepEqual(stub.calls(), [
    'GET /git/lab/api/v4/user',
    `POST /git/lab/api${PROJECT}/merge_requests/1/notes`,
  ])
})

test('a project that the bot does not serve is asked nothing about', async (t) => {
  const stub = await startStub(t)
  const forge = forgeFor(stub, { serves: (path) => path.startsWith('acme/web') })
  const refused = { code: 'repository-forbidden', kind: 'permanent' }
  await assert.rejects(forge.readRepository(REPOSITORY, []), refused)
  await assert.rejects(forge.writeComment(REPOSITORY, COMMENT), refused)
  assert.deepEqual(stub.calls(), ['GET /v4/user'])
})

test('a renamed project is found by its former path, within the instance', async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', ({ body }) => {
    const asked = Object.values(body?.variables ?? {})
    return asked.includes('acme/former') ? { body: { data: { project: null } } } : EMPTY_PROJECT
  })
  stub.on('GET /v4/projects/acme%2Fformer', {
    status: 301,
    headers: { location: `${stub.origin}/api/v4/projects/5` },
  })
  stub.on('GET /v4/projects/5', { body: { path_with_namespace: REPOSITORY.path } })
  const read = await forgeFor(stub).readRepository({ forge: 'gitlab', path: 'acme/former' }, [])
  assert.deepEqual(read.repository, REPOSITORY)
})

test('a redirect to another origin is refused, and the token stays here', async (t) => {
  const [stub, other] = [await startStub(t), await startStub(t)]
  stub.on(/^GET \/v4\/projects/, { status: 302, headers: { location: `${other.origin}/stolen` } })
  await assert.rejects(forgeFor(stub).compareCommits(REPOSITORY, 'a', 'b'), { code: 'redirect-refused' })
  assert.deepEqual(other.seen, [])
})

test('an answer without end is cut off, and one that does not come is not waited for', async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', { body: `"${'x'.repeat(66 * 1024 * 1024)}"` })
  await assert.rejects(forgeFor(stub).readRepository(REPOSITORY, []), { code: 'forge-answer-too-large' })
  stub.on('POST /graphql', { silent: true })
  await assert.rejects(forgeFor(stub, { timeout: 200 }).readRepository(REPOSITORY, []), {
    code: 'forge-timeout',
    kind: 'transient',
  })
})

test('no token is in an error, its causes, or the log', async (t) => {
  const stub = await startStub(t)
  const lines: unknown[] = []
  const write = (...line: unknown[]) => lines.push(line)
  const message = `bad token ${TOKEN} at https://host.example/x?private_token=hunter2`
  const errors: unknown[] = []
  for (const status of [400, 401, 403, 404, 405, 409, 422, 429, 500]) {
    const forge = forgeFor(stub, { log: { debug: write, warn: write } })
    for (const what of ['POST /graphql', NOTES]) stub.on(what, { status, body: { message } })
    errors.push(await forge.readRepository(REPOSITORY, []).catch((error: unknown) => error))
    errors.push(await forge.writeComment(REPOSITORY, COMMENT).catch((error: unknown) => error))
  }
  stub.on('POST /graphql', { body: { data: null, errors: [{ message, path: ['project'] }] } })
  errors.push(
    await forgeFor(stub)
      .readRepository(REPOSITORY, [])
      .catch((error: unknown) => error),
  )
  assert.ok(errors.every((error) => error instanceof Error))
  const text = inspect([errors, lines], { depth: 20, showHidden: true })
  assert.ok(text.includes('[token]'))
  for (const pattern of [/glpat-/, /hunter2/]) assert.doesNotMatch(text, pattern)
})
