import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BRANCH, manifestsOf, opening } from '../../contract/forge-world.ts'
import { startGitHubWorld } from '../../contract/github-world.ts'

test('a mark stays the same until a branch, a tag or a pull request changes', async (t) => {
  const world = await startGitHubWorld(t)
  const { repository, base, clone } = await manifestsOf(t, world)
  const marks: (string | null | undefined)[] = []
  const look = async () => {
    const { seen } = await world.forge.glance()
    marks.push(seen.find((each) => each.repository.path === repository.path)?.mark)
  }
  await look()
  await look()
  assert.equal(typeof marks[0], 'string')
  assert.equal(marks[1], marks[0])
  const changes = [
    () => clone.push({ 'a.txt': '1' }, 'On the default branch'),
    () => clone.git('push', 'origin', 'HEAD:refs/heads/feature/a'),
    () => clone.git('push', 'origin', 'HEAD:refs/tags/v1'),
    () => clone.git('push', 'origin', ':refs/heads/feature/a'),
    () => world.forge.openChangeRequest(repository, opening(base)),
    () => world.forge.describeChangeRequest(repository, 1, { title: 'Another', body: 'text' }),
    () => clone.git('push', 'origin', `:refs/heads/${BRANCH}`),
  ]
  for (const change of changes) {
    await new Promise((done) => setTimeout(done, 1100))
    await change()
    await look()
  }
  assert.equal(new Set(marks).size, changes.length + 1)
})

test('a hundred repositories are seen with two requests, besides the one for the installations', async (t) => {
  const world = await startGitHubWorld(t)
  for (let i = 0; i < 101; i++) await world.createRepository(`acme/r${i}`)
  world.requests()
  assert.equal((await world.forge.glance()).seen.length, 101)
  assert.deepEqual(
    world.requests().map((each) => each.split('?')[0]),
    [
      'GET /app/installations',
      'GET /installation/repositories',
      'GET /installation/repositories',
      'POST /graphql',
      'POST /graphql',
    ],
  )
})
