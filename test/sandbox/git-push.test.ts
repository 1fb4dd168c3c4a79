import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { protect } from '../../src/sandbox/model/protection.ts'
import { findPull, openPull } from '../../src/sandbox/model/pulls.ts'
import { GitClone, runGit } from '../support/git-clone.ts'
import { commitFiles, fileText, fsck, headOf, startSandbox, type TestSandbox } from '../support/sandbox.ts'

let world: TestSandbox
before(async () => {
  world = await startSandbox()
})
after(() => world.close())

test('a person clones, commits and pushes with the ordinary git client', async () => {
  const repository = await world.repository('acme/push')
  const clone = await world.clone('acme/push')
  const before = await clone.git('rev-parse', 'HEAD')
  const pushed = await clone.commit({ 'src/app.ts': 'export {}\n' }, 'Add the app\n\nWith a body.')
  await clone.push()
  assert.equal(await headOf(world, repository, 'main'), pushed)
  assert.equal(await fileText(world, repository, 'main', 'src/app.ts'), 'export {}\n')
  const { payload, signed, headers } = await world.hooks.wait('push', ({ after }) => after === pushed)
  assert.equal(signed, true)
  assert.match(headers['user-agent'] ?? '', /^GitHub-Hookshot\//)
  assert.equal(headers['x-github-hook-installation-target-id'], '4711')
  assert.equal(payload.ref, 'refs/heads/main')
  assert.equal(payload.before, before)
  assert.deepEqual([payload.created, payload.deleted, payload.forced], [false, false, false])
  assert.equal(payload.repository.full_name, 'acme/push')
  assert.equal(payload.sender.login, 'you')
  assert.equal(payload.installation.id, world.installation().id)
  assert.equal(payload.commits.length, 1)
  assert.deepEqual(payload.commits[0].added, ['src/app.ts'])
  assert.equal(payload.head_commit.message, 'Add the app\n\nWith a body.')
  assert.equal(await fsck(world, repository), '')
})

test('new branches and tags send create, deleted ones delete, each with its push', async () => {
  const repository = await world.repository('acme/life')
  const clone = await world.clone('acme/life')
  world.hooks.clear()
  await clone.git('tag', '-a', '-m', 'Version 1', 'v1')
  await clone.push('origin', 'HEAD:refs/heads/feature/x', 'v1')
  const created = await world.hooks.wait('create', ({ ref_type }) => ref_type === 'tag')
  assert.equal(created.payload.ref, 'v1')
  assert.equal(created.payload.master_branch, 'main')
  const tag = await world.hooks.wait('push', ({ ref }) => ref === 'refs/tags/v1')
  const object = (await world.model.git(repository).ref('refs/tags/v1'))?.oid
  assert.equal(tag.payload.after, object)
  assert.notEqual(tag.payload.head_commit.id, object, 'an annotated tag is peeled')
  assert.equal(tag.payload.created, true)
  await world.hooks.wait('create', ({ ref }) => ref === 'feature/x')
  await clone.push('origin', '--delete', 'feature/x', 'v1')
  const deleted = await world.hooks.wait('delete', ({ ref_type }) => ref_type === 'branch')
  assert.equal(deleted.payload.ref, 'feature/x')
  const gone = await world.hooks.wait('push', ({ ref, deleted }) => ref === 'refs/heads/feature/x' && deleted)
  assert.equal(gone.payload.after, '0'.repeat(40))
  assert.equal(gone.payload.head_commit, null)
})

test('three tags at once send their events, four send none at all', async () => {
  await world.repository('acme/tags')
  const clone = await world.clone('acme/tags')
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'b4']) await clone.git('tag', name)
  await world.sandbox.deliveries.idle()
  world.hooks.clear()
  await clone.push('origin', 'b1', 'b2', 'b3', 'b4')
  await clone.push('origin', 'a1', 'a2', 'a3')
  await world.sandbox.deliveries.idle()
  const refs = world.hooks.received.filter(({ event }) => event === 'push').map(({ payload }) => payload.ref)
  assert.deepEqual(refs.sort(), ['refs/tags/a1', 'refs/tags/a2', 'refs/tags/a3'])
  assert.equal(world.hooks.received.filter(({ event }) => event === 'create').length, 3)
})

test('a forced push says so', async () => {
  await world.repository('acme/forced')
  const clone = await world.clone('acme/forced')
  await clone.commit({ a: '1' })
  await clone.push()
  await clone.git('reset', '--quiet', '--hard', 'HEAD~1')
  const other = await clone.commit({ a: '2' })
  assert.notEqual((await clone.try('push', 'origin', 'main')).code, 0, 'not without force')
  await clone.push('--force', 'origin', 'main')
  const { payload } = await world.hooks.wait('push', ({ after }) => after === other)
  assert.equal(payload.forced, true)
})

test('a push to its head branch synchronises a pull request, and deleting the branch closes it', async () => {
  const repository = await world.repository('acme/sync')
  const clone = await world.clone('acme/sync')
  await clone.git('switch', '--quiet', '-c', 'feature')
  const first = await clone.commit({ a: '1' })
  await clone.push()
  const { model, you } = world
  const pull = await openPull(model, repository, you, {
    title: 'A',
    body: null,
    head: 'feature',
    base: 'main',
  })
  const second = await clone.commit({ a: '2' })
  await clone.push()
  const sync = await world.hooks.wait(
    'pull_request',
    (payload) => payload.action === 'synchronize' && payload.after === second,
  )
  assert.equal(sync.payload.before, first)
  assert.equal(sync.payload.pull_request.head.sha, second)
  assert.equal(sync.payload.pull_request.commits, 2)
  await clone.push('origin', '--delete', 'feature')
  const closed = await world.hooks.wait(
    'pull_request',
    ({ action, repository: { name } }) => action === 'closed' && name === 'sync',
  )
  assert.equal(closed.payload.pull_request.merged, false)
  assert.equal(findPull(model, repository, pull.number)?.state, 'closed')
  assert.equal(await clone.git('ls-remote', 'origin', 'refs/pull/1/head'), `${second}\trefs/pull/1/head`)
})

test('a head branch that is moved to its base closes the pull request, as on GitHub', async () => {
  const repository = await world.repository('acme/reset')
  const clone = await world.clone('acme/reset')
  await clone.git('switch', '--quiet', '-c', 'feature')
  await clone.commit({ a: '1' })
  await clone.push()
  const { model, you } = world
  await openPull(model, repository, you, { title: 'A', body: null, head: 'feature', base: 'main' })
  await clone.push('--force', 'origin', 'origin/main:refs/heads/feature')
  const pull = findPull(model, repository, 1)
  assert.equal(pull?.state, 'closed')
  assert.equal(pull?.mergedAt, null)
})

test('a push that brings the head into the base branch marks the pull request as merged', async () => {
  const repository = await world.repository('acme/landed')
  const clone = await world.clone('acme/landed')
  await clone.git('switch', '--quiet', '-c', 'feature')
  await clone.commit({ a: '1' })
  await clone.push()
  const { model, you } = world
  await openPull(model, repository, you, { title: 'A', body: null, head: 'feature', base: 'main' })
  await clone.git('switch', '--quiet', 'main')
  await clone.commit({ b: '1' })
  await clone.git('merge', '--quiet', '--no-edit', 'feature')
  await clone.push()
  assert.equal(findPull(model, repository, 1)?.state, 'merged')
  const { payload } = await world.hooks.wait(
    'pull_request',
    ({ action, repository: { name } }) => action === 'closed' && name === 'landed',
  )
  assert.equal(payload.pull_request.merged, true)
  assert.equal(payload.pull_request.merge_commit_sha, await headOf(world, repository, 'main'))
})

test('a protected branch refuses force pushes and deletion, even from administrators', async () => {
  const repository = await world.repository('acme/guarded')
  await commitFiles(world, repository, 'main', { b: '1' })
  const clone = await world.clone('acme/guarded')
  await clone.push('origin', 'main:refs/heads/stable')
  protect(world.model, repository, 'stable', {})
  const head = await headOf(world, repository, 'stable')
  const forced = await clone.try('push', '--force', 'origin', 'main~1:stable', 'main:refs/heads/other')
  assert.match(forced.stderr, /GH006: Protected branch update failed for refs\/heads\/stable/)
  assert.match(forced.stderr, /Cannot force-push to this protected branch/)
  assert.equal(await headOf(world, repository, 'stable'), head)
  assert.equal(await headOf(world, repository, 'other'), head, 'other references of the push go through')
  assert.match((await clone.try('push', 'origin', '--delete', 'stable')).stderr, /Cannot delete/)
  const ahead = await clone.commit({ c: '1' })
  await clone.push('origin', 'main:stable')
  assert.equal(await headOf(world, repository, 'stable'), ahead)
  protect(world.model, repository, 'stable', { requiredApprovals: 1, enforceAdmins: true })
  await clone.commit({ c: '2' })
  assert.match(
    (await clone.try('push', 'origin', 'main:stable')).stderr,
    /must be made through a pull request/,
  )
})

test('who may clone and push is as on GitHub', async () => {
  await world.repository('acme/public')
  await world.repository('acme/secret', undefined, { private: true })
  const base = `${world.url}/sandbox/github/acme`
  const remote = (path: string, password?: string): string => {
    const url = new URL(`${base}/${path}`)
    if (password !== undefined) Object.assign(url, { username: 'x-access-token', password })
    return url.href
  }
  const list = (url: string) => runGit(world.dataDir, ['ls-remote', url])
  assert.equal((await list(remote('public.git'))).code, 0, 'anybody reads a public repository')
  assert.equal((await list(remote('public'))).code, 0, 'with and without .git')
  assert.match((await list(remote('secret.git'))).stderr, /Authentication|could not read Username/)
  assert.match((await list(remote('secret.git', 'wrong'))).stderr, /Authentication failed/)
  assert.equal((await list(remote('secret.git', await world.token()))).code, 0)
  const narrow = await world.token('acme', { repositories: ['public'] })
  assert.match((await list(remote('secret.git', narrow))).stderr, /not found/)
  const reader = await world.token('acme', { permissions: { contents: 'read' } })
  const clone = await GitClone.open(remote('public.git', reader))
  await clone.commit({ x: '1' })
  assert.match((await clone.try('push', 'origin', 'HEAD')).stderr, /403/)
  await clone.git('remote', 'set-url', 'origin', remote('public.git'))
  assert.match((await clone.try('push', 'origin', 'HEAD')).stderr, /could not read Username/)
  await clone.remove()
})

test('a large push in one request arrives whole', async () => {
  const repository = await world.repository('acme/large')
  const clone = await world.clone('acme/large')
  const files: Record<string, string> = {}
  for (let i = 0; i < 300; i++) files[`d${i % 20}/f${i}`] = `${i} `.repeat(5_000) + Math.random()
  const head = await clone.commit(files)
  await clone.push()
  assert.equal(await headOf(world, repository, 'main'), head)
  assert.equal(await fsck(world, repository), '')
})
