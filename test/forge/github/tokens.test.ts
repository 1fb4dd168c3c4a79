import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import { EMPTY_REPOSITORY, forgeFor, PRIVATE_KEY, REPOSITORY, startStub } from './stub.ts'

const TOKENS = 'POST /app/installations/7/access_tokens'
const QUERY = { branch: null, files: [], directories: [], changeRequestBranches: [] }

test("a token is narrowed to one repository and to what a source's or a manifest repository's jobs need", async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', EMPTY_REPOSITORY)
  const forge = forgeFor(stub)
  await forge.readRepository(REPOSITORY, [])
  await assert.rejects(forge.readManifests(REPOSITORY, QUERY))
  const wishes = stub.seen.filter(({ path }) => path.endsWith('/access_tokens')).map(({ body }) => body)
  assert.deepEqual(wishes, [
    {
      repositories: ['manifests'],
      permissions: { contents: 'read', pull_requests: 'write', checks: 'write' },
    },
    {
      repositories: ['manifests'],
      permissions: { contents: 'write', pull_requests: 'write', checks: 'write', statuses: 'read' },
    },
  ])
})

test('the app signs its own requests with its key, and asks for installation and token once', async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', EMPTY_REPOSITORY)
  const forge = forgeFor(stub)
  await Promise.all([forge.readRepository(REPOSITORY, []), forge.readRepository(REPOSITORY, [])])
  await forge.readRepository(REPOSITORY, [])
  const counts = stub.seen.map(({ method, path }) => `${method} ${path}`)
  assert.equal(counts.filter((call) => call === TOKENS).length, 1)
  assert.equal(counts.filter((call) => call.endsWith('/installation')).length, 1)
  const [, jwt = ''] = stub.seen[0]?.headers.authorization?.split(' ') ?? []
  const [head, payload, signature = ''] = jwt.split('.')
  const signed = Buffer.from(`${head}.${payload}`)
  assert.ok(verify('sha256', signed, createPublicKey(PRIVATE_KEY), Buffer.from(signature, 'base64url')))
})

test('a token is replaced before it ends', async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', EMPTY_REPOSITORY)
  let now = new Date()
  const forge = forgeFor(stub, { clock: () => now })
  await forge.readRepository(REPOSITORY, [])
  now = new Date(now.getTime() + 50 * 60_000)
  await forge.readRepository(REPOSITORY, [])
  assert.equal(stub.seen.filter(({ path }) => path.endsWith('/access_tokens')).length, 1)
  now = new Date(now.getTime() + 6 * 60_000)
  await forge.readRepository(REPOSITORY, [])
  assert.equal(stub.seen.filter(({ path }) => path.endsWith('/access_tokens')).length, 2)
})

test('a refused token is replaced once, and a second refusal is final', async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', ({ headers }) =>
    headers.authorization?.endsWith('2')
      ? EMPTY_REPOSITORY
      : { status: 401, body: { message: 'Bad credentials' } },
  )
  const forge = forgeFor(stub)
  assert.equal((await forge.readRepository(REPOSITORY, [])).head, null)
  assert.equal(stub.calls().length, 2)
  stub.on('POST /graphql', { status: 401, body: { message: 'Bad credentials' } })
  await assert.rejects(forge.readRepository(REPOSITORY, []), {
    code: 'credentials-refused',
    kind: 'permanent',
  })
  assert.equal(stub.calls().length, 4)
})

test('a repository without the app is not found, and the advice is to install it', async (t) => {
  const stub = await startStub(t)
  stub.on(/installation$/, { status: 404, body: { message: 'Not Found' } })
  await assert.rejects(forgeFor(stub).readRepository(REPOSITORY, []), {
    code: 'repository-not-found',
    kind: 'permanent',
    advice: /Install the app/,
  })
})

test('a repository that the installation does not cover is not found', async (t) => {
  const stub = await startStub(t)
  const message = 'There is at least one repository that does not exist or is not accessible'
  stub.on(TOKENS, ({ body }) =>
    body?.repositories
      ? { status: 422, body: { message } }
      : { status: 201, body: { token: 'ghs_x', expires_at: '2999-01-01T00:00:00Z' } },
  )
  await assert.rejects(forgeFor(stub).readRepository(REPOSITORY, []), { code: 'repository-not-found' })
})

test('an app that was installed anew is looked up again', async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', EMPTY_REPOSITORY)
  let lookups = 0
  stub.on(/installation$/, () => ({ body: { id: ++lookups === 1 ? 6 : 7 } }))
  stub.on('POST /app/installations/6/access_tokens', { status: 404, body: { message: 'Not Found' } })
  assert.equal((await forgeFor(stub).readRepository(REPOSITORY, [])).head, null)
  assert.equal(lookups, 2)
})

test('two servers whose installations have the same number never see tokens of each other', async (t) => {
  const [one, two] = [await startStub(t), await startStub(t)]
  for (const [stub, token] of [
    [one, 'ghs_of_one'],
    [two, 'ghs_of_two'],
  ] as const) {
    stub.on(TOKENS, { status: 201, body: { token, expires_at: '2999-01-01T00:00:00Z' } })
    stub.on('POST /graphql', EMPTY_REPOSITORY)
  }
  await Promise.all([one, two].map((stub) => forgeFor(stub).readRepository(REPOSITORY, [])))
  const given = [one, two].map(({ seen }) => seen.at(-1)?.headers.authorization)
  assert.deepEqual(given, ['token ghs_of_one', 'token ghs_of_two'])
})

test('a plain token is used as it is', async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', EMPTY_REPOSITORY)
  await forgeFor(stub, { credentials: { token: 'ghp_mine' } }).readRepository(REPOSITORY, [])
  assert.deepEqual(
    stub.seen.map(({ path, headers }) => [path, headers.authorization]),
    [['/graphql', 'token ghp_mine']],
  )
})

test('a plain token that may not write check runs says so by a code of its own', async (t) => {
  const stub = await startStub(t)
  const message = 'You must authenticate via a GitHub App.'
  stub.on('POST /repos/acme/manifests/check-runs', { status: 403, body: { message } })
  const forge = forgeFor(stub, { credentials: { token: 'ghp_mine' } })
  const wish = {
    id: null,
    commit: 'a'.repeat(40),
    conclusion: 'success',
    title: '',
    summary: '',
    annotations: [],
  } as const
  await assert.rejects(forge.writeReport(REPOSITORY, { ...wish, annotations: [] }), {
    code: 'report-not-allowed',
    kind: 'permanent',
  })
})

test("a person's token lists that person's repositories, and a workflow's those of its installation", async (t) => {
  const stub = await startStub(t)
  const page = Array.from({ length: 100 }, (_, i) => ({ full_name: `acme/r${i}` }))
  stub.on('GET /user/repos?per_page=100&page=1', { body: page })
  stub.on('GET /user/repos?per_page=100&page=2', { body: [{ full_name: 'acme/last' }] })
  const forge = forgeFor(stub, { credentials: { token: 'ghp_mine' } })
  const { seen: listed } = await forge.glance()
  assert.deepEqual(
    [listed.length, listed.at(-1)],
    [101, { repository: { forge: 'github', path: 'acme/last' }, mark: null }],
  )
  stub.on(/^GET \/user\/repos/, { status: 403, body: { message: 'Resource not accessible by integration' } })
  stub.on(/^GET \/installation\/repositories/, { body: { repositories: [{ full_name: 'acme/web' }] } })
  assert.deepEqual((await forge.glance()).seen, [
    { repository: { forge: 'github', path: 'acme/web' }, mark: null },
  ])
})

test('a page of repositories that cannot be read fails the whole listing', async (t) => {
  const stub = await startStub(t)
  stub.on(/^GET \/app\/installations\?/, {
    body: [
      { id: 7, suspended_at: null },
      { id: 8, suspended_at: 'x' },
    ],
  })
  const page = Array.from({ length: 100 }, (_, i) => ({ full_name: `acme/r${i}` }))
  stub.on(/^GET \/installation\/repositories/, ({ path }) =>
    path.endsWith('page=1') ? { body: { repositories: page } } : { status: 500 },
  )
  await assert.rejects(forgeFor(stub).glance(), { code: 'forge-unavailable' })
  stub.on(/page=2$/, { body: { repositories: [] } })
  assert.equal((await forgeFor(stub).glance()).seen.length, 100)
})

test('an installation that cannot be seen keeps nothing from the others', async (t) => {
  const stub = await startStub(t)
  stub.on(/^GET \/app\/installations\?/, { body: [{ id: 7 }, { id: 8 }] })
  stub.on(TOKENS, { status: 429, headers: { 'retry-after': '60' } })
  stub.on('POST /app/installations/8/access_tokens', {
    status: 201,
    body: { token: 'ghs_eight', expires_at: '2999-01-01T00:00:00Z' },
  })
  stub.on(/^GET \/installation\/repositories/, { body: { repositories: [{ full_name: 'acme/web' }] } })
  const { seen, failures } = await forgeFor(stub).glance()
  assert.deepEqual(
    seen.map(({ repository }) => repository.path),
    ['acme/web'],
  )
  assert.match(String(failures[0]), /rate limit/)
})

test('a token for a renamed repository is asked for by its number', async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', EMPTY_REPOSITORY)
  stub.on(TOKENS, ({ body }) =>
    body?.repositories
      ? { status: 422, body: { message: 'There is at least one repository that does not exist' } }
      : {
          status: 201,
          body: { token: `ghs_${body?.repository_ids ?? 'all'}`, expires_at: '2999-01-01T00:00:00Z' },
        },
  )
  stub.on('GET /repos/acme/manifests', {
    status: 301,
    headers: { location: `${stub.apiUrl}/repositories/5` },
  })
  stub.on('GET /repositories/5', { body: { id: 5 } })
  assert.equal((await forgeFor(stub).readRepository(REPOSITORY, [])).head, null)
  assert.equal(stub.seen.at(-1)?.headers.authorization, 'token ghs_5')
})
