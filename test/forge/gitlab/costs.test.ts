import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Forge, ManifestQuery } from '../../../src/forge/forge.ts'
import { cloneOf, manifestQuery, opening } from '../../contract/forge-world.ts'
import { startGitLabWorld } from '../../contract/gitlab-world.ts'

const TARGETS = ['staging', 'production', 'canary']

/** A project in a nested group, with three environments and a policy, and what a pass asks of it. */
async function environments(t: TestContext) {
  const world = await startGitLabWorld(t)
  const repository = await world.createRepository('acme/platform/k8s-manifests')
  const clone = await cloneOf(t, world, repository)
  const files = TARGETS.map((name) => [`apps/web/${name}/kustomization.yaml`, 'newTag: a\n'])
  await clone.push({ ...Object.fromEntries(files), '.supercargo/policy.yml': 'accept: []\n' })
  const query: ManifestQuery = manifestQuery({
    directories: TARGETS.map((name) => ({ path: `apps/web/${name}`, texts: true, history: 0 })),
    changeRequestBranches: TARGETS.map((name) => `supercargo/web/${name}`),
    branchPrefixes: ['supercargo/web/'],
  })
  const open = (forge: Forge, baseOid: string, target: string) =>
    forge.openChangeRequest(
      repository,
      opening(baseOid, 'b', {
        branch: `supercargo/web/${target}`,
        commit: {
          message: 'x',
          changes: [{ path: `apps/web/${target}/kustomization.yaml`, content: 'newTag: b\n' }],
        },
      }),
    )
  world.requests()
  return { world, repository, clone, query, open }
}

test('a new change request costs three requests to the manifest project, from a cold start', async (t) => {
  const { world, repository, query, open } = await environments(t)
  const { base, tree } = await world.forge.readManifests(repository, query)
  assert.deepEqual(
    tree.map(({ text }) => text),
    ['newTag: a\n', 'newTag: a\n', 'newTag: a\n'],
  )
  await open(world.forge, base, 'staging')
  const project = '/projects/acme%2Fplatform%2Fk8s-manifests'
  assert.deepEqual(world.requests(), [
    'POST /graphql',
    `POST ${project}/repository/commits`,
    `POST ${project}/merge_requests`,
  ])
})

test('a pass that changes nothing costs one request, whatever is open', async (t) => {
  const { world, repository, query, open } = await environments(t)
  const { base } = await world.forge.readManifests(repository, query)
  for (const target of TARGETS) await open(world.forge, base, target)
  const read = () => world.forge.readManifests(repository, query)
  // the first look asks GitLab whether they may be merged
  for (let i = 0; i < 2; i++) await read()
  world.requests()
  const snapshot = await read()
  assert.deepEqual(world.requests(), ['POST /graphql'])
  for (const { open: request, branch } of Object.values(snapshot.changeRequests)) {
    assert.deepEqual([request?.mergeability, branch?.ours, branch?.parents], ['clean', true, [base]])
    assert.equal(branch?.tree.length, TARGETS.length)
  }
  assert.deepEqual(snapshot.branches.toSorted(), query.changeRequestBranches.toSorted())
})

test('after a restart everything is read again, and then nothing twice', async (t) => {
  const { world, repository, query, open } = await environments(t)
  const { base } = await world.forge.readManifests(repository, query)
  for (const target of TARGETS) await open(world.forge, base, target)
  const before = await world.forge.readManifests(repository, query)
  const forge = world.again()
  await forge.readManifests(repository, query)
  world.requests()
  const after = await forge.readManifests(repository, query)
  assert.equal(world.requests().length, 1)
  assert.deepEqual(
    Object.values(after.changeRequests).map(({ branch }) => branch),
    Object.values(before.changeRequests).map(({ branch }) => branch),
  )
})

test('what people push is read again, and nothing else', async (t) => {
  const { world, repository, clone, query } = await environments(t)
  await world.forge.readManifests(repository, query)
  const base = await clone.push({ 'apps/web/staging/kustomization.yaml': 'newTag: c\n', 'README.md': 'x' })
  world.requests()
  const { tree, base: read } = await world.forge.readManifests(repository, query)
  assert.equal(world.requests().length, 1)
  assert.equal(read, base)
  assert.equal(tree.find(({ path }) => path.includes('staging'))?.text, 'newTag: c\n')
})

test('many merge requests of one environment hide nothing of another', async (t) => {
  const { world, repository, query, open } = await environments(t)
  const { base } = await world.forge.readManifests(repository, query)
  const waiting = await open(world.forge, base, 'production')
  const canary = await open(world.forge, base, 'canary')
  await world.person.closePull(repository, canary.number)
  const staging = await open(world.forge, base, 'staging')
  await world.person.closePull(repository, staging.number)
  let last = staging.number
  for (let i = 0; i < 45; i++) {
    // GitLab tells whole seconds: of what all changed within one, nobody can say what was seen
    if (i === 44) await sleep(1000)
    const wish = { branch: 'supercargo/web/staging', base: 'main', title: `${i}` }
    last = await world.person.openPull(repository, wish)
    await world.person.closePull(repository, last)
  }
  for (const forge of [world.forge, world.again()]) {
    await forge.readManifests(repository, query)
    await forge.readManifests(repository, query)
    world.requests()
    const { changeRequests } = await forge.readManifests(repository, query)
    assert.equal(world.requests().length, 1)
    const found = TARGETS.map((name) => changeRequests[`supercargo/web/${name}`])
    assert.deepEqual(
      found.map((state) => [state?.open?.number ?? null, state?.closed?.number ?? null, state?.merged]),
      [
        [null, last, null],
        [waiting.number, null, null],
        [null, canary.number, null],
      ],
    )
  }
})

test('an old change request that ends is noticed, however many are newer', async (t) => {
  const { world, repository, query, open } = await environments(t)
  const { base } = await world.forge.readManifests(repository, query)
  const old = await open(world.forge, base, 'production')
  await open(world.forge, base, 'staging')
  const state = async () =>
    (await world.forge.readManifests(repository, query)).changeRequests['supercargo/web/production']
  const head = (await state())?.branch?.head ?? ''
  const wish = { number: old.number, branch: 'supercargo/web/production', expectedHead: head }
  assert.equal((await world.forge.mergeChangeRequest(repository, wish)).merged, true)
  const after = await state()
  assert.deepEqual([after?.open, after?.branch, after?.merged?.number], [null, null, old.number])
})
