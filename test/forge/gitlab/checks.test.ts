import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setPipelineStatus } from '../../../src/sandbox/gitlab/state/pipelines.ts'
import { findRepository } from '../../../src/sandbox/model/access.ts'
import { cloneOf } from '../../contract/forge-world.ts'
import { judgeComplexity } from '../../contract/gitlab-complexity.ts'
import { startGitLabWorld } from '../../contract/gitlab-world.ts'
import { startStub } from '../github/stub.ts'
import { forgeFor, PROJECT, REPOSITORY } from './stub.ts'

const COMMIT = 'a'.repeat(40)

interface Answer {
  status: string
  jobs?: object[]
  skippedIsFine?: boolean
}

/** The checks that an adapter makes of one pipeline, as `name state`. */
async function checksOf(t: TestContext, { status, jobs = [], skippedIsFine = false }: Answer) {
  const stub = await startStub(t)
  stub.on('POST /graphql', {
    body: {
      data: {
        project: {
          onlyAllowMergeIfPipelineSucceeds: true,
          allowMergeOnSkippedPipeline: skippedIsFine,
          c0: { nodes: [{ status, jobs: { nodes: jobs, pageInfo: { hasNextPage: false } } }] },
        },
      },
    },
  })
  // of the two statuses with the bot's name one is the bot's
  stub.on(new RegExp(`^GET ${PROJECT}/repository/commits/${COMMIT}/statuses\\?`), {
    body: [
      { id: 1, name: 'supercargo', author: { id: 7 } },
      { id: 2, name: 'supercargo', author: { id: 8 } },
    ],
  })
  const { commits, required } = await forgeFor(stub).readChecks(REPOSITORY, 'main', [COMMIT])
  assert.deepEqual(required, ['pipeline'])
  return commits[COMMIT]?.map(({ name, state }) => `${name} ${state}`)
}

function job(name: string, status: string, allowFailure = false, id = 'Ci::Build/9') {
  return { id: `gid://gitlab/${id}`, name, status, allowFailure }
}

const report = (status: string, id = 1) => job('supercargo', status, false, `GenericCommitStatus/${id}`)

test('a pipeline has passed only when it has succeeded, and waits while it may still do so', async (t) => {
  const states = {
    passed: ['SUCCESS'],
    failed: ['FAILED', 'CANCELED', 'SKIPPED'],
    pending: ['CREATED', 'WAITING_FOR_RESOURCE', 'PREPARING', 'PENDING', 'RUNNING', 'MANUAL', 'SCHEDULED'],
  }
  for (const [state, all] of Object.entries(states)) {
    for (const status of all) assert.deepEqual(await checksOf(t, { status }), [`pipeline ${state}`])
  }
  const skipped = await checksOf(t, { status: 'SKIPPED', skippedIsFine: true })
  assert.deepEqual(skipped, ['pipeline passed'])
})

test('jobs that may fail do no harm, and those that a person may start say nothing', async (t) => {
  const jobs = [
    job('test', 'SUCCESS'),
    job('flaky', 'FAILED', true),
    job('stopped', 'CANCELED', true),
    job('deploy', 'MANUAL', true),
    job('on-failure', 'SKIPPED'),
  ]
  assert.deepEqual(await checksOf(t, { status: 'SUCCESS', jobs }), [
    'pipeline passed',
    'test passed',
    'flaky passed',
    'stopped passed',
    'on-failure passed',
  ])
})

test('what did not get its turn after a failure has not passed, and a gate waits for its person', async (t) => {
  const failed = [job('test', 'FAILED'), job('build', 'SKIPPED'), job('lint', 'CANCELED')]
  assert.deepEqual(await checksOf(t, { status: 'FAILED', jobs: failed }), [
    'pipeline failed',
    'test failed',
    'build failed',
    'lint failed',
  ])
  const gate = [job('test', 'SUCCESS'), job('approve', 'MANUAL'), job('build', 'CREATED')]
  assert.deepEqual(await checksOf(t, { status: 'MANUAL', jobs: gate }), [
    'pipeline pending',
    'test passed',
    'approve pending',
    'build pending',
  ])
})

test('a pipeline is judged without the report that the bot put into it', async (t) => {
  const passed = [job('test', 'SUCCESS'), job('deploy', 'MANUAL', true), job('flaky', 'FAILED', true)]
  const cases: [Answer, string | undefined][] = [
    [{ status: 'FAILED', jobs: [report('FAILED'), ...passed] }, 'pipeline passed'],
    [{ status: 'FAILED', jobs: [report('FAILED'), job('test', 'FAILED'), ...passed] }, 'pipeline failed'],
    [{ status: 'FAILED', jobs: [report('SUCCESS'), job('test', 'FAILED')] }, 'pipeline failed'],
    [{ status: 'RUNNING', jobs: [report('FAILED'), job('test', 'RUNNING')] }, 'pipeline pending'],
    [{ status: 'SUCCESS', jobs: [report('SUCCESS'), job('test', 'SKIPPED')] }, 'pipeline failed'],
    [{ status: 'SUCCESS', jobs: [report('SUCCESS')] }, undefined],
    [{ status: 'FAILED', jobs: [report('FAILED')] }, undefined],
  ]
  for (const [answer, expected] of cases) assert.equal((await checksOf(t, answer))?.[0], expected)
})

test("a status or a job of the report's name that is not the bot's counts", async (t) => {
  const foreign = { status: 'FAILED', jobs: [report('FAILED', 2)] }
  assert.deepEqual(await checksOf(t, foreign), ['pipeline failed', 'supercargo failed'])
  const own = { status: 'FAILED', jobs: [job('supercargo', 'FAILED', false, 'Ci::Build/1')] }
  assert.deepEqual(await checksOf(t, own), ['pipeline failed', 'supercargo failed'])
})

test('the newest pipeline of the branch counts, and none of another branch', async (t) => {
  const world = await startGitLabWorld(t)
  const repository = await world.createRepository('acme/web')
  const commit = await (await cloneOf(t, world, repository)).push({ a: '1' })
  const row = findRepository(world.model, 'acme', 'web')
  assert.ok(row)
  await world.person.check(repository, commit, 'test', 'failed')
  await world.person.check(repository, commit, 'nightly', 'failed', 'other')
  const read = async () => {
    const { commits } = await world.forge.readChecks(repository, 'main', [commit])
    return commits[commit]?.map(({ name, state }) => `${name} ${state}`)
  }
  assert.deepEqual(await read(), ['pipeline failed', 'test failed'])
  const response = await fetch(`${world.url}/api/v4/projects/acme%2Fweb/pipeline?ref=main`, {
    method: 'POST',
    headers: { 'private-token': 'a-persons-token' },
  })
  const { id } = (await response.json()) as { id: number }
  assert.deepEqual(await read(), ['pipeline pending'])
  const made = world.model.tables.pipelines.get(id)
  assert.ok(made)
  setPipelineStatus(world.model, row, world.model.you, made, 'success')
  assert.deepEqual(await read(), ['pipeline passed'])
})

test('whose report it is is asked once, and not at all where it was read before', async (t) => {
  const world = await startGitLabWorld(t)
  const repository = await world.createRepository('acme/web')
  const commit = await (await cloneOf(t, world, repository)).push({ a: '1' })
  const wish = { id: null, commit, conclusion: 'success', title: 'x', summary: 'x' } as const
  await world.forge.writeReport(repository, { ...wish, annotations: [] })
  const forge = world.again()
  const cost = async () => {
    world.requests()
    await forge.readChecks(repository, 'main', [commit])
    return world.requests().length
  }
  assert.equal(await cost(), 2)
  assert.equal(await cost(), 1)
  const reading = world.again()
  await reading.readRepository(repository, [])
  world.requests()
  await reading.readChecks(repository, 'main', [commit])
  assert.deepEqual(world.requests(), ['POST /graphql'])
})

test('a pipeline that begins while the jobs of another one are read makes it read again', async (t) => {
  const stub = await startStub(t)
  let looks = 0
  stub.on('POST /graphql', ({ body }) => {
    judgeComplexity(body as { query: string; variables: Record<string, unknown> })
    looks++
    const pageInfo = { hasNextPage: true, endCursor: 'x' }
    const jobs = { nodes: [job('test', 'SUCCESS')], pageInfo }
    const nodes = [{ id: `gid://gitlab/Ci::Pipeline/${looks}`, status: 'RUNNING', jobs }]
    return { body: { data: { project: { onlyAllowMergeIfPipelineSucceeds: false, c0: { nodes } } } } }
  })
  await assert.rejects(forgeFor(stub).readChecks(REPOSITORY, 'main', [COMMIT]), { kind: 'conflict' })
  assert.equal(looks, 3)
})

test('what GitLab does not say of its demands is unknown, and not nothing', async (t) => {
  const stub = await startStub(t)
  stub.on('POST /graphql', { body: { data: { project: { onlyAllowMergeIfPipelineSucceeds: null } } } })
  await assert.rejects(forgeFor(stub).readChecks(REPOSITORY, 'main', [COMMIT]), {
    code: 'required-checks-unknown',
    kind: 'permanent',
  })
})
