import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { protect } from '../../src/sandbox/model/protection.ts'
import { createRepository, updateRepository } from '../../src/sandbox/model/repositories.ts'
import { commitFiles, fsck, headOf, startSandbox, type TestSandbox, treeTexts } from '../support/sandbox.ts'

let world: TestSandbox
before(async () => {
  world = await startSandbox()
})
after(() => world.close())

test('blobs, trees and commits make a branch that git finds in order', async () => {
  const files = { 'a/b/deep.txt': 'deep\n', 'a/b.txt': 'beside\n', 'a.txt': 'a\n', 'gone.txt': 'gone\n' }
  const repository = await world.repository('acme/plumbing', files)
  const token = await world.token()
  const post = (path: string, body: unknown) =>
    world.rest('POST', `/repos/acme/plumbing/git${path}`, body, { token })
  const head = await headOf(world, repository, 'main')
  const blob = await post('/blobs', {
    content: Buffer.from('binary\0\n').toString('base64'),
    encoding: 'base64',
  })
  const tree = await post('/trees', {
    base_tree: head,
    tree: [
      { path: 'a/b/deep.txt', mode: '100644', type: 'blob', content: 'changed\n' },
      { path: 'bin/run', mode: '100755', type: 'blob', sha: blob.body.sha },
      { path: 'link', mode: '120000', type: 'blob', content: 'a.txt' },
      { path: 'gone.txt', mode: '100644', type: 'blob', sha: null },
    ],
  })
  assert.equal(tree.status, 201)
  const commit = await post('/commits', { message: 'By plumbing', tree: tree.body.sha, parents: [head] })
  assert.equal(commit.status, 201)
  const botMail = `${world.model.bot.id}+supercargo[bot]@users.noreply.github.com`
  assert.deepEqual([commit.body.author.name, commit.body.author.email], ['supercargo[bot]', botMail])
  assert.deepEqual(
    [commit.body.committer.name, commit.body.committer.email],
    ['GitHub', 'noreply@github.com'],
  )
  assert.deepEqual([commit.body.verification.verified, commit.body.verification.reason], [false, 'unsigned'])
  const ref = await post('/refs', { ref: 'refs/heads/made', sha: commit.body.sha })
  assert.equal(ref.status, 201)
  assert.deepEqual(await treeTexts(world, repository, 'made'), {
    'a.txt': 'a\n',
    'a/b.txt': 'beside\n',
    'a/b/deep.txt': 'changed\n',
    'bin/run': 'binary\0\n',
    link: 'a.txt',
  })
  assert.equal(await fsck(world, repository), '')
  const listing = await world.rest('GET', '/repos/acme/plumbing/git/trees/made?recursive=1')
  assert.deepEqual(
    listing.body.tree.map(({ path, mode, size }: Record<string, unknown>) => [path, mode, size]),
    [
      ['a.txt', '100644', 2],
      ['a', '040000', undefined],
      ['a/b.txt', '100644', 7],
      ['a/b', '040000', undefined],
      ['a/b/deep.txt', '100644', 8],
      ['bin', '040000', undefined],
      ['bin/run', '100755', 8],
      ['link', '120000', 5],
    ],
  )
  const { body } = await world.rest('GET', `/repos/acme/plumbing/git/blobs/${blob.body.sha}`)
  assert.equal(Buffer.from(body.content, 'base64').toString(), 'binary\0\n')
})

test('references are made, moved and deleted as GitHub allows, and refused in its words', async () => {
  const repository = await world.repository('acme/refs')
  const first = (await headOf(world, repository, 'main')) ?? ''
  const second = await commitFiles(world, repository, 'main', { a: '1' })
  const send = (method: string, path: string, body?: unknown) =>
    world.rest(method, `/repos/acme/refs/git/${path}`, body)
  const message = async (method: string, path: string, body?: unknown) => {
    const answer = await send(method, path, body)
    return `${answer.status} ${answer.body.message}`
  }
  assert.equal((await send('POST', 'refs', { ref: 'refs/heads/a/b', sha: second })).status, 201)
  const again = { ref: 'refs/heads/a/b', sha: second }
  assert.equal(await message('POST', 'refs', again), '422 Reference already exists')
  assert.equal(
    await message('POST', 'refs', { ref: 'refs/heads/c', sha: 'f'.repeat(40) }),
    '422 Object does not exist',
  )
  assert.match(
    await message('POST', 'refs', { ref: 'heads/c', sha: second }),
    /^422 Reference name must start/,
  )
  assert.match(
    await message('POST', 'refs', { ref: 'refs/heads/c..d', sha: second }),
    /^422 .*not a valid ref/,
  )
  assert.match(await message('POST', 'refs', { ref: 'refs/heads/a', sha: second }), /^422 .*collides/)
  const back = { sha: first }
  assert.equal(await message('PATCH', 'refs/heads/a/b', back), '422 Update is not a fast forward')
  const moved = await send('PATCH', 'refs/heads/a/b', { ...back, force: true })
  assert.equal(moved.body.object.sha, first)
  assert.equal(await message('PATCH', 'refs/heads/none', back), '422 Reference does not exist')
  assert.equal((await send('GET', 'ref/heads/a/b')).body.object.sha, first)
  assert.equal((await send('GET', 'ref/heads/a')).status, 404)
  const matching = await send('GET', 'matching-refs/heads/')
  assert.deepEqual(
    matching.body.map(({ ref }: { ref: string }) => ref),
    ['refs/heads/a/b', 'refs/heads/main'],
  )
  assert.equal((await send('DELETE', 'refs/heads/a/b')).status, 204)
  assert.equal(await message('DELETE', 'refs/heads/a/b'), '422 Reference does not exist')
  protect(world.model, repository, 'main', {})
  const forced = await message('PATCH', 'refs/heads/main', { ...back, force: true })
  assert.equal(forced, '422 Cannot force-push to this protected branch')
})

test('of many concurrent updates from the same old value exactly one wins', async () => {
  const repository = await world.repository('acme/race')
  const base = (await headOf(world, repository, 'main')) ?? ''
  const tree = (await world.model.git(repository).commit(base))?.tree
  const commits = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const body = { message: `Writer ${index}`, tree, parents: [base] }
      return (await world.rest('POST', '/repos/acme/race/git/commits', body)).body.sha as string
    }),
  )
  const answers = await Promise.all(
    commits.map((sha) => world.rest('PATCH', '/repos/acme/race/git/refs/heads/main', { sha })),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 7 }, () => 422)])
  const winner = answers.find(({ status }) => status === 200)?.body.object.sha
  assert.equal(await headOf(world, repository, 'main'), winner)
  const created = await Promise.all(
    commits.map((sha) => world.rest('POST', '/repos/acme/race/git/refs', { ref: 'refs/heads/one', sha })),
  )
  assert.equal(created.filter(({ status }) => status === 201).length, 1)
  assert.equal(await fsck(world, repository), '')
})

test('trees and commits that cannot be are refused', async () => {
  const repository = await world.repository('acme/wrong')
  const head = await headOf(world, repository, 'main')
  const tree = async (item: Record<string, unknown>) => {
    const body = { base_tree: head, tree: [{ mode: '100644', type: 'blob', ...item }] }
    const answer = await world.rest('POST', '/repos/acme/wrong/git/trees', body, { wrong: true })
    return `${answer.status} ${answer.body.message}`
  }
  for (const path of ['../x', '.git/config', 'a/.GIT/x', 'a//b', '/a', 'a/./b']) {
    assert.match(await tree({ path, content: 'x' }), /^422 tree.path contains a malformed/, path)
  }
  assert.match(await tree({ path: 'x', sha: 'f'.repeat(40) }), /^422 tree.sha .* is not a valid blob/)
  assert.match(await tree({ path: 'x', mode: '777', content: '' }), /^422 Must supply a valid tree.mode/)
  assert.equal(await tree({ path: 'nothing', sha: null }), '422 GitRPC::BadObjectState')
  const commit = async (body: unknown) => {
    const answer = await world.rest('POST', '/repos/acme/wrong/git/commits', body)
    return `${answer.status} ${answer.body.message}`
  }
  assert.equal(await commit({ message: 'x', tree: 'f'.repeat(40) }), '422 Tree SHA does not exist')
  const ok = await world.rest('GET', `/repos/acme/wrong/git/commits/${head}`)
  assert.match(
    await commit({ message: 'x', tree: ok.body.tree.sha, parents: ['f'.repeat(40)] }),
    /^422 Parent SHA does not exist/,
  )
})

test('an empty repository answers 409 to git questions and takes its first file', async () => {
  await createRepository(world.model, { owner: 'acme', name: 'empty' })
  const answer = await world.rest('GET', '/repos/acme/empty/git/ref/heads/main')
  assert.equal(`${answer.status} ${answer.body.message}`, '409 Git Repository is empty.')
  assert.equal((await world.rest('GET', '/repos/acme/empty/commits')).status, 409)
  const content = Buffer.from('hello\n').toString('base64')
  const put = await world.rest('PUT', '/repos/acme/empty/contents/a/b.txt', { message: 'First', content })
  assert.equal(put.status, 201)
  const { body } = await world.rest('GET', '/repos/acme/empty/contents/a/b.txt')
  assert.equal(Buffer.from(body.content, 'base64').toString(), 'hello\n')
  const stale = { message: 'Second', content, sha: 'f'.repeat(40) }
  assert.equal((await world.rest('PUT', '/repos/acme/empty/contents/a/b.txt', stale)).status, 409)
  const listing = await world.rest('GET', '/repos/acme/empty/contents/a')
  assert.deepEqual(
    listing.body.map(({ name, type, size }: Record<string, unknown>) => [name, type, size]),
    [['b.txt', 'file', 6]],
  )
  const raw = await world.rest('GET', '/repos/acme/empty/contents/a/b.txt', undefined, {
    headers: { accept: 'application/vnd.github.raw' },
    wrong: true,
  })
  assert.equal(raw.body, 'hello\n')
  const removed = await world.rest('DELETE', '/repos/acme/empty/contents/a/b.txt', {
    message: 'Gone',
    sha: put.body.content.sha,
  })
  assert.equal(removed.status, 200)
  assert.equal((await world.rest('GET', '/repos/acme/empty/contents/a/b.txt')).status, 404)
})

test('comparisons count commits and list files', async () => {
  const repository = await world.repository('acme/compare')
  const base = (await headOf(world, repository, 'main')) ?? ''
  const ref = { ref: 'refs/heads/feature', sha: base }
  await world.rest('POST', '/repos/acme/compare/git/refs', ref)
  for (let i = 0; i < 5; i++) await commitFiles(world, repository, 'feature', { f: `${i}\n` }, `Number ${i}`)
  await commitFiles(world, repository, 'main', { m: '1\n' }, 'On main')
  const compare = (range: string, query = '') =>
    world.rest('GET', `/repos/acme/compare/compare/${range}${query}`)
  const { body } = await compare('main...feature')
  assert.deepEqual([body.status, body.ahead_by, body.behind_by, body.total_commits], ['diverged', 5, 1, 5])
  assert.equal(body.merge_base_commit.sha, base)
  const messages = (commits: { commit: { message: string } }[]) => commits.map(({ commit }) => commit.message)
  assert.deepEqual(messages(body.commits), ['Number 0', 'Number 1', 'Number 2', 'Number 3', 'Number 4'])
  assert.deepEqual(
    [body.files[0].filename, body.files[0].status, body.files[0].patch],
    ['f', 'added', '@@ -0,0 +1 @@\n+4'],
  )
  const page = await compare('main...feature', '?per_page=2&page=2')
  assert.deepEqual(messages(page.body.commits), ['Number 2', 'Number 3'])
  assert.match(page.headers.get('link') ?? '', /rel="prev".*rel="next".*rel="last".*rel="first"/)
  assert.equal((await compare(`${base}...feature`)).body.status, 'ahead')
  assert.equal((await compare(`feature...${base}`)).body.status, 'behind')
  assert.equal((await compare('main...main')).body.status, 'identical')
  assert.equal((await compare('main...nothing')).status, 404)
})

test('commits are listed by branch and path, children before parents', async () => {
  const repository = await world.repository('acme/log', { 'a/x': '0', b: '0' })
  await commitFiles(world, repository, 'main', { 'a/x': '1' }, 'Change a')
  const last = await commitFiles(world, repository, 'main', { b: '1' }, 'Change b')
  const list = async (query: string) => {
    const { body } = await world.rest('GET', `/repos/acme/log/commits${query}`)
    return body.map(({ commit }: { commit: { message: string } }) => commit.message)
  }
  assert.deepEqual(await list(''), ['Change b', 'Change a', 'First commit'])
  assert.deepEqual(await list('?path=a'), ['Change a', 'First commit'])
  assert.deepEqual(await list('?per_page=1&page=2'), ['Change a'])
  const commit = await world.rest('GET', '/repos/acme/log/commits/main')
  assert.equal(commit.body.sha, last)
  assert.deepEqual(
    commit.body.files.map(({ filename }: { filename: string }) => filename),
    ['b'],
  )
  assert.equal((await world.rest('GET', '/repos/acme/log/commits/none')).status, 422)
})

test('listings are paged with links, and answers that have not changed are 304 and cost nothing', async () => {
  const repository = await world.repository('acme/pages')
  const sha = (await headOf(world, repository, 'main')) ?? ''
  for (let i = 0; i < 5; i++) {
    await world.rest('POST', '/repos/acme/pages/git/refs', { ref: `refs/heads/b${i}`, sha })
  }
  const page = await world.rest('GET', '/repos/acme/pages/branches?per_page=2&page=2')
  assert.deepEqual(
    page.body.map(({ name }: { name: string }) => name),
    ['b2', 'b3'],
  )
  const link = page.headers.get('link') ?? ''
  assert.ok(link.includes(`<${world.api}/repos/acme/pages/branches?per_page=2&page=3>; rel="next"`), link)
  const etag = page.headers.get('etag') ?? ''
  const remaining = Number(page.headers.get('x-ratelimit-remaining'))
  const same = await world.rest('GET', '/repos/acme/pages/branches?per_page=2&page=2', undefined, {
    headers: { 'if-none-match': etag },
    wrong: true,
  })
  assert.equal(same.status, 304)
  assert.equal(Number(same.headers.get('x-ratelimit-remaining')), remaining)
  await world.rest('DELETE', '/repos/acme/pages/git/refs/heads/b2')
  const changed = await world.rest('GET', '/repos/acme/pages/branches?per_page=2&page=2', undefined, {
    headers: { 'if-none-match': etag },
  })
  assert.equal(changed.status, 200)
  assert.ok(changed.headers.get('x-github-request-id'))
})

test('an archived repository can be read only', async () => {
  const repository = await world.repository('acme/old')
  await updateRepository(world.model, repository, { archived: true })
  assert.equal((await world.rest('GET', '/repos/acme/old')).body.archived, true)
  const answer = await world.rest('POST', '/repos/acme/old/git/blobs', { content: 'x' })
  assert.equal(`${answer.status} ${answer.body.message}`, '403 Repository was archived so is read-only.')
})
