import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BRANCH, FILE, manifestsOf, opening } from '../../contract/forge-world.ts'
import { startGitHubWorld } from '../../contract/github-world.ts'
import { EMPTY_REPOSITORY, forgeFor, REPOSITORY, type Stub, startStub } from './stub.ts'

const BASE = 'a'.repeat(40)

/** Answers what a write asks first, and then mutations one after the other. */
function answerMutations(stub: Stub, ...answers: object[]): string[] {
  const documents: string[] = []
  stub.on('POST /graphql', ({ body }) => {
    const query = String(body?.query)
    if (query.startsWith('query ReadFacts')) return EMPTY_REPOSITORY
    if (query.startsWith('query ReadBase')) {
      return { body: { data: { repository: { object: { tree: { oid: BASE }, f0: null } } } } }
    }
    documents.push(/^\w+ (\w+)/.exec(query)?.[1] ?? '')
    return { body: answers[documents.length - 1] ?? {} }
  })
  return documents
}

const DONE = { branch: { ref: { name: BRANCH } }, commit: { commit: { oid: 'b'.repeat(40) } } }
const pull = { pullRequest: { id: 'PR_1', number: 1, url: 'https://ghe.example/acme/manifests/pull/1' } }
const problem = (path: string, type: string, message: string) => ({ path: [path], type, message })

test('when GitHub does not see the new branch yet, the pull request alone is tried again', async (t) => {
  const stub = await startStub(t)
  const unseen = problem('pull', 'UNPROCESSABLE', "Head sha can't be blank, No commits between main and x")
  const documents = answerMutations(
    stub,
    { data: { ...DONE, pull: null }, errors: [unseen] },
    { data: { pull: null }, errors: [unseen] },
    { data: { pull } },
  )
  const link = await forgeFor(stub).openChangeRequest(REPOSITORY, opening(BASE))
  assert.deepEqual(link, { number: 1, url: pull.pullRequest.url })
  assert.deepEqual(documents, ['Open', 'OpenPull', 'OpenPull'])
})

test('a branch without a pull request is reported, not repeated for ever', async (t) => {
  const stub = await startStub(t)
  const unseen = {
    data: { ...DONE, pull: null },
    errors: [problem('pull', 'UNPROCESSABLE', "Head sha can't be blank")],
  }
  const documents = answerMutations(stub, unseen, unseen, unseen, unseen, unseen)
  await assert.rejects(forgeFor(stub).openChangeRequest(REPOSITORY, opening(BASE)), {
    code: 'change-request-half-made',
    kind: 'transient',
  })
  assert.equal(documents.length, 4)
})

test('a commit that GitHub refuses is never reported as done, whatever else the document did', async (t) => {
  const stub = await startStub(t)
  const refused = problem('commit', 'UNPROCESSABLE', 'Repository rule violations found')
  answerMutations(stub, { data: { ...DONE, commit: null, pull }, errors: [refused] })
  await assert.rejects(forgeFor(stub).openChangeRequest(REPOSITORY, opening(BASE)), {
    code: 'write-refused',
    kind: 'permanent',
    message: /Repository rule violations/,
  })
})

test('a write whose answer was lost is not repeated, and the next pass finds it done', async (t) => {
  const world = await startGitHubWorld(t)
  const { repository, base, state } = await manifestsOf(t, world)
  world.model.faults.fail({
    matches: ({ query }) => query?.includes('createPullRequest') === true,
    answer: { status: 502 },
    when: 'after',
  })
  await assert.rejects(world.forge.openChangeRequest(repository, opening(base)), { kind: 'transient' })
  const { open, branch } = await state()
  assert.deepEqual([open?.ours, open?.head], [true, branch?.head])
  assert.equal(world.model.tables.pulls.all().length, 1)
})

test('an adapter that has read nothing yet writes as well, after asking for what it needs', async (t) => {
  const world = await startGitHubWorld(t)
  const { repository, clone, base, state } = await manifestsOf(t, world)
  const { number } = await world.again().openChangeRequest(repository, opening(base))
  const expectedHead = (await state()).branch?.head ?? ''
  const update = { ...opening(base, 'c'), number, before: opening(base), expectedHead }
  await world.again().updateChangeRequest(repository, update)
  assert.equal(await clone.show(BRANCH, FILE), 'newTag: c')
  const head = (await state()).branch?.head ?? ''
  await world.again().closeChangeRequest(repository, { number, body: '', branch: BRANCH, expectedHead: head })
  assert.deepEqual([(await state()).branch, (await state()).closed?.number], [null, number])
})

test('a change too large for one document goes by trees and commits', async (t) => {
  const world = await startGitHubWorld(t)
  const { repository, clone, base } = await manifestsOf(t, world)
  const large = '# a line of a very large file\n'.repeat(200_000)
  const commit = { message: 'Large', changes: [{ path: 'apps/web/staging/large.yaml', content: large }] }
  await world.forge.openChangeRequest(repository, opening(base, 'b', { commit }))
  assert.ok(world.requests().some((call) => call.endsWith('/git/trees')))
  assert.equal(await clone.show(BRANCH, 'apps/web/staging/large.yaml'), large.trimEnd())
})
