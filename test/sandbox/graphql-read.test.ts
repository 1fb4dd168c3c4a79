import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeTag } from '../../src/sandbox/git/objects.ts'
import { createCheckRun, createStatus } from '../../src/sandbox/model/checks.ts'
import { openPull } from '../../src/sandbox/model/pulls.ts'
import { changeRefs } from '../../src/sandbox/model/refs.ts'
import { graphqlWorld } from './graphql-world.ts'

const R = 'repository(owner: "acme", name: "manifests")'

test('a repository tells who it is and what it allows', async (t) => {
  const { get, repository } = await graphqlWorld(t)
  const data = await get(`{ viewer { login } ${R} {
    databaseId nameWithOwner url isPrivate isArchived isEmpty viewerPermission mergeCommitAllowed
    squashMergeAllowed rebaseMergeAllowed autoMergeAllowed deleteBranchOnMerge defaultBranchRef { name prefix }
  } rateLimit { cost remaining } }`)
  assert.equal(data.viewer.login, 'you')
  assert.deepEqual(data.repository.defaultBranchRef, { name: 'main', prefix: 'refs/heads/' })
  assert.equal(data.repository.databaseId, repository.id)
  assert.match(data.repository.url, /\/sandbox\/github\/acme\/manifests$/)
  assert.equal(data.repository.viewerPermission, 'ADMIN')
  assert.equal(data.repository.autoMergeAllowed, false)
  assert.ok(data.rateLimit.cost >= 1)
})

test('a tree is read to any depth in one query, with modes as numbers and full paths', async (t) => {
  const { get } = await graphqlWorld(t, { 'apps/web/base/a.yaml': 'a: 1\n', '!apps/run.sh': '#!/bin/sh\n' })
  const entries = 'entries { name path mode type oid object { ... on Blob { text } %s } }'
  const nested = entries.replace('%s', `... on Tree { ${entries.replace('%s', '... on Tree { oid }')} }`)
  const data = await get(`{ ${R} { object(expression: "main:apps") { ... on Tree {
    ${entries.replace('%s', `... on Tree { ${nested} }`)} } } } }`)
  const [script, web] = data.repository.object.entries
  assert.deepEqual([script.path, script.mode, script.object.text], ['apps/run.sh', 33261, '#!/bin/sh\n'])
  assert.equal(web.mode, 16384)
  const file = web.object.entries[0].object.entries[0]
  assert.deepEqual([file.path, file.mode, file.object.text], ['apps/web/base/a.yaml', 33188, 'a: 1\n'])
})

test('files are found by path at a commit, and what is not there is null', async (t) => {
  const { get, base } = await graphqlWorld(t, { 'a/b.txt': 'B' })
  const data = await get(`{ ${R} { object(oid: "${base}") { ... on Commit {
    file: file(path: "a/b.txt") { path object { ... on Blob { text byteSize } } }
    directory: file(path: "a") { type object { ... on Tree { entries { name } } } }
    none: file(path: "a/c.txt") { path }
  } } missing: object(expression: "main:x/y") { oid } unknown: object(expression: "nope") { oid } } }`)
  assert.deepEqual(data.repository.object, {
    file: { path: 'a/b.txt', object: { text: 'B', byteSize: 1 } },
    directory: { type: 'tree', object: { entries: [{ name: 'b.txt' }] } },
    none: null,
  })
  assert.deepEqual([data.repository.missing, data.repository.unknown], [null, null])
})

test('the text of a binary file is null, and that of a large one is cut', async (t) => {
  const binary = Buffer.from([0, 1, 2])
  const { get } = await graphqlWorld(t, { 'a.bin': binary, 'b.txt': 'x'.repeat(600_000) })
  const blob = '{ ... on Blob { text isBinary isTruncated byteSize } }'
  const data = await get(
    `{ ${R} { a: object(expression: "main:a.bin") ${blob} b: object(expression: "main:b.txt") ${blob} } }`,
  )
  assert.deepEqual(data.repository.a, { text: null, isBinary: true, isTruncated: false, byteSize: 3 })
  assert.equal(data.repository.b.isTruncated, true)
  assert.equal(data.repository.b.byteSize, 600_000)
  assert.ok(data.repository.b.text.length < 600_000)
})

test('history is paged, and can be limited to a path', async (t) => {
  const { get, commit } = await graphqlWorld(t)
  await commit('main', { 'a.txt': '1' }, 'One')
  await commit('main', { 'b.txt': '2' }, 'Two\n\nWith a body.')
  const query = `query ($after: String) { ${R} { defaultBranchRef { target { ... on Commit {
    history(first: 2, after: $after) { totalCount nodes { messageHeadline messageBody } pageInfo { hasNextPage endCursor } }
    of: history(first: 5, path: "a.txt") { totalCount nodes { message parents(first: 1) { nodes { message } } } }
  } } } } }`
  const first = (await get(query)).repository.defaultBranchRef.target
  assert.deepEqual(first.history.nodes, [
    { messageHeadline: 'Two', messageBody: 'With a body.' },
    { messageHeadline: 'One', messageBody: '' },
  ])
  assert.equal(first.history.totalCount, 3)
  assert.equal(first.history.pageInfo.hasNextPage, true)
  assert.deepEqual(first.of.nodes, [{ message: 'One', parents: { nodes: [{ message: 'Begin' }] } }])
  const second = (await get(query, { after: first.history.pageInfo.endCursor })).repository.defaultBranchRef
    .target
  assert.deepEqual(
    second.history.nodes.map((it: { messageHeadline: string }) => it.messageHeadline),
    ['Begin'],
  )
  assert.equal(second.history.pageInfo.hasNextPage, false)
})

test('branches and tags are listed, filtered, and annotated tags are peeled', async (t) => {
  const { get, model, repository, base, you, commit } = await graphqlWorld(t)
  const tag = await model.git(repository).writeObject(
    'tag',
    encodeTag({
      object: base,
      type: 'commit',
      tag: 'v1.0.0',
      tagger: { name: 'You', email: 'you@example.com', seconds: 1, zone: '+0000' },
      message: 'One',
    }),
  )
  await changeRefs(model, repository, you, [{ ref: 'refs/tags/v1.0.0', before: null, after: tag }])
  await commit('feature/x', { 'x.txt': 'x' })
  const data = await get(`{ ${R} {
    heads: refs(refPrefix: "refs/heads/", first: 10, query: "feat") { totalCount nodes { name prefix } }
    tags: refs(refPrefix: "refs/tags/", first: 10, orderBy: { field: TAG_COMMIT_DATE, direction: DESC }) {
      nodes { name target { oid __typename ... on Tag { target { oid } } } } }
    ref(qualifiedName: "refs/heads/main") { compare(headRef: "feature/x") { status aheadBy behindBy commits(first: 5) { nodes { message } } } }
    none: ref(qualifiedName: "refs/heads/none") { name }
  } }`)
  assert.deepEqual(data.repository.heads, {
    totalCount: 1,
    nodes: [{ name: 'feature/x', prefix: 'refs/heads/' }],
  })
  const target = { oid: tag, __typename: 'Tag', target: { oid: base } }
  assert.deepEqual(data.repository.tags.nodes, [{ name: 'v1.0.0', target }])
  assert.equal(data.repository.ref.compare.status, 'AHEAD')
  assert.deepEqual(data.repository.ref.compare.commits.nodes, [{ message: 'Change something' }])
  assert.equal(data.repository.none, null)
})

test('pull requests tell their state, commits, checks and comments', async (t) => {
  const { get, model, repository, you, commit, base } = await graphqlWorld(t)
  const head = await commit('supercargo/web/staging', { 'a.txt': '2' }, 'Set web')
  const wish = { title: 'T', body: null, head: 'supercargo/web/staging', base: 'main' }
  await openPull(model, repository, { ...you, account: model.bot }, wish)
  createCheckRun(model, repository, { ...you, account: model.bot }, head, {
    name: 'Supercargo',
    conclusion: 'neutral',
    output: { title: 'Fine' },
  })
  createStatus(model, repository, you, head, {
    state: 'failure',
    context: 'ci/test',
    description: null,
    targetUrl: null,
  })
  const data =
    await get(`{ ${R} { pullRequests(first: 5, states: [OPEN], headRefName: "supercargo/web/staging", baseRefName: "main",
    orderBy: { field: UPDATED_AT, direction: DESC }) { totalCount nodes {
    number state isDraft merged mergeable mergeStateStatus viewerDidAuthor isCrossRepository headRefOid baseRefOid body
    author { login __typename } headRef { name } headRepository { nameWithOwner } reviewDecision
    commits(last: 1) { totalCount nodes { commit {
      statusCheckRollup { state contexts(first: 5) { nodes { __typename ... on CheckRun { name conclusion } ... on StatusContext { context state } } } }
      checkSuites(first: 5, filterBy: { appId: 7 }) { nodes { app { slug databaseId } checkRuns(first: 5, filterBy: { checkName: "Supercargo" }) { nodes { databaseId title status } } } }
    } } }
    comments(first: 5) { totalCount nodes { id } pageInfo { hasNextPage } } } } } }`)
  const [pull] = data.repository.pullRequests.nodes
  assert.equal(pull.headRefOid, head)
  assert.equal(pull.baseRefOid, base)
  assert.deepEqual(pull.author, { login: 'supercargo', __typename: 'Bot' })
  assert.deepEqual(
    [pull.mergeable, pull.mergeStateStatus, pull.reviewDecision],
    ['MERGEABLE', 'UNSTABLE', null],
  )
  const { commit: last } = pull.commits.nodes[0]
  assert.equal(last.statusCheckRollup.state, 'FAILURE')
  assert.deepEqual(last.statusCheckRollup.contexts.nodes, [
    { __typename: 'CheckRun', name: 'Supercargo', conclusion: 'NEUTRAL' },
    { __typename: 'StatusContext', context: 'ci/test', state: 'FAILURE' },
  ])
  const [suite] = last.checkSuites.nodes
  assert.deepEqual(suite.app, { slug: 'supercargo', databaseId: 7 })
  assert.deepEqual([suite.checkRuns.nodes[0].title, suite.checkRuns.nodes[0].status], ['Fine', 'COMPLETED'])
})

test('every node can be found again by its id', async (t) => {
  const { get, commit, model, repository, you } = await graphqlWorld(t, { 'a/b.txt': 'B' })
  await commit('x', { 'x.txt': 'x' })
  await openPull(model, repository, you, { title: 'T', body: 'B', head: 'x', base: 'main' })
  const ids = await get(
    `{ ${R} { id pullRequest(number: 1) { id } defaultBranchRef { id target { id ... on Commit { tree { id } file(path: "a/b.txt") { object { id } } } } } } }`,
  )
  const { id, pullRequest, defaultBranchRef: ref } = ids.repository
  const wanted = [id, pullRequest.id, ref.id, ref.target.id, ref.target.tree.id, ref.target.file.object.id]
  const data = await get('query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }', { ids: wanted })
  assert.deepEqual(
    data.nodes.map((it: { id: string }) => it.id),
    wanted,
  )
  assert.deepEqual(
    data.nodes.map((it: { __typename: string }) => it.__typename),
    ['Repository', 'PullRequest', 'Ref', 'Commit', 'Tree', 'Blob'],
  )
})
