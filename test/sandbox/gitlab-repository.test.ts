import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { BOT, startGitLab, type TestGitLab } from '../support/gitlab.ts'
import { fileText, fsck, headOf } from '../support/sandbox.ts'

let world: TestGitLab
before(async () => {
  world = await startGitLab()
})
after(() => world.close())

const asBot = { token: BOT }
const FILES = { 'README.md': '# Web\n', 'apps/web/a.yaml': 'tag: one\n', 'apps/web/b c.yaml': 'x\n' }

/** The base of a fresh project's repository routes, and its row. */
async function fresh(path: string) {
  const project = await world.project(path, FILES)
  const base = `/projects/${encodeURIComponent(path)}/repository`
  const commit = (body: Record<string, unknown>, options = asBot) =>
    world.rest('POST', `${base}/commits`, { commit_message: 'Change', ...body }, options)
  return { project, base, commit, main: (await headOf(world, project, 'main')) ?? '' }
}

test('branch, commit and files are made in one request, by the bot', async () => {
  const { project, base, commit, main } = await fresh('acme/one-call')
  const { status, body } = await commit({
    branch: 'supercargo/web/staging',
    start_sha: main,
    actions: [
      { action: 'update', file_path: 'apps/web/a.yaml', content: 'tag: two\n' },
      {
        action: 'create',
        file_path: 'bin/run',
        content: Buffer.from([0, 1]).toString('base64'),
        encoding: 'base64',
      },
      { action: 'chmod', file_path: 'bin/run', execute_filemode: true },
      { action: 'move', file_path: 'apps/web/c.yaml', previous_path: 'apps/web/b c.yaml' },
      { action: 'delete', file_path: 'README.md' },
    ],
  })
  assert.equal(status, 201)
  assert.deepEqual(body.parent_ids, [main])
  assert.equal(body.author_name, 'supercargo')
  assert.equal(body.committer_name, 'supercargo')
  const tree = await world.rest(
    'GET',
    `${base}/tree?ref=supercargo%2Fweb%2Fstaging&recursive=true&per_page=100`,
  )
  const files = tree.body.filter(({ type }: { type: string }) => type === 'blob')
  assert.deepEqual(
    files.map(({ path, mode }: Record<string, string>) => [path, mode]),
    [
      ['apps/web/a.yaml', '100644'],
      ['apps/web/c.yaml', '100644'],
      ['bin/run', '100755'],
    ],
  )
  assert.equal(await fileText(world, project, body.id, 'apps/web/a.yaml'), 'tag: two\n')
  assert.equal(await fsck(world, project), '')
})

test('start_sha and force rebuild a branch in place; without force an existing branch is refused', async () => {
  const { project, commit, main } = await fresh('acme/rebuilt')
  const change = (content: string) => [{ action: 'update', file_path: 'apps/web/a.yaml', content }]
  await commit({ branch: 'work', start_sha: main, actions: change('two') })
  const refused = await commit({ branch: 'work', start_sha: main, actions: change('three') })
  assert.equal(refused.status, 400)
  assert.match(refused.body.message, /^A branch called 'work' already exists/)
  const rebuilt = await commit({ branch: 'work', start_sha: main, force: true, actions: change('three') })
  assert.deepEqual(rebuilt.body.parent_ids, [main])
  assert.equal(await headOf(world, project, 'work'), rebuilt.body.id)
})

test('what does not fit the tree is refused in GitLab’s words, and nothing is changed', async () => {
  const { project, commit, main } = await fresh('acme/misfits')
  const cases: [Record<string, unknown>, string][] = [
    [{ action: 'create', file_path: 'README.md', content: 'x' }, 'A file with this name already exists'],
    [{ action: 'create', file_path: 'apps/web', content: 'x' }, 'A directory with this name already exists'],
    [{ action: 'update', file_path: 'none.md', content: 'x' }, "A file with this name doesn't exist"],
    [{ action: 'delete', file_path: 'none.md' }, "A file with this name doesn't exist"],
    [{ action: 'create', file_path: 'a/../../b', content: 'x' }, 'Path cannot include directory traversal'],
  ]
  for (const [action, message] of cases) {
    const { status, body } = await commit({ branch: 'main', actions: [action] })
    assert.deepEqual([status, body], [400, { message }])
  }
  const nowhere = await commit({ branch: 'nowhere', actions: [{ action: 'delete', file_path: 'README.md' }] })
  assert.equal(nowhere.body.message, 'You can only create or edit files when you are on a branch')
  assert.equal(await headOf(world, project, 'main'), main)
})

test('last_commit_id refuses a file that somebody else has changed', async () => {
  const { commit, main } = await fresh('acme/raced')
  const action = { action: 'update', file_path: 'apps/web/a.yaml', last_commit_id: main }
  await commit({ branch: 'main', actions: [{ ...action, content: 'two' }] })
  const late = await commit({ branch: 'main', actions: [{ ...action, content: 'three' }] })
  assert.equal(late.status, 400)
  assert.match(late.body.message, /has changed since you started editing it/)
})

test('a reporter may read but not commit, and a guest sees no code', async () => {
  const { base, commit } = await fresh('acme/levels')
  for (const [login, level] of [
    ['reporter', 20],
    ['guest', 10],
  ] as const) {
    world.sandbox.addPerson(login, `token-of-${login}`)
    world.sandbox.addMember('acme/levels', login, level)
  }
  const reporter = { token: 'token-of-reporter' }
  assert.equal((await world.rest('GET', `${base}/branches`, undefined, reporter)).status, 200)
  const actions = [{ action: 'delete', file_path: 'README.md' }]
  assert.equal((await commit({ branch: 'main', actions }, reporter)).status, 403)
  const guest = await world.rest('GET', `${base}/branches`, undefined, { token: 'token-of-guest' })
  assert.deepEqual([guest.status, guest.body], [403, { message: '403 Forbidden' }])
})

test('a protected branch takes commits of its access level only', async () => {
  const { base, commit, main } = await fresh('acme/protected')
  world.sandbox.addMember('acme/protected', 'supercargo', 30)
  const routes = '/projects/acme%2Fprotected/protected_branches'
  const made = await world.rest('POST', routes, {
    name: 'main',
    push_access_level: 40,
    merge_access_level: 30,
  })
  assert.equal(made.status, 201)
  const actions = [{ action: 'delete', file_path: 'README.md' }]
  const refused = await commit({ branch: 'main', actions })
  assert.equal(refused.status, 403)
  assert.match(refused.body.message, /not allowed to push into this branch/)
  assert.equal((await commit({ branch: 'free', start_sha: main, actions })).status, 201)
  const shown = await world.rest('GET', `${base}/branches/main`, undefined, asBot)
  assert.deepEqual(
    [shown.body.protected, shown.body.can_push, shown.body.developers_can_merge],
    [true, false, true],
  )
})

test('branches are found, listed and deleted', async () => {
  const { base, main } = await fresh('acme/branches')
  for (const branch of ['feature/a', 'feature/b', 'fix/a']) {
    await world.rest('POST', `${base}/branches`, { branch, ref: 'main' })
  }
  const names = async (query: string) =>
    (await world.rest('GET', `${base}/branches${query}`)).body.map(({ name }: { name: string }) => name)
  assert.deepEqual(await names('?search=^feature/'), ['feature/a', 'feature/b'])
  assert.deepEqual(await names('?search=a$'), ['feature/a', 'fix/a'])
  assert.deepEqual(await names('?regex=^f.*/b'), ['feature/b'])
  const one = await world.rest('GET', `${base}/branches/feature%2Fa`)
  assert.deepEqual([one.body.name, one.body.commit.id], ['feature/a', main])
  assert.equal((await world.rest('DELETE', `${base}/branches/feature%2Fa`)).status, 204)
  const gone = await world.rest('GET', `${base}/branches/feature%2Fa`)
  assert.deepEqual([gone.status, gone.body], [404, { message: '404 Branch Not Found' }])
  const twice = await world.rest('POST', `${base}/branches`, { branch: 'fix/a', ref: 'main' })
  assert.deepEqual([twice.status, twice.body], [400, { message: 'Branch already exists' }])
})

test('commits are listed by branch, path and first parent, and never counted', async () => {
  const { base, commit, main } = await fresh('acme/history')
  const change = (content: string, file_path = 'apps/web/a.yaml') => [
    { action: 'update', file_path, content },
  ]
  const second = (await commit({ branch: 'main', actions: change('two') })).body.id
  const third = (await commit({ branch: 'main', actions: change('x', 'README.md') })).body.id
  const list = await world.rest('GET', `${base}/commits?ref_name=main&per_page=2`)
  assert.deepEqual(
    list.body.map(({ id }: { id: string }) => id),
    [third, second],
  )
  assert.equal(list.headers.get('x-total'), null)
  assert.equal(list.headers.get('x-next-page'), '2')
  const touched = await world.rest('GET', `${base}/commits?ref_name=main&path=apps/web`)
  assert.deepEqual(
    touched.body.map(({ id }: { id: string }) => id),
    [second, main],
  )
  const refs = await world.rest('GET', `${base}/commits/${main}/refs?type=branch`)
  assert.deepEqual(refs.body, [{ type: 'branch', name: 'main' }])
  const base_ = await world.rest('GET', `${base}/merge_base?refs[]=${second}&refs[]=${third}`)
  assert.equal(base_.body.id, second)
  const missing = await world.rest('GET', `${base}/commits/nothing`)
  assert.deepEqual([missing.status, missing.body], [404, { message: '404 Commit Not Found' }])
})

test('two commits are compared from where they parted, or straight', async () => {
  const { base, commit, main } = await fresh('acme/compared')
  const actions = [{ action: 'update', file_path: 'apps/web/a.yaml', content: 'tag: two\n' }]
  await commit({ branch: 'work', start_sha: main, actions })
  await commit({ branch: 'main', actions: [{ action: 'delete', file_path: 'README.md' }] })
  const parted = await world.rest('GET', `${base}/compare?from=main&to=work`)
  assert.equal(parted.body.commits.length, 1)
  assert.deepEqual(
    parted.body.diffs.map(({ new_path }: Record<string, string>) => new_path),
    ['apps/web/a.yaml'],
  )
  assert.match(parted.body.diffs[0].diff, /^@@ -1 \+1 @@\n-tag: one\n\+tag: two\n$/)
  const straight = await world.rest('GET', `${base}/compare?from=main&to=work&straight=true`)
  assert.equal(straight.body.diffs.length, 2)
})

test('files are read by path and by blob, and what is not there is not found', async () => {
  const { base, main } = await fresh('acme/files')
  const file = await world.rest('GET', `${base}/files/apps%2Fweb%2Fb%20c.yaml?ref=main`)
  assert.deepEqual(
    [Buffer.from(file.body.content, 'base64').toString(), file.body.last_commit_id, file.body.size],
    ['x\n', main, 2],
  )
  assert.equal((await world.rest('GET', `${base}/files/README.md/raw?ref=${main}`)).body, '# Web\n')
  assert.equal((await world.rest('GET', `${base}/blobs/${file.body.blob_id}/raw`)).body, 'x\n')
  const missing = await world.rest('GET', `${base}/files/none?ref=main`)
  assert.deepEqual([missing.status, missing.body], [404, { message: '404 File Not Found' }])
  const tree = await world.rest('GET', `${base}/tree?path=none`)
  assert.deepEqual([tree.status, tree.body], [404, { message: '404 invalid revision or path Not Found' }])
})

test('a tree is paged by keys until its end', async () => {
  const { base } = await fresh('acme/tree')
  const seen: string[] = []
  let path = `${base}/tree?recursive=true&per_page=2&pagination=keyset`
  while (path !== '') {
    const { body, headers } = await world.rest('GET', path)
    seen.push(...body.map((entry: { path: string }) => entry.path))
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? ''
    path = next.slice(next.indexOf('/projects'))
  }
  assert.deepEqual(seen, ['apps', 'apps/web', 'README.md', 'apps/web/a.yaml', 'apps/web/b c.yaml'])
})

test('tags are made, annotated or not, and point to their commits', async () => {
  const { base, main, project } = await fresh('acme/tags')
  await world.rest('POST', `${base}/tags`, { tag_name: 'v1.0.0', ref: 'main' })
  const annotated = await world.rest('POST', `${base}/tags`, {
    tag_name: 'v1.1.0',
    ref: main,
    message: 'Out',
  })
  assert.deepEqual([annotated.body.message, annotated.body.commit.id], ['Out', main])
  assert.notEqual(annotated.body.target, main)
  const twice = await world.rest('POST', `${base}/tags`, { tag_name: 'v1.0.0', ref: 'main' })
  assert.deepEqual([twice.status, twice.body], [400, { message: 'Tag v1.0.0 already exists' }])
  const listed = await world.rest('GET', `${base}/tags?order_by=version&sort=desc`)
  assert.deepEqual(
    listed.body.map(({ name }: { name: string }) => name),
    ['v1.1.0', 'v1.0.0'],
  )
  assert.equal(await fsck(world, project), '')
})

test('real git clones and pushes with a token, as far as its scopes and levels go', async () => {
  const { project } = await fresh('acme/platform/pushed')
  const clone = await world.clone('acme/platform/pushed')
  await clone.commit({ 'README.md': 'Changed\n' })
  await clone.push('origin', 'HEAD:refs/heads/feature/x')
  assert.equal(await headOf(world, project, 'feature/x'), await clone.git('rev-parse', 'HEAD'))
  world.sandbox.addPerson('fetcher', 'token-of-fetcher', { scopes: ['read_repository'] })
  world.sandbox.addMember('acme/platform', 'fetcher', 40)
  const address = `${world.url.replace('://', '://x:token-of-fetcher@')}/acme/platform/pushed.git`
  assert.match(await clone.git('ls-remote', address, 'main'), /refs\/heads\/main$/)
  const refused = await clone.try('push', address, 'HEAD:refs/heads/feature/y')
  assert.match(refused.stderr, /403/)
})
