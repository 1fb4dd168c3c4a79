import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cloneOf } from '../../contract/forge-world.ts'
import { startGitHubWorld } from '../../contract/github-world.ts'
import { EMPTY_REPOSITORY, forgeFor, REPOSITORY, startStub } from './stub.ts'

const CONFIG = '.supercargo.yml'
const QUERY = { mostBytes: 1000 }

test('a pull request of very many files is looked through, and one that leaves the file alone is seen to', async (t) => {
  const world = await startGitHubWorld(t)
  const repository = await world.createRepository('acme/web')
  const clone = await cloneOf(t, world, repository)
  await clone.push({ [CONFIG]: '1' })
  const many = Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`.ci/${i}.txt`, String(i)]))
  const head: Record<string, string> = {}
  for (const [branch, files] of Object.entries({ alone: many, own: { ...many, [CONFIG]: '3' } })) {
    await clone.git('switch', '--quiet', '-c', branch, 'main')
    head[branch] = await clone.push(files)
    await world.person.openPull(repository, { branch, base: 'main', title: branch })
  }
  await clone.git('switch', '--quiet', 'main')
  await clone.push({ [CONFIG]: '2' })
  world.requests()
  const { proposals } = await world.forge.readRepository(repository, [CONFIG], QUERY)
  assert.deepEqual(
    proposals.map((each) => [each.head, each.files]),
    [[head.own, { [CONFIG]: '3' }]],
  )
  assert.equal(world.requests().length, 4, 'the repository, both heads, and one more page for each of them')
})

test('a token that may not see pull requests reads the repository without them', async (t) => {
  const stub = await startStub(t)
  const path = ['repository', 'proposals']
  const hidden = {
    data: { viewer: { login: 'ci[bot]' }, repository: null },
    errors: [{ type: 'FORBIDDEN', path, message: 'Resource not accessible by integration' }],
  }
  stub.on('POST /graphql', ({ body }) =>
    String(body?.query).includes('proposals:') ? { body: hidden } : EMPTY_REPOSITORY,
  )
  const read = await forgeFor(stub).readRepository(REPOSITORY, [CONFIG], QUERY)
  assert.deepEqual([read.id, read.proposals], ['R_1', []])
})
