import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findRepository } from '../../../src/sandbox/model/access.ts'
import { createCheckRun, createStatus } from '../../../src/sandbox/model/checks.ts'
import { protect } from '../../../src/sandbox/model/protection.ts'
import { ensureAccount } from '../../../src/sandbox/model/repositories.ts'
import type { Actor } from '../../../src/sandbox/model/types.ts'
import { cloneOf } from '../../contract/forge-world.ts'
import { startGitHubWorld } from '../../contract/github-world.ts'
import { forgeFor, REPOSITORY, type Stub, startStub } from './stub.ts'

const COMMIT = 'a'.repeat(40)
const BRANCH = 'GET /repos/acme/manifests/branches/main'
const RULES = /^GET \/repos\/acme\/manifests\/rules\/branches\/main/

/** A repository with one commit on a branch that is protected as said, and apps that may report on it. */
async function reporting(t: TestContext) {
  const world = await startGitHubWorld(t)
  const repository = await world.createRepository('acme/web')
  const commit = await (await cloneOf(t, world, repository)).push({ a: '1' })
  const row = findRepository(world.model, 'acme', 'web')
  assert.ok(row)
  const app = (slug: string) => {
    const account = ensureAccount(world.model, `${slug}[bot]`, 'Bot')
    const actor: Actor & { kind: 'person' } = { kind: 'person', account }
    return {
      id: account.id,
      run: (name: string, conclusion: 'success' | 'failure') =>
        createCheckRun(world.model, row, actor, commit, { name, conclusion }),
      status: (context: string, state: 'success' | 'failure') =>
        createStatus(world.model, row, actor, commit, { context, state, description: null, targetUrl: null }),
    }
  }
  const read = async () => {
    const { required, commits } = await world.forge.readChecks(repository, 'main', [commit])
    return { required, checks: commits[commit]?.map(({ name, state }) => `${name} ${state}`) }
  }
  const require = (requiredApps: Record<string, number>) =>
    protect(world.model, row, 'main', { requiredChecks: Object.keys(requiredApps), requiredApps })
  return { world, repository, row, commit, app, read, require }
}

test('a required check from another app than the protection names does not count', async (t) => {
  const { app, read, require } = await reporting(t)
  const [ci, other] = [app('ci'), app('other')]
  other.run('test', 'success')
  assert.deepEqual(await read(), { required: [], checks: ['test passed'] })
  require({ test: ci.id })
  assert.deepEqual(await read(), { required: ['test'], checks: [] })
  other.status('test', 'success')
  assert.deepEqual((await read()).checks, [])
  ci.run('test', 'failure')
  assert.deepEqual((await read()).checks, ['test failed'])
  ci.run('test', 'success')
  assert.deepEqual((await read()).checks, ['test passed'])
})

test('a status that the right app set counts, and whose it is is asked once', async (t) => {
  const { world, app, read, require } = await reporting(t)
  const coverage = app('coverage')
  coverage.status('coverage/patch', 'success')
  require({ 'coverage/patch': coverage.id })
  assert.deepEqual((await read()).checks, ['coverage/patch passed'])
  assert.ok(world.requests().includes('GET /apps/coverage'))
  await read()
  assert.ok(!world.requests().includes('GET /apps/coverage'))
})

test('the protection of a branch and its rulesets are required together', async (t) => {
  const { world, row, app, read, require } = await reporting(t)
  const ci = app('ci')
  require({ test: ci.id })
  const ruleset = (name: string, include: string, context: string, integration?: number) => ({
    name,
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: [include], exclude: [] } },
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [
            { context, ...(integration === undefined ? {} : { integration_id: integration }) },
          ],
        },
      },
    ],
  })
  const post = (body: object) =>
    fetch(`${world.apiUrl}/repos/acme/web/rulesets`, {
      method: 'POST',
      headers: { authorization: 'token a-persons-token' },
      body: JSON.stringify(body),
    })
  assert.equal((await post(ruleset('one', '~DEFAULT_BRANCH', 'lint'))).status, 201)
  assert.equal((await post(ruleset('two', 'refs/heads/ma*', 'test', app('second').id))).status, 201)
  assert.equal((await post(ruleset('three', 'refs/heads/release/*', 'slow'))).status, 201)
  assert.deepEqual((await read()).required, ['test', 'lint'])
  ci.run('test', 'success')
  assert.deepEqual((await read()).checks, ['test pending'], 'two apps must report it, and one has')
  app('second').run('test', 'success')
  assert.deepEqual((await read()).checks, ['test passed'])
  assert.equal(row.name, 'web')
})

test('where a check run and a status have one name, both must have passed', async (t) => {
  const { app, read } = await reporting(t)
  app('ci').run('test', 'failure')
  app('other').status('test', 'success')
  assert.deepEqual((await read()).checks, ['test failed'])
})

test('a check run of the name of the report that another app made is a check', async (t) => {
  const { world, repository, commit, app, read, require } = await reporting(t)
  const report = {
    id: null,
    commit,
    conclusion: 'failure',
    title: 'x',
    summary: 'x',
    annotations: [],
  } as const
  await world.forge.writeReport(repository, { ...report, annotations: [] })
  assert.deepEqual((await read()).checks, [])
  app('impostor').run('supercargo', 'failure')
  assert.deepEqual((await read()).checks, ['supercargo failed'])
  require({ supercargo: 4711 })
  assert.deepEqual((await read()).required, [], 'the bot does not wait for itself')
})

test('what is required is asked conditionally, and costs nothing while it stays the same', async (t) => {
  const { world, repository, commit } = await reporting(t)
  const statuses: number[] = []
  const forge = world.again({
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      if ((init?.method ?? 'GET') === 'GET' && /branches/.test(String(input))) statuses.push(response.status)
      return response
    },
  })
  for (let i = 0; i < 2; i++) await forge.readChecks(repository, 'main', [commit])
  assert.deepEqual(statuses, [200, 200, 304, 304])
})

test('a token for checks may read them, and nothing more', async (t) => {
  const stub = await startStub(t)
  answering(stub, [[]])
  await forgeFor(stub).readChecks(REPOSITORY, 'main', [COMMIT])
  const wishes = stub.seen.filter(({ path }) => path.endsWith('/access_tokens')).map(({ body }) => body)
  const permissions = { contents: 'read', checks: 'read', statuses: 'read' }
  assert.deepEqual(wishes, [{ repositories: ['manifests'], permissions }])
})

test('every conclusion is one of three states, and only success, neutral and skipped are content', async (t) => {
  const stub = await startStub(t)
  const ended = (conclusion: string) => run(conclusion.toLowerCase(), { conclusion })
  const open = (status: string) => run(status.toLowerCase(), { status, conclusion: null })
  const failures = ['FAILURE', 'CANCELLED', 'TIMED_OUT', 'ACTION_REQUIRED', 'STALE', 'STARTUP_FAILURE']
  const waiting = ['QUEUED', 'IN_PROGRESS', 'WAITING', 'REQUESTED', 'PENDING']
  answering(stub, [
    [
      ...['SUCCESS', 'NEUTRAL', 'SKIPPED', ...failures].map(ended),
      ...waiting.map(open),
      ...['SUCCESS', 'FAILURE', 'ERROR', 'PENDING', 'EXPECTED'].map((state) => status(`s-${state}`, state)),
    ],
  ])
  const { commits } = await forgeFor(stub).readChecks(REPOSITORY, 'main', [COMMIT])
  const inState = (wanted: string) =>
    commits[COMMIT]?.filter(({ state }) => state === wanted).map(({ name }) => name)
  assert.deepEqual(inState('passed'), ['success', 'neutral', 'skipped', 's-SUCCESS'])
  assert.deepEqual(inState('failed'), [...failures.map((each) => each.toLowerCase()), 's-FAILURE', 's-ERROR'])
  assert.deepEqual(inState('pending'), [
    ...waiting.map((each) => each.toLowerCase()),
    's-PENDING',
    's-EXPECTED',
  ])
})

test('of an app that ran a check twice the run that began last counts, in whatever order they are told', async (t) => {
  const old = run('test', { startedAt: '2026-01-01T10:00:00Z', conclusion: 'FAILURE' })
  const again = run('test', { startedAt: '2026-01-01T11:00:00Z', conclusion: 'SUCCESS' })
  const queued = run('test', { startedAt: null, status: 'QUEUED', conclusion: null })
  const cases: [object[], string][] = [
    [[old, again], 'passed'],
    [[again, old], 'passed'],
    [[old, again, queued], 'pending'],
    [[queued, again], 'pending'],
    [[again, run('test', { startedAt: '2026-01-01T11:00:00Z', conclusion: 'FAILURE' })], 'failed'],
  ]
  for (const [nodes, expected] of cases) {
    const stub = await startStub(t)
    answering(stub, [nodes])
    const { commits } = await forgeFor(stub).readChecks(REPOSITORY, 'main', [COMMIT])
    assert.deepEqual(
      commits[COMMIT]?.map(({ state }) => state),
      [expected],
    )
  }
})

test('further pages of several commits are read together', async (t) => {
  const stub = await startStub(t)
  const page = (from: number) => Array.from({ length: 100 }, (_, i) => run(`c${from + i}`, {}))
  answering(stub, [page(0), page(100), page(200)])
  const commits = [COMMIT, 'b'.repeat(40), 'c'.repeat(40)]
  const read = await forgeFor(stub).readChecks(REPOSITORY, 'main', commits)
  assert.deepEqual(
    commits.map((oid) => read.commits[oid]?.length),
    [300, 300, 300],
  )
  assert.equal(stub.calls().filter((call) => call === 'POST /graphql').length, 3)
})

test('many rules are read to the last page', async (t) => {
  const stub = await startStub(t)
  answering(stub, [[]])
  const other = Array.from({ length: 100 }, () => ({ type: 'deletion' }))
  const required = {
    type: 'required_status_checks',
    parameters: { required_status_checks: [{ context: 'test', integration_id: 7 }] },
  }
  stub.on(RULES, ({ path }) => ({ body: path.includes('page=2') ? [required] : other }))
  const { required: names } = await forgeFor(stub).readChecks(REPOSITORY, 'main', [COMMIT])
  assert.deepEqual(names, ['test'])
})

test('what GitHub does not say of a protection is unknown, and not nothing', async (t) => {
  const hidden = { status: 403, body: { message: 'Resource not accessible by integration' } }
  const cases: [string | RegExp, object][] = [
    [BRANCH, hidden],
    [BRANCH, { status: 404, body: { message: 'Branch not found' } }],
    [RULES, { status: 404, body: { message: 'Not Found' } }],
    [BRANCH, { body: { name: 'main', protected: true } }],
    [RULES, { body: [{ type: 'required_status_checks' }] }],
  ]
  for (const [what, reply] of cases) {
    const stub = await startStub(t)
    answering(stub, [[]])
    stub.on(what, reply)
    await assert.rejects(forgeFor(stub).readChecks(REPOSITORY, 'main', [COMMIT]), {
      code: 'required-checks-unknown',
      kind: 'permanent',
    })
  }
  const stub = await startStub(t)
  answering(stub, [[]])
  stub.on(RULES, { status: 502, body: {} })
  await assert.rejects(forgeFor(stub).readChecks(REPOSITORY, 'main', [COMMIT]), {
    code: 'forge-unavailable',
    kind: 'transient',
  })
})

/** An unprotected branch, and for every commit the same pages of reports. */
function answering(stub: Stub, pages: object[][]): void {
  stub.on(BRANCH, { body: { name: 'main', protected: false } })
  stub.on(RULES, { body: [] })
  stub.on('POST /graphql', ({ body }) => {
    const { query, variables } = body as { query: string; variables: Record<string, unknown> }
    const aliases = [
      ...query.matchAll(
        /(c\d+): object\([^)]*\) \{ \.\.\. on Commit \{\s+statusCheckRollup \{ contexts\(first: 100(?:, after: \$(\w+))?\)/g,
      ),
    ]
    const commits = aliases.map(([, alias = '', after]) => {
      const at = after === undefined ? 0 : Number(variables[after])
      const pageInfo = { hasNextPage: at + 1 < pages.length, endCursor: String(at + 1) }
      return [alias, { statusCheckRollup: { contexts: { nodes: pages[at] ?? [], pageInfo } } }]
    })
    return {
      body: { data: { viewer: { login: 'supercargo[bot]' }, repository: Object.fromEntries(commits) } },
    }
  })
}

function run(name: string, change: Record<string, unknown>): object {
  return {
    __typename: 'CheckRun',
    name,
    status: 'COMPLETED',
    conclusion: 'SUCCESS',
    startedAt: '2026-01-01T10:00:00Z',
    permalink: 'https://ghe.example/acme/manifests/runs/1',
    checkSuite: { app: { databaseId: 15368, slug: 'github-actions' } },
    ...change,
  }
}

function status(context: string, state: string): object {
  const creator = { __typename: 'User', login: 'ada' }
  return {
    __typename: 'StatusContext',
    context,
    state,
    createdAt: '2026-01-01T10:00:00Z',
    targetUrl: null,
    creator,
  }
}
