import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { appJwt, commitFiles, headOf, startSandbox, type TestSandbox } from '../support/sandbox.ts'

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

test('another app reports by its own token, and is shown as its own app', async () => {
  const wrong = { wrong: true }
  assert.equal((await world.rest('POST', '/admin/users', { login: 'ci[bot]' }, wrong)).status, 201)
  const made = await world.rest(
    'POST',
    '/admin/users/ci%5Bbot%5D/authorizations',
    { scopes: ['repo'] },
    wrong,
  )
  const ci = { token: made.body.token }
  const run = { name: 'test', head_sha: sha, conclusion: 'success' }
  const post = () => world.rest('POST', '/repos/acme/web/check-runs', run, ci)
  assert.equal((await post()).status, 403, 'it has no access yet')
  await world.rest('PUT', '/repos/acme/web/collaborators/ci%5Bbot%5D', { permission: 'push' })
  const { status, body } = await post()
  assert.deepEqual([status, body.app.slug], [201, 'ci'])
  const app = await world.rest('GET', '/apps/ci')
  assert.deepEqual([app.body.id, app.body.slug], [body.app.id, 'ci'])
  const listed = await world.rest('GET', `/repos/acme/web/commits/${sha}/check-runs?app_id=${body.app.id}`)
  assert.deepEqual([listed.body.total_count, listed.body.check_runs[0].app.slug], [1, 'ci'])
  const own = await world.rest('PATCH', `/repos/acme/web/check-runs/${body.id}`, { name: 'x' }, { token })
  assert.equal(own.status, 403, 'nobody else changes its runs')
  const hook = await world.hooks.wait('check_suite', ({ check_suite }) => check_suite.app.slug === 'ci')
  assert.equal(hook.payload.check_suite.conclusion, 'success')
})

test('a ruleset requires checks of the branches that it fits, from the app that it names', async () => {
  const repository = await world.repository('acme/ruled')
  const head = (await headOf(world, repository, 'main')) ?? ''
  const { body: app } = await world.rest('GET', '/app', undefined, { token: appJwt() })
  const parameters = {
    strict_required_status_checks_policy: false,
    required_status_checks: [{ context: 'test', integration_id: app.id }],
  }
  const ruleset = {
    name: 'Tested',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: ['refs/heads/x*'] } },
    rules: [{ type: 'required_status_checks', parameters }],
  }
  const made = await world.rest('POST', '/repos/acme/ruled/rulesets', ruleset)
  assert.equal(made.status, 201)
  const read = { token: await world.token('acme', { permissions: { metadata: 'read' } }) }
  const rules = async (branch: string) =>
    (await world.rest('GET', `/repos/acme/ruled/rules/branches/${branch}`, undefined, read)).body
  const [rule] = await rules('main')
  assert.deepEqual(
    [rule.type, rule.parameters.required_status_checks],
    ['required_status_checks', [{ context: 'test', integration_id: app.id }]],
  )
  assert.deepEqual(await rules('feature'), [])
  const branch = await world.rest('GET', '/repos/acme/ruled/branches/main')
  assert.deepEqual([branch.body.protected, branch.body.protection.enabled], [true, false])

  await world.rest('POST', '/repos/acme/ruled/git/refs', { ref: 'refs/heads/feature', sha: head })
  const work = await commitFiles(world, repository, 'feature', { a: '1' })
  const { body: pull } = await world.rest('POST', '/repos/acme/ruled/pulls', {
    title: 'x',
    head: 'feature',
    base: 'main',
  })
  const merge = async () =>
    (await world.rest('PUT', `/repos/acme/ruled/pulls/${pull.number}/merge`, {})).status
  assert.equal(await merge(), 405)
  await world.rest('POST', `/repos/acme/ruled/statuses/${work}`, { state: 'success', context: 'test' })
  assert.equal(await merge(), 405, 'a person is not the app')
  const writer = { token: await world.token() }
  const run = { name: 'test', head_sha: work, conclusion: 'success' }
  await world.rest('POST', '/repos/acme/ruled/check-runs', run, writer)
  assert.equal(await merge(), 200)
  assert.equal((await world.rest('DELETE', `/repos/acme/ruled/rulesets/${made.body.id}`)).status, 204)
  assert.deepEqual(await rules('main'), [])
})

test('a protected branch tells readers which checks it requires of whom', async () => {
  await world.repository('acme/guarded')
  await world.rest('PUT', '/repos/acme/guarded/branches/main/protection', {
    required_status_checks: {
      strict: false,
      contexts: [],
      checks: [{ context: 'test', app_id: 7 }, { context: 'lint' }],
    },
    required_pull_request_reviews: null,
    enforce_admins: null,
    restrictions: null,
  })
  const read = { token: await world.token('acme', { permissions: { contents: 'read' } }) }
  const { body } = await world.rest('GET', '/repos/acme/guarded/branches/main', undefined, read)
  assert.deepEqual(body.protection.required_status_checks.checks, [
    { context: 'test', app_id: 7 },
    { context: 'lint', app_id: null },
  ])
})
