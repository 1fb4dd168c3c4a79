import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fileAt } from '../../src/sandbox/git/walk.ts'
import { findPull, openPull } from '../../src/sandbox/model/pulls.ts'
import { type GraphqlWorld, graphqlWorld } from './graphql-world.ts'

const BRANCH = 'supercargo/web/staging'
const REF = `refs/heads/${BRANCH}`
const ZERO = '0'.repeat(40)
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** What the bot does for a new change request: branch, commit and pull request in one document. */
const OPEN = `mutation ($repository: ID!, $oid: GitObjectID!, $commit: CreateCommitOnBranchInput!, $pull: CreatePullRequestInput!) {
  branch: createRef(input: { repositoryId: $repository, name: "${REF}", oid: $oid }) { ref { name target { oid } } }
  commit: createCommitOnBranch(input: $commit) { commit { oid url } ref { name } }
  pull: createPullRequest(input: $pull) { pullRequest { id number url headRefOid author { login } } }
}`

async function world(t: TestContext) {
  const made = await graphqlWorld(t, { 'app.yaml': 'tag: a\n' })
  const { id } = (await made.get('{ repository(owner: "acme", name: "manifests") { id } }')).repository
  const bot = made.installation({ contents: 'write', pull_requests: 'write', metadata: 'read' })
  return { ...made, id: id as string, bot }
}

function opening(id: string, base: string, expectedHeadOid = base) {
  const fileChanges = { additions: [{ path: 'app.yaml', contents: base64('tag: b\n') }] }
  const branch = { repositoryNameWithOwner: 'acme/manifests', branchName: BRANCH }
  const message = { headline: 'Set web to b', body: 'Because.' }
  return {
    repository: id,
    oid: base,
    commit: { branch, expectedHeadOid, message, fileChanges },
    pull: { repositoryId: id, baseRefName: 'main', headRefName: BRANCH, title: 'Set web to b', body: 'Body' },
  }
}

async function headOf({ model, repository }: GraphqlWorld, branch: string) {
  return (await model.git(repository).ref(`refs/heads/${branch}`))?.oid ?? null
}

test('one document makes branch, commit and pull request, as the bot, and sends the webhooks', async (t) => {
  const here = await world(t)
  const { get, model, repository, events, base, bot, id } = here
  events.length = 0
  const data = await get(OPEN, opening(id, base), bot)
  const head = await headOf(here, BRANCH)
  assert.equal(data.branch.ref.target.oid, base)
  assert.equal(data.commit.commit.oid, head)
  assert.equal(data.pull.pullRequest.headRefOid, head)
  assert.equal(data.pull.pullRequest.author.login, 'supercargo')
  const git = model.git(repository)
  const commit = await git.commit(head ?? '')
  assert.deepEqual(commit?.parents, [base])
  assert.equal(commit?.message, 'Set web to b\n\nBecause.')
  assert.equal(commit?.author.name, 'supercargo[bot]')
  assert.equal(commit?.committer.email, 'noreply@github.com')
  assert.equal((await fileAt(git, head ?? '', 'app.yaml'))?.toString(), 'tag: b\n')
  const seen = events.map((event) => ('action' in event ? `${event.type} ${event.action}` : event.type))
  assert.deepEqual(seen, ['refs', 'refs', 'pull opened'])
})

test('a document that fails half-way leaves the effects of the fields before the failure', async (t) => {
  const here = await world(t)
  const { ask, base, bot, id } = here
  const { data, errors } = await ask(OPEN, opening(id, base, ZERO.replaceAll('0', 'a')), bot)
  assert.equal(data.branch.ref.name, BRANCH)
  assert.equal(data.commit, null)
  assert.equal(data.pull, null)
  assert.equal(await headOf(here, BRANCH), base)
  assert.deepEqual(
    errors.map(({ type, path }) => [type, path]),
    [
      ['STALE_DATA', ['commit']],
      ['UNPROCESSABLE', ['pull']],
    ],
  )
  assert.match(errors[0]?.message ?? '', /^Expected branch to point to "a+" but it did not\./)
  assert.match(errors[1]?.message ?? '', /No commits between main and/)
})

test('a second branch and a second pull request of the same name are refused', async (t) => {
  const { ask, get, base, bot, id } = await world(t)
  await get(OPEN, opening(id, base), bot)
  const { errors } = await ask(OPEN, opening(id, base), bot)
  assert.deepEqual(
    errors.map(({ type, message }) => [type, message]),
    [
      ['UNPROCESSABLE', `A ref named "${REF}" already exists in the repository.`],
      ['STALE_DATA', `Expected branch to point to "${base}" but it did not. Pull and try again.`],
      ['UNPROCESSABLE', `A pull request already exists for acme:${BRANCH}.`],
    ],
  )
})

test('a token without the permission changes nothing and is told so', async (t) => {
  const here = await world(t)
  const { ask, base, installation, id, events } = here
  events.length = 0
  const reader = installation({ contents: 'read', pull_requests: 'read', metadata: 'read' })
  const { errors } = await ask(OPEN, opening(id, base), reader)
  assert.deepEqual(
    errors.map(({ type }) => type),
    ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
  )
  assert.equal(await headOf(here, BRANCH), null)
  assert.deepEqual(events, [])
})

const UPDATE_REFS = `mutation ($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }`

test('updateRefs is a compare-and-swap over all of its references', async (t) => {
  const here = await world(t)
  const { ask, get, commit, base, bot, id } = here
  const a = await commit('a', { 'a.txt': '1' })
  const b = await commit('b', { 'b.txt': '1' })
  const update = (name: string, beforeOid: string, afterOid: string, force = true) => ({
    name: `refs/heads/${name}`,
    beforeOid,
    afterOid,
    force,
  })
  const lost = await ask(
    UPDATE_REFS,
    { input: { repositoryId: id, refUpdates: [update('a', a, b), update('b', a, base)] } },
    bot,
  )
  assert.equal(lost.errors[0]?.type, 'STALE_DATA')
  assert.deepEqual([await headOf(here, 'a'), await headOf(here, 'b')], [a, b])
  const refUpdates = [update('a', a, b), update('b', b, ZERO), update('c', ZERO, base, false)]
  await get(UPDATE_REFS, { input: { repositoryId: id, refUpdates } }, bot)
  const heads = await Promise.all(['a', 'b', 'c'].map((name) => headOf(here, name)))
  assert.deepEqual(heads, [b, null, base])
  const exists = await ask(
    UPDATE_REFS,
    { input: { repositoryId: id, refUpdates: [update('c', ZERO, b)] } },
    bot,
  )
  assert.equal(exists.errors[0]?.type, 'UNPROCESSABLE')
  const rewind = { input: { repositoryId: id, refUpdates: [update('a', b, a, false)] } }
  assert.match((await ask(UPDATE_REFS, rewind, bot)).errors[0]?.message ?? '', /not a fast forward/)
})

test('a branch is moved and deleted by the id of its ref', async (t) => {
  const here = await world(t)
  const { get, commit, base, bot } = here
  await commit('a', { 'a.txt': '1' })
  const read =
    '{ repository(owner: "acme", name: "manifests") { ref(qualifiedName: "refs/heads/a") { id } } }'
  const refId = (await get(read)).repository.ref.id
  await get(
    'mutation ($input: UpdateRefInput!) { updateRef(input: $input) { ref { name } } }',
    { input: { refId, oid: base, force: true } },
    bot,
  )
  assert.equal(await headOf(here, 'a'), base)
  await get(
    'mutation ($refId: ID!) { deleteRef(input: { refId: $refId }) { clientMutationId } }',
    { refId },
    bot,
  )
  assert.equal(await headOf(here, 'a'), null)
})

test('a pull request is edited, closed, reopened and merged at the head that was judged', async (t) => {
  const here = await world(t)
  const { ask, get, model, repository, events, base, bot, id } = here
  const opened = (await get(OPEN, opening(id, base), bot)).pull.pullRequest
  const input = { pullRequestId: opened.id }
  await get(
    'mutation ($input: UpdatePullRequestInput!) { updatePullRequest(input: $input) { pullRequest { title } } }',
    { input: { ...input, title: 'New', body: 'Text' } },
    bot,
  )
  await get(
    'mutation ($input: ClosePullRequestInput!) { closePullRequest(input: $input) { pullRequest { closed } } }',
    { input },
    bot,
  )
  assert.equal(findPull(model, repository, 1)?.state, 'closed')
  await get(
    'mutation ($input: ReopenPullRequestInput!) { reopenPullRequest(input: $input) { pullRequest { state } } }',
    { input },
    bot,
  )
  const merge = `mutation ($input: MergePullRequestInput!) { mergePullRequest(input: $input) { pullRequest { merged mergeCommit { oid } } } }`
  const wrong = await ask(merge, { input: { ...input, expectedHeadOid: base } }, bot)
  assert.deepEqual(
    [wrong.errors[0]?.type, wrong.errors[0]?.message],
    ['UNPROCESSABLE', 'Head branch was modified. Review and try the merge again.'],
  )
  const right = {
    ...input,
    expectedHeadOid: opened.headRefOid,
    mergeMethod: 'SQUASH',
    commitHeadline: 'Web b (#1)',
  }
  const { pullRequest } = (await get(merge, { input: right }, bot)).mergePullRequest
  assert.equal(pullRequest.merged, true)
  assert.equal(pullRequest.mergeCommit.oid, await headOf(here, 'main'))
  const main = await model.git(repository).commit(pullRequest.mergeCommit.oid)
  assert.match(main?.message ?? '', /^Web b \(#1\)/)
  const actions = events.flatMap((event) => (event.type === 'pull' ? [event.action] : []))
  assert.deepEqual(actions, ['opened', 'edited', 'closed', 'reopened', 'closed'])
})

test('auto-merge is refused where the repository has it off', async (t) => {
  const { ask, get, base, bot, id } = await world(t)
  const pullRequestId = (await get(OPEN, opening(id, base), bot)).pull.pullRequest.id
  const query =
    'mutation ($input: EnablePullRequestAutoMergeInput!) { enablePullRequestAutoMerge(input: $input) { clientMutationId } }'
  const { errors } = await ask(query, { input: { pullRequestId } }, bot)
  assert.equal(errors[0]?.message, 'Pull request Auto merge is not allowed for this repository')
})

test('a comment is added, edited in place and deleted', async (t) => {
  const { get, model, repository, commit, you, bot, events } = await world(t)
  await commit('x', { 'x.txt': '1' })
  const pull = await openPull(model, repository, you, { title: 'T', body: null, head: 'x', base: 'main' })
  const read = `{ repository(owner: "acme", name: "manifests") { pullRequest(number: ${pull.number}) { id comments(last: 5) { nodes { id databaseId body viewerDidAuthor author { login __typename } } } } } }`
  const subjectId = (await get(read)).repository.pullRequest.id
  const added = await get(
    'mutation ($input: AddCommentInput!) { addComment(input: $input) { commentEdge { node { id } } } }',
    { input: { subjectId, body: 'One' } },
    bot,
  )
  const { id } = added.addComment.commentEdge.node
  await get(
    'mutation ($input: UpdateIssueCommentInput!) { updateIssueComment(input: $input) { issueComment { body } } }',
    { input: { id, body: 'Two' } },
    bot,
  )
  const [comment] = (await get(read, {}, bot)).repository.pullRequest.comments.nodes
  assert.deepEqual([comment.body, comment.viewerDidAuthor, comment.author.login], ['Two', true, 'supercargo'])
  await get(
    'mutation ($id: ID!) { deleteIssueComment(input: { id: $id }) { clientMutationId } }',
    { id },
    bot,
  )
  const actions = events.flatMap((event) => (event.type === 'comment' ? [event.action] : []))
  assert.deepEqual(actions, ['created', 'edited', 'deleted'])
})

const COMMIT =
  'mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }'

test('a commit deletes files, and loses the executable bit of what it writes', async (t) => {
  const { ask, get, model, repository, bot, commit } = await world(t)
  const head = await commit('main', { '!run.sh': 'a', 'old/x.txt': 'x' })
  const branch = { repositoryNameWithOwner: 'acme/manifests', branchName: 'main' }
  const message = { headline: 'Change' }
  const additions = [{ path: 'run.sh', contents: base64('b') }]
  const input = { branch, message, expectedHeadOid: head }
  await get(
    COMMIT,
    { input: { ...input, fileChanges: { additions, deletions: [{ path: 'old/x.txt' }] } } },
    bot,
  )
  const { stdout } = await model.git(repository).run(['ls-tree', '-r', 'main'])
  assert.deepEqual(
    stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.replace(/ blob \S+\t/, ' ')),
    ['100644 README.md', '100644 app.yaml', '100644 run.sh'],
  )
  const gone = { ...input, expectedHeadOid: (await model.git(repository).ref('refs/heads/main'))?.oid }
  const { errors } = await ask(
    COMMIT,
    { input: { ...gone, fileChanges: { deletions: [{ path: 'old/x.txt' }] } } },
    bot,
  )
  assert.match(errors[0]?.message ?? '', /requested for deletion which does not exist/)
})

test('paths outside of the tree, into .git, and workflows are refused', async (t) => {
  const { ask, bot, base, model, repository } = await world(t)
  const branch = { repositoryNameWithOwner: 'acme/manifests', branchName: 'main' }
  for (const path of ['../x', '/x', 'a//b', '.git/config', 'a/.GIT/x', '.github/workflows/ci.yml']) {
    const fileChanges = { additions: [{ path, contents: base64('x') }] }
    const input = { branch, message: { headline: 'x' }, expectedHeadOid: base, fileChanges }
    const { errors } = await ask(COMMIT, { input }, bot)
    assert.equal(errors.length, 1, path)
  }
  assert.equal((await model.git(repository).ref('refs/heads/main'))?.oid, base)
})
