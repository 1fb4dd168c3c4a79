import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Octokit } from '@octokit/rest'
import { commitFiles, startSandbox, TEST_TOKEN, type TestSandbox } from '../support/sandbox.ts'

let world: TestSandbox
before(async () => {
  world = await startSandbox()
})
after(() => world.close())

test('a renamed repository is found under its old name, by REST, GraphQL and git', async () => {
  const repository = await world.repository('acme/old')
  const clone = await world.clone('acme/old')
  await world.rest('PATCH', '/repos/acme/old', { name: 'new' })
  const octokit = new Octokit({ baseUrl: world.api, auth: TEST_TOKEN })
  const { data } = await octokit.repos.get({ owner: 'acme', repo: 'old' })
  assert.equal(data.full_name, 'acme/new')
  const { data: branch } = await octokit.repos.getBranch({ owner: 'acme', repo: 'old', branch: 'main' })
  assert.equal(branch.name, 'main')
  const { repository: found } = await octokit.graphql<{ repository: { nameWithOwner: string } }>(
    '{ repository(owner: "acme", name: "old") { nameWithOwner } }',
  )
  assert.equal(found.nameWithOwner, 'acme/new')
  const head = await commitFiles(world, repository, 'main', { a: '1' })
  await clone.git('pull', '--quiet')
  assert.equal(await clone.git('rev-parse', 'HEAD'), head)
})

test('a name that a repository had before can be given to another one', async () => {
  await world.repository('acme/first')
  await world.rest('PATCH', '/repos/acme/first', { name: 'second' })
  await world.repository('acme/first', { 'other.txt': 'x' })
  assert.equal((await world.rest('GET', '/repos/acme/first/contents/other.txt')).status, 200)
})

test('every account has a picture', async () => {
  const { body } = await world.rest('GET', '/user')
  const response = await fetch(body.avatar_url)
  assert.equal(response.status, 200)
  assert.match(await response.text(), /^<svg .*>Y<\/text>/s)
})
