import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { BOT, startGitLab, type TestGitLab, YOU } from '../support/gitlab.ts'
import { commitFiles, headOf } from '../support/sandbox.ts'

let world: TestGitLab
let project: Repository
let main: string
const PATH = 'acme/platform/manifests'
before(async () => {
  world = await startGitLab()
  project = await world.project(PATH, {
    'README.md': '# Manifests\n',
    'apps/web/a.yaml': 'tag: one\n',
    'apps/web/b.yaml': 'tag: two\n',
    'apps/api/c.yaml': 'tag: three\n',
  })
  main = (await headOf(world, project, 'main')) ?? ''
})
after(() => world.close())

const ask = (fields: string, variables: Record<string, unknown> = {}, declared = '') =>
  world.query(`query($fullPath: ID!${declared}) { project(fullPath: $fullPath) { ${fields} } }`, {
    fullPath: PATH,
    ...variables,
  })

test('one query reads the project, the head of a branch and the files below a path', async () => {
  const { data, errors } = await ask(
    `id fullPath webUrl visibility archived repository { rootRef
      head: tree(ref: "HEAD") { lastCommit { sha } }
      none: tree(ref: "none", refType: HEADS) { lastCommit { sha } blobs { nodes { path } } }
      apps: tree(ref: "main", refType: HEADS, path: "apps/web", recursive: true) {
        blobs(first: 100) { pageInfo { hasNextPage endCursor } nodes { path sha mode type } }
        submodules(first: 100) { nodes { path sha } } } }`,
  )
  assert.equal(errors, undefined)
  const { id, visibility, webUrl, repository } = data.project
  assert.deepEqual(
    [id, visibility, webUrl],
    [`gid://gitlab/Project/${project.id}`, 'private', `${world.url}/${PATH}`],
  )
  assert.deepEqual([repository.rootRef, repository.head.lastCommit.sha], ['main', main])
  assert.deepEqual(repository.none, { lastCommit: null, blobs: { nodes: [] } })
  assert.deepEqual(
    repository.apps.blobs.nodes.map(({ path, mode, type }: Record<string, string>) => [path, mode, type]),
    [
      ['apps/web/a.yaml', '100644', 'blob'],
      ['apps/web/b.yaml', '100644', 'blob'],
    ],
  )
})

test('files are read by their paths; those that are not there are left out', async () => {
  const { data } = await ask(
    `repository { blobs(paths: $paths, ref: $ref, first: 3) { nodes { path oid mode rawSize rawTextBlob } } }`,
    { paths: ['apps/web/b.yaml', 'none.yaml', 'README.md'], ref: main },
    ', $paths: [String!]!, $ref: String',
  )
  assert.deepEqual(
    data.project.repository.blobs.nodes.map(({ path, rawTextBlob, rawSize }: Record<string, string>) => [
      path,
      rawTextBlob,
      rawSize,
    ]),
    [
      ['apps/web/b.yaml', 'tag: two\n', '9'],
      ['README.md', '# Manifests\n', '12'],
    ],
  )
})

test('connections are paged by cursors', async () => {
  const page = async (after: string | null) => {
    const { data } = await ask(
      `repository { tree(recursive: true) { blobs(first: 3, after: $after) {
        pageInfo { hasNextPage endCursor } nodes { path } } } }`,
      { after },
      ', $after: String',
    )
    return data.project.repository.tree.blobs
  }
  const first = await page(null)
  assert.equal(first.pageInfo.hasNextPage, true)
  const second = await page(first.pageInfo.endCursor)
  assert.deepEqual([second.pageInfo.hasNextPage, second.nodes.length], [false, 1])
})

test('merge requests are found by branch, author and state, and asking does not start the check', async () => {
  const you = { kind: 'person', account: world.model.you } as const
  const base = `/projects/${project.id}`
  for (const branch of ['supercargo/one', 'supercargo/two']) {
    await world.rest('POST', `${base}/repository/branches`, { branch, ref: 'main' })
    await commitFiles({ ...world, you }, project, branch, { 'apps/web/a.yaml': `tag: ${branch}\n` })
    const wish = { source_branch: branch, target_branch: 'main', title: branch, description: 'Why' }
    await world.rest('POST', `${base}/merge_requests`, wish, { token: BOT })
  }
  const find = async (filter: string) => {
    const fields = `count nodes { iid title description state draft sourceBranch targetBranch webUrl diffHeadSha
      detailedMergeStatus mergedAt author { username } sourceProjectId }`
    return (await ask(`mergeRequests(${filter}) { ${fields} }`)).data.project.mergeRequests
  }
  const open = await find('sourceBranches: ["supercargo/one"], state: opened')
  assert.equal(open.count, 1)
  const [one] = open.nodes
  assert.deepEqual(
    [one.iid, one.state, one.detailedMergeStatus, one.author.username, one.webUrl],
    ['1', 'opened', 'UNCHECKED', 'supercargo', `${world.url}/${PATH}/-/merge_requests/1`],
  )
  assert.equal(one.diffHeadSha, await headOf(world, project, 'supercargo/one'))
  await world.rest('GET', `${base}/merge_requests/1`)
  assert.equal((await find('iids: ["1"]')).nodes[0].detailedMergeStatus, 'MERGEABLE')
  assert.equal((await find('sourceBranches: []')).count, 0)
  assert.equal((await find('authorUsername: "you"')).count, 0)
  await world.rest('PUT', `${base}/merge_requests/2/merge`, {}, { token: BOT })
  const merged = await find('state: merged, sort: UPDATED_DESC')
  assert.deepEqual([merged.nodes[0].iid, typeof merged.nodes[0].mergedAt], ['2', 'string'])
})

test('a project that one may not see is null, and a wrong token is refused', async () => {
  world.sandbox.addPerson('stranger', 'token-of-stranger')
  const query = 'query($fullPath: ID!) { project(fullPath: $fullPath) { id } }'
  const hidden = await world.query(query, { fullPath: PATH }, 'token-of-stranger')
  assert.deepEqual(hidden, { data: { project: null } })
  const refused = await world.query(query, { fullPath: PATH }, 'nobody')
  assert.deepEqual(refused, { errors: [{ message: 'Invalid token' }] })
  const me = await world.query('{ currentUser { username } }', {}, YOU)
  assert.equal(me.data.currentUser.username, 'you')
})

test('fields that GitLab does not have are refused', async () => {
  const { errors } = await ask('pullRequests { id }')
  assert.match(errors[0].message, /Cannot query field "pullRequests" on type "Project"/)
})

test('the newest pipeline of a commit on a branch is read with its statuses, page by page', async () => {
  const set = (name: string, state: string, ref = 'main') =>
    world.rest('POST', `/projects/${encodeURIComponent(PATH)}/statuses/${main}`, { name, state, ref })
  await set('test', 'failed')
  await set('test', 'success')
  await set('lint', 'pending')
  await set('test', 'failed', 'other')
  const read = async (after: string | null) => {
    const { data, errors } = await ask(
      `onlyAllowMergeIfPipelineSucceeds
       pipelines(ref: "main", sha: $sha, first: 1) { nodes { status ref
        jobs(retried: false, first: 1, after: $after) {
          nodes { id name status allowFailure } pageInfo { hasNextPage endCursor } } } }`,
      { sha: main, after },
      ', $sha: String, $after: String',
    )
    assert.equal(errors, undefined)
    assert.equal(data.project.onlyAllowMergeIfPipelineSucceeds, false)
    return data.project.pipelines.nodes[0]
  }
  const first = await read(null)
  assert.deepEqual([first.status, first.ref], ['RUNNING', 'main'])
  assert.deepEqual([first.jobs.nodes[0].name, first.jobs.nodes[0].status], ['lint', 'PENDING'])
  assert.match(first.jobs.nodes[0].id, /^gid:\/\/gitlab\/GenericCommitStatus\/\d+$/)
  const second = await read(first.jobs.pageInfo.endCursor)
  assert.deepEqual(
    [second.jobs.nodes[0].name, second.jobs.nodes[0].status, second.jobs.pageInfo.hasNextPage],
    ['test', 'SUCCESS', false],
  )
})
