import assert from 'node:assert/strict'
import { test } from 'node:test'
import { install } from '../../../src/sandbox/model/installations.ts'
import { updateRepository } from '../../../src/sandbox/model/repositories.ts'
import { BRANCH, cloneOf, manifestQuery, manifestsOf, opening } from '../../contract/forge-world.ts'
import { startGitHubWorld, TOKEN } from '../../contract/github-world.ts'

const SOURCE = { branches: [], tags: true, pullRequests: true, liveBranches: true, commentMarker: 'm' }

test('an unchanged pass costs one request to the manifest repository', async (t) => {
  const world = await startGitHubWorld(t)
  const { repository, base, read } = await manifestsOf(t, world)
  await world.forge.openChangeRequest(repository, opening(base))
  await read()
  world.requests()
  await read()
  assert.deepEqual(world.requests(), ['POST /graphql'])
})

test('a hundred apps with two environments each cost one request, whatever is open', async (t) => {
  const world = await startGitHubWorld(t)
  const { repository } = await manifestsOf(t, world)
  const targets = Array.from({ length: 200 }, (_, i) => [`apps/${i}`, `supercargo/${i}/staging`] as const)
  world.requests()
  const { changeRequests } = await world.forge.readManifests(
    repository,
    manifestQuery({
      directories: targets.map(([path]) => ({ path, texts: true, history: 0 })),
      changeRequestBranches: targets.map(([, branch]) => branch),
      branchDirectories: Object.fromEntries(targets.map(([path, branch]) => [branch, [path]])),
    }),
  )
  assert.equal(Object.keys(changeRequests).length, targets.length)
  assert.deepEqual(world.requests(), ['POST /graphql'])
})

test('everything works with a plain token, but the check run, which says so', async (t) => {
  const world = await startGitHubWorld(t)
  const { repository, base } = await manifestsOf(t, world)
  const forge = world.again({ credentials: { token: TOKEN } })
  const { number } = await forge.openChangeRequest(repository, opening(base))
  const state = (await forge.readManifests(repository, manifestQuery())).changeRequests[BRANCH]
  assert.deepEqual([state?.open?.number, state?.open?.ours, state?.branch?.ours], [number, true, true])
  assert.equal((await forge.readRepository(repository, [])).head, base)
  const report = { conclusion: 'success', title: 'Fine', summary: 'Fine.', annotations: [] } as const
  await assert.rejects(
    forge.writeReport(repository, { ...report, annotations: [], id: null, commit: base }),
    {
      code: 'report-not-allowed',
    },
  )
  const wish = { number, branch: BRANCH, expectedHead: state?.branch?.head ?? '' }
  assert.equal((await forge.mergeChangeRequest(repository, wish)).merged, true)
})

test('a repository that allows no merge commits is merged by squashing', async (t) => {
  const world = await startGitHubWorld(t)
  const { repository, clone, base, state } = await manifestsOf(t, world)
  const [row] = world.model.tables.repositories.all()
  assert.ok(row)
  await updateRepository(world.model, row, { allowMergeCommit: false })
  const { number } = await world.forge.openChangeRequest(repository, opening(base))
  const expectedHead = (await state()).branch?.head ?? ''
  const result = await world.forge.mergeChangeRequest(repository, { number, branch: BRANCH, expectedHead })
  assert.equal(result.merged, true)
  await clone.checkout('main')
  assert.equal(await clone.git('log', '-1', '--format=%P'), base)
})

test('mergeability that GitHub has not worked out yet is pending', async (t) => {
  const world = await startGitHubWorld(t)
  const { repository, base, state } = await manifestsOf(t, world)
  world.model.faults.mergeabilityUnknownFor = 1
  await world.forge.openChangeRequest(repository, opening(base))
  assert.equal((await state()).open?.mergeability, 'pending')
})

test('a listing of which a part cannot be read is never taken for the whole', async (t) => {
  const world = await startGitHubWorld(t)
  const repository = await world.createRepository('acme/web')
  const clone = await cloneOf(t, world, repository)
  const head = await clone.push({ a: '1' })
  const tags = Array.from({ length: 150 }, (_, i) => `${head}:refs/tags/v${i}`)
  await clone.git('push', '--quiet', 'origin', ...tags)
  world.model.faults.cutListingsAt = 100
  await assert.rejects(world.forge.readSource(repository, SOURCE), { kind: 'transient' })
  world.model.faults.cutListingsAt = null
  assert.equal((await world.forge.readSource(repository, SOURCE)).tags.items.length, 150)
})

test('a branch or tag whose commit GitHub does not tell makes its listing incomplete', async (t) => {
  const world = await startGitHubWorld(t)
  const repository = await world.createRepository('acme/web')
  const page = { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] }
  const hidden = { ...page, nodes: [{ name: 'x', target: null }] }
  const found = { id: 'R_1', tags: hidden, live: hidden, pulls: page, closed: page }
  const matches = ({ query }: { query: string | null }) => query?.includes('ReadSource') === true
  world.model.faults.fail({ matches, answer: { status: 200, body: { data: { repository: found } } } })
  const { tags, liveBranches } = await world.forge.readSource(repository, { ...SOURCE, liveBranches: true })
  assert.deepEqual([tags.complete, liveBranches.complete], [false, false])
})

test('a directory that cannot be read makes the snapshot incomplete, or throws', async (t) => {
  const world = await startGitHubWorld(t)
  const { read } = await manifestsOf(t, world, { 'apps/web/staging/1/2/3/4/5/6.yaml': 'a: 1\n' })
  const matches = ({ query }: { query: string | null }) => query?.includes('ReadTrees') === true
  const body = { data: { repository: { t0: null } } }
  world.model.faults.fail({ matches, answer: { status: 200, body } })
  assert.equal((await read()).complete, false)
  world.model.faults.fail({ matches, times: 3, answer: { status: 502 } })
  await assert.rejects(read(), { code: 'forge-unavailable', kind: 'transient' })
  assert.equal((await read()).complete, true)
})

test('an installation that did not grant a permission is told to accept it', async (t) => {
  const world = await startGitHubWorld(t)
  const repository = await world.createRepository('acme/web')
  install(world.model, 'acme', { permissions: { metadata: 'read', contents: 'read' } })
  await assert.rejects(world.forge.readRepository(repository, []), {
    code: 'permission-missing',
    kind: 'permanent',
    advice: /Accept/,
  })
})

test('a repository outside of the installation is not found', async (t) => {
  const world = await startGitHubWorld(t)
  const inside = await world.createRepository('acme/web')
  const outside = await world.createRepository('acme/secret')
  const rows = world.model.tables.repositories.all().filter(({ name }) => name === 'web')
  install(world.model, 'acme', { repositories: rows })
  assert.equal((await world.forge.readRepository(inside, [])).head, null)
  await assert.rejects(world.forge.readRepository(outside, []), { code: 'repository-not-found' })
  assert.deepEqual(
    (await world.forge.glance()).seen.map(({ repository }) => repository.path),
    ['acme/web'],
  )
})
