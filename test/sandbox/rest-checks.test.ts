import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { headOf, startSandbox, type TestSandbox } from '../support/sandbox.ts'

let world: TestSandbox
let sha: string
let token: string
before(async () => {
  world = await startSandbox()
  const repository = await world.repository('acme/web')
  sha = (await headOf(world, repository, 'main')) ?? ''
  token = await world.token()
})
after(() => world.close())

const annotation = {
  path: 'README.md',
  start_line: 1,
  end_line: 1,
  start_column: 3,
  end_column: 5,
  annotation_level: 'failure',
  message: 'Wrong',
}

test('an app reports by check runs with annotations, grouped in a suite', async () => {
  const path = '/repos/acme/web/check-runs'
  const made = await world.rest(
    'POST',
    path,
    { name: 'config', head_sha: sha, status: 'in_progress' },
    { token },
  )
  assert.equal(made.status, 201)
  assert.deepEqual([made.body.status, made.body.conclusion], ['in_progress', null])
  const output = { title: 'One problem', summary: 'See below', annotations: [annotation] }
  const done = await world.rest(
    'PATCH',
    `${path}/${made.body.id}`,
    { conclusion: 'failure', output },
    { token },
  )
  assert.deepEqual([done.body.status, done.body.conclusion], ['completed', 'failure'])
  assert.equal(done.body.output.annotations_count, 1)
  const more = { output: { title: 'Two problems', summary: 'See below', annotations: [annotation] } }
  await world.rest('PATCH', `${path}/${made.body.id}`, more, { token })
  const annotations = await world.rest('GET', `${path}/${made.body.id}/annotations`)
  assert.deepEqual(
    annotations.body.map(({ path: file, start_line }: Record<string, unknown>) => [file, start_line]),
    [
      ['README.md', 1],
      ['README.md', 1],
    ],
    'annotations add up, as on GitHub',
  )
  const runs = await world.rest('GET', `/repos/acme/web/commits/${sha}/check-runs?check_name=config`)
  assert.deepEqual([runs.body.total_count, runs.body.check_runs[0].app.slug], [1, 'supercargo'])
  const suites = await world.rest('GET', '/repos/acme/web/commits/main/check-suites')
  const [suite] = suites.body.check_suites
  assert.deepEqual([suite.head_branch, suite.conclusion], ['main', 'failure'])
  const completed = await world.hooks.wait('check_suite', ({ action }) => action === 'completed')
  assert.equal(completed.payload.check_suite.id, made.body.check_suite.id)
  const actions = world.hooks.received
    .filter(({ event }) => event === 'check_run')
    .map(({ payload }) => payload.action)
  assert.deepEqual(actions, ['created', 'completed'])
})

test('a newer run of the same name replaces the older one in listings', async () => {
  const run = (conclusion: string) =>
    world.rest('POST', '/repos/acme/web/check-runs', { name: 'twice', head_sha: sha, conclusion }, { token })
  await run('failure')
  await run('success')
  const list = async (query: string) => {
    const { body } = await world.rest(
      'GET',
      `/repos/acme/web/commits/${sha}/check-runs?check_name=twice${query}`,
    )
    return body.check_runs.map(({ conclusion }: { conclusion: string }) => conclusion)
  }
  assert.deepEqual(await list(''), ['success'])
  assert.deepEqual(await list('&filter=all'), ['success', 'failure'])
})

test('what GitHub refuses of a check run is refused', async () => {
  const post = async (body: unknown, as: string | undefined = token) => {
    const options = { wrong: true, ...(as === undefined ? {} : { token: as }) }
    const answer = await world.rest('POST', '/repos/acme/web/check-runs', body, options)
    return `${answer.status} ${answer.body.message}`
  }
  const run = { name: 'x', head_sha: sha }
  const byPerson = await world.rest('POST', '/repos/acme/web/check-runs', run)
  assert.equal(byPerson.body.message, 'You must authenticate via a GitHub App.')
  assert.match(await post({ ...run, head_sha: 'f'.repeat(40) }), /^422 No commit found for SHA/)
  assert.match(await post({ ...run, status: 'completed' }), /^422 .*"conclusion" wasn't supplied/s)
  const annotations = Array.from({ length: 51 }, () => annotation)
  assert.match(
    await post({ ...run, output: { title: 'x', summary: 'x', annotations } }),
    /^422 .*No more than 50/s,
  )
  const summary = 'x'.repeat(65_536)
  assert.match(await post({ ...run, output: { title: 'x', summary } }), /^422 .*maximum bytesize of 65535/s)
})

test('commit statuses are told by context, the newest of each counts', async () => {
  const write = await world.token('acme', { permissions: { statuses: 'read' } })
  const denied = { state: 'success', context: 'ci' }
  assert.equal(
    (await world.rest('POST', `/repos/acme/web/statuses/${sha}`, denied, { token: write })).status,
    403,
  )
  const post = (state: string, context: string) =>
    world.rest('POST', `/repos/acme/web/statuses/${sha}`, { state, context, description: 'Said so' })
  const combined = async () => (await world.rest('GET', '/repos/acme/web/commits/main/status')).body
  assert.equal((await combined()).state, 'pending')
  await post('pending', 'ci')
  await post('success', 'lint')
  assert.deepEqual([(await combined()).state, (await combined()).total_count], ['pending', 2])
  await post('success', 'ci')
  assert.deepEqual([(await combined()).state, (await combined()).total_count], ['success', 2])
  await post('error', 'lint')
  assert.equal((await combined()).state, 'failure')
  const all = await world.rest('GET', `/repos/acme/web/commits/${sha}/statuses`)
  assert.equal(all.body.length, 4)
  assert.deepEqual(
    [all.body[0].state, all.body[0].context, all.body[0].creator.login],
    ['error', 'lint', 'you'],
  )
  const { payload } = await world.hooks.wait('status', ({ context }) => context === 'lint')
  assert.deepEqual([payload.sha, payload.branches[0].name], [sha, 'main'])
})
