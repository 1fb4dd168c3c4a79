import assert from 'node:assert/strict'
import { chmod, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { SourceQuery } from '../../src/forge/forge.ts'
import { eventually } from '../support/eventually.ts'
import { BRANCH, cloneOf, FILE, manifestQuery, manifestsOf, opening, type StartForge } from './forge-world.ts'

const MARKER = '<!-- supercargo:preview -->'

function sourceQuery(query: Partial<SourceQuery> = {}): SourceQuery {
  return {
    branches: [],
    tags: false,
    pullRequests: false,
    liveBranches: false,
    commentMarker: MARKER,
    ...query,
  }
}

/** What every adapter reads. */
export function forgeReadingContract(name: string, start: StartForge): void {
  const it = (title: string, work: (t: TestContext) => Promise<void>) => test(`${name}: ${title}`, work)

  it('a repository is read with its files at the head of its default branch, in one look', async (t) => {
    const world = await start(t)
    const repository = await world.createRepository('acme/web')
    const clone = await cloneOf(t, world, repository)
    const empty = await world.forge.readRepository(repository, ['a.yml'])
    assert.deepEqual([empty.head, empty.files, empty.report], [null, { 'a.yml': null }, null])
    const head = await clone.push({ '.supercargo.yml': 'manifests: ü\n', 'dir/x.txt': 'x' })
    world.requests()
    const read = await world.forge.readRepository(repository, ['.supercargo.yml', 'b.yml', 'dir'])
    assert.equal(world.requests().length, world.deviations.readRepository)
    assert.deepEqual(read.files, { '.supercargo.yml': 'manifests: ü\n', 'b.yml': null, dir: null })
    assert.deepEqual(read.repository, repository)
    assert.deepEqual([read.head, read.defaultBranch, read.archived], [head, 'main', false])
  })

  it('what is not there is not found, for good', async (t) => {
    const { forge } = await start(t)
    const repository = { forge: forge.id, path: 'acme/nothing' }
    const expected = { code: 'repository-not-found', kind: 'permanent' }
    await assert.rejects(forge.readRepository(repository, []), expected)
    await assert.rejects(forge.readManifests(repository, manifestQuery()), expected)
    await assert.rejects(forge.readSource(repository, sourceQuery()), expected)
  })

  it('all repositories that the bot may see are seen at a glance', async (t) => {
    const world = await start(t)
    const paths = ['acme/web', 'acme/api', 'globex/manifests']
    for (const path of paths) await world.createRepository(path)
    const seen = (await world.forge.glance()).seen.map(({ repository }) => repository.path)
    assert.deepEqual(
      paths.filter((path) => !seen.includes(path)),
      [],
    )
  })

  it('a followed branch tells its newest commits, and what its paths were at each', async (t) => {
    const world = await start(t)
    const repository = await world.createRepository('acme/web')
    const clone = await cloneOf(t, world, repository)
    const first = await clone.commit({ 'web/a': '1', 'api/b': '1' }, 'First\n\nbody')
    const second = await clone.commit({ 'web/a': '2' }, 'Second')
    const third = await clone.push({ 'api/b': '2' }, 'Third')
    const branches = [
      { name: 'main', paths: ['web', 'api/b', 'none'] },
      { name: 'gone', paths: [] },
    ]
    world.requests()
    const read = await world.forge.readSource(repository, sourceQuery({ branches }))
    assert.equal(world.requests().length, world.deviations.readSource)
    assert.equal(read.branches.gone, null)
    assert.equal(read.branches.main?.head, third)
    const commits = read.branches.main?.commits ?? []
    assert.deepEqual(
      commits.map(({ oid, parents, headline }) => [oid, parents, headline]),
      [
        [third, [second], 'Third'],
        [second, [first], 'Second'],
        [first, [], 'First'],
      ],
    )
    assert.deepEqual([commits[0]?.authorName, commits[0]?.authorEmail], ['Ada', 'ada@example.com'])
    const [web, api] = [await clone.git('rev-parse', 'HEAD:web'), await clone.git('rev-parse', 'HEAD:api/b')]
    const marks = commits.map(({ pathOids }) => pathOids)
    if (world.deviations.pathOids) assert.deepEqual(marks[0], { web, 'api/b': api, none: null })
    assert.deepEqual([marks[0]?.web, marks[0]?.['api/b']].includes(null), false)
    assert.equal(marks[1]?.web, marks[0]?.web)
    assert.notEqual(marks[1]?.['api/b'], marks[0]?.['api/b'])
    assert.notEqual(marks[2]?.web, marks[1]?.web)
    assert.deepEqual(
      marks.map(({ none }) => none),
      [null, null, null],
    )
  })

  it('more than a hundred tags and branches are read to the last one, annotated tags by their commit', async (t) => {
    const world = await start(t)
    const repository = await world.createRepository('acme/web')
    const clone = await cloneOf(t, world, repository)
    const head = await clone.push({ a: '1' })
    const names = Array.from({ length: 230 }, (_, i) => `v0.${i}.0`)
    const refs = names.flatMap((name) => [`${head}:refs/tags/${name}`, `${head}:refs/heads/b/${name}`])
    await clone.git('tag', '--annotate', '--message', 'release', 'inner')
    await clone.git('tag', '--annotate', '--message', 'of a tag', 'outer', 'inner')
    await clone.git('push', '--quiet', 'origin', ...refs, 'refs/tags/inner', 'refs/tags/outer')
    const read = await world.forge.readSource(repository, sourceQuery({ tags: true, liveBranches: true }))
    assert.deepEqual([read.tags.complete, read.liveBranches.complete], [true, true])
    const tags = new Map(read.tags.items.map((tag) => [tag.name, tag.commit]))
    assert.deepEqual([...tags.keys()].sort(), [...names, 'inner', 'outer'].sort())
    assert.deepEqual([...new Set(tags.values())], [head])
    assert.deepEqual(
      read.liveBranches.items.map((branch) => branch.name).sort(),
      ['main', ...names.map((each) => `b/${each}`)].sort(),
    )
  })

  it('every open pull request is read, and the ones closed last', async (t) => {
    const world = await start(t)
    const repository = await world.createRepository('acme/web')
    const clone = await cloneOf(t, world, repository)
    await clone.push({ a: '1' })
    const branches = Array.from({ length: 105 }, (_, i) => `feature/${i}`)
    const oids = [await clone.commit({ a: '2' }), await clone.commit({ a: '3' })]
    const refs = branches.map((branch, i) => `${oids[i % 2]}:refs/heads/${branch}`)
    await clone.git('push', '--quiet', 'origin', ...refs)
    const numbers: number[] = []
    for (const [i, branch] of branches.entries()) {
      numbers.push(
        await world.person.openPull(repository, { branch, base: 'main', title: branch, draft: i === 1 }),
      )
    }
    const closed = numbers[3] ?? 0
    await world.person.closePull(repository, closed)
    const read = await world.forge.readSource(repository, sourceQuery({ pullRequests: true }))
    assert.equal(read.pullRequests.complete, true)
    const open = new Map(read.pullRequests.items.map((pull) => [pull.number, pull]))
    assert.deepEqual(
      [...open.keys()].sort((a, b) => a - b),
      numbers.filter((number) => number !== closed),
    )
    const second = open.get(numbers[1] ?? 0)
    assert.deepEqual(
      [second?.branch, second?.head, second?.draft, second?.fork, second?.state, second?.comment],
      ['feature/1', oids[1], true, false, 'open', null],
    )
    assert.deepEqual(
      read.closedPullRequests.map(({ number, state }) => [number, state]),
      [[closed, 'closed']],
    )
    world.requests()
    const [first = 0] = numbers
    assert.deepEqual(await world.forge.readPullRequestStates(repository, [closed, first, 4711]), {
      [closed]: 'closed',
      [first]: 'open',
      4711: null,
    })
    assert.equal(world.requests().length, 1)
  })

  it('it is told who is a bot, and when somebody last opened, reopened or pushed, whatever was said since', async (t) => {
    const world = await start(t)
    const repository = await world.createRepository('acme/web')
    const clone = await cloneOf(t, world, repository)
    await clone.push({ a: '1' })
    await clone.git('checkout', '--quiet', '-b', 'feature')
    await clone.push({ a: '2' })
    const base = await clone.git('rev-parse', 'main')
    const number = await world.person.openPull(repository, { branch: 'feature', base: 'main', title: 'x' })
    const own = await world.forge.openChangeRequest(repository, opening(base))
    const read = async () => {
      const { items } = (await world.forge.readSource(repository, sourceQuery({ pullRequests: true })))
        .pullRequests
      const pull = items.find((each) => each.number === number)
      assert.ok(pull)
      assert.equal(pull.byBot, false)
      assert.equal(items.find((each) => each.number === own.number)?.byBot, true)
      return Date.parse(pull.activeAt)
    }
    const opened = await read()
    assert.ok(Math.abs(opened - Date.now()) < 60_000)
    await pause(1100)
    await world.person.comment(repository, number, 'Any news?')
    await world.forge.writeComment(repository, { number, id: null, body: MARKER, marker: MARKER })
    assert.equal(await read(), opened)
    await clone.push({ a: '3' })
    const later = (than: number) =>
      eventually('the forge tells of it', async () => ((await read()) > than ? await read() : null))
    const pushed = await later(opened)
    await world.person.closePull(repository, number)
    await pause(1100)
    await world.person.reopenPull(repository, number)
    await later(pushed)
  })

  it("the bot's comment is found by author and marker, also behind others' comments", async (t) => {
    const world = await start(t)
    const repository = await world.createRepository('acme/web')
    const clone = await cloneOf(t, world, repository)
    await clone.push({ a: '1' })
    await clone.git('checkout', '--quiet', '-b', 'feature')
    await clone.push({ a: '2' })
    const number = await world.person.openPull(repository, { branch: 'feature', base: 'main', title: 'x' })
    const comment = async () =>
      (await world.forge.readSource(repository, sourceQuery({ pullRequests: true }))).pullRequests.items[0]
        ?.comment
    for (let i = 0; i < 12; i++) await world.person.comment(repository, number, `${MARKER} of a person`)
    const wish = { number, id: null, marker: MARKER }
    await world.forge.writeComment(repository, { ...wish, body: 'of the bot, unmarked' })
    assert.equal(await comment(), null)
    await world.forge.writeComment(repository, { ...wish, body: `first ${MARKER}` })
    const found = await comment()
    assert.equal(found?.body, `first ${MARKER}`)
    const id = found?.id ?? null
    const again = world.forge.writeComment(repository, { ...wish, body: `again ${MARKER}` })
    await assert.rejects(again, { code: 'comment-exists', kind: 'conflict' })
    assert.deepEqual(await comment(), found)
    await world.forge.writeComment(repository, { ...wish, id, body: `second ${MARKER}` })
    assert.deepEqual(await comment(), { id: found?.id, body: `second ${MARKER}` })
    const news = { ...wish, id, anew: true, body: `third ${MARKER}` }
    await world.forge.writeComment(repository, news)
    const newer = await comment()
    assert.equal(newer?.body, `third ${MARKER}`)
    assert.notEqual(newer?.id, id)
    await assert.rejects(world.forge.writeComment(repository, news), { code: 'comment-not-found' })
    assert.deepEqual(await comment(), newer)
    await world.person.deleteComments(repository, number)
    const edit = world.forge.writeComment(repository, { ...wish, id, body: 'third' })
    await assert.rejects(edit, { code: 'comment-not-found', kind: 'conflict' })
  })

  it('a manifest snapshot holds every file below its directories, however deep, in one request', async (t) => {
    const world = await start(t)
    const deep = 'apps/web/staging/1/2/3/4/5/6/7/deep.yaml'
    const { repository, clone } = await manifestsOf(t, world, {
      [deep]: 'deep: true\n',
      'apps/web/staging/run.sh': '#!/bin/sh\n',
      'apps/web/production/x.yaml': 'x: 1\n',
      '.supercargo/policy.yml': 'accept: []\n',
      'other/y.yaml': 'y: 1\n',
    })
    await chmod(join(clone.directory, 'apps/web/staging/run.sh'), 0o755)
    await symlink('run.sh', join(clone.directory, 'apps/web/staging/link'))
    const large = `${'# a comment that makes the file long\n'.repeat(20_000)}last: line\n`
    const base = await clone.push({
      'apps/web/staging/logo.png': Buffer.from([0x89, 0x50, 0, 1, 2, 255, 254]),
      'apps/web/production/large.yaml': large,
    })
    const directories = [
      { path: 'apps/web/staging', texts: true, history: 0 },
      { path: 'apps/web/production', texts: false, history: 0 },
      { path: 'apps/none', texts: true, history: 0 },
    ]
    world.requests()
    const read = await world.forge.readManifests(repository, manifestQuery({ directories }))
    assert.deepEqual([read.base, read.branch, read.complete], [base, 'main', true])
    assert.deepEqual(read.files, { '.supercargo/policy.yml': 'accept: []\n' })
    assert.deepEqual(read.repository, repository)
    const tree = Object.fromEntries(read.tree.map(({ path, mode, text }) => [path, [mode, text]]))
    assert.deepEqual(tree, {
      [FILE]: ['100644', 'newTag: a\n'],
      [deep]: ['100644', 'deep: true\n'],
      'apps/web/staging/run.sh': ['100755', '#!/bin/sh\n'],
      'apps/web/staging/link': ['120000', null],
      'apps/web/staging/logo.png': ['100644', null],
      'apps/web/production/x.yaml': ['100644', null],
      'apps/web/production/large.yaml': ['100644', null],
    })
    const oid = await clone.git('rev-parse', `HEAD:${deep}`)
    assert.equal(read.tree.find(({ path }) => path === deep)?.oid, oid)
    const some = [{ path: 'apps/web/production', texts: true, history: 0 }]
    const texts = await world.forge.readManifests(repository, manifestQuery({ directories: some }))
    assert.equal(texts.tree.find(({ path }) => path.endsWith('large.yaml'))?.text, large)
  })

  it('one request is enough for a snapshot with open change requests', async (t) => {
    const world = await start(t)
    const { repository, read, judged } = await manifestsOf(t, world)
    const { base } = await read()
    await world.forge.openChangeRequest(repository, opening(base))
    await judged()
    world.requests()
    const snapshot = await read()
    assert.equal(world.requests().length, 1)
    const state = snapshot.changeRequests[BRANCH]
    assert.deepEqual(
      [state?.open?.ours, state?.branch?.ours, state?.open?.head],
      [true, true, state?.branch?.head],
    )
    assert.deepEqual(state?.branch?.parents, [base])
    assert.deepEqual(
      state?.branch?.tree.map(({ path }) => path),
      [FILE],
    )
    assert.notEqual(state?.branch?.tree[0]?.oid, snapshot.tree[0]?.oid)
  })

  it('of a branch only the directories are read that it can change', async (t) => {
    const world = await start(t)
    const beside = 'apps/api/staging/values.yaml'
    const { repository, base } = await manifestsOf(t, world, { [beside]: 'tag: a\n' })
    await world.forge.openChangeRequest(repository, opening(base))
    const directories = ['apps/web/staging', '/apps/api/staging/'].map((path) => ({
      path,
      texts: true,
      history: 0,
    }))
    const pathsOf = async (branchDirectories?: Record<string, string[]>) => {
      const wish = branchDirectories === undefined ? {} : { branchDirectories }
      const query = manifestQuery({ directories, ...wish })
      const { tree, changeRequests } = await world.forge.readManifests(repository, query)
      assert.deepEqual(tree.map(({ path }) => path).toSorted(), [beside, FILE])
      return changeRequests[BRANCH]?.branch?.tree.map(({ path }) => path).toSorted()
    }
    assert.deepEqual(await pathsOf({ [BRANCH]: ['apps/web/staging/'] }), [FILE])
    assert.deepEqual(await pathsOf({ [BRANCH]: [] }), [])
    assert.deepEqual(await pathsOf({ other: [] }), [beside, FILE])
    assert.deepEqual(await pathsOf(), [beside, FILE])
  })

  it('files are read as they were at an earlier commit, also by one who has read nothing yet', async (t) => {
    const world = await start(t)
    const { repository, clone } = await manifestsOf(t, world)
    const path = 'apps/web/staging/values.yaml'
    const commit = await clone.push({ [path]: 'tag: 1\n', 'apps/web/staging/a/b/c/d/e.yaml': 'x: 1\n' })
    await clone.push({ [path]: 'tag: 2\n', 'apps/web/staging/a/b/c/d/e.yaml': null })
    for (const forge of [world.forge, world.again()]) {
      const { tree, complete } = await forge.readTree(repository, commit, ['apps/web/staging', path, 'none'])
      assert.equal(complete, true)
      const texts = Object.fromEntries(tree.map((file) => [file.path, file.text]))
      assert.equal(tree.filter((file) => file.path === path).length, 1)
      assert.deepEqual([texts[path], texts['apps/web/staging/a/b/c/d/e.yaml']], ['tag: 1\n', 'x: 1\n'])
    }
  })

  it("a path's history tells messages, and which commits are the bot's", async (t) => {
    const world = await start(t)
    const { repository, clone, base } = await manifestsOf(t, world)
    const wish = { ...opening(base).commit, branch: 'main', expectedHead: base }
    const ours = await world.forge.commit(repository, wish)
    await clone.checkout('main')
    const theirs = await clone.push({ [FILE]: 'newTag: by hand\n' }, 'By hand\n\nSupercargo-Tag: forged')
    await clone.push({ 'README.md': 'elsewhere' })
    const directories = [{ path: 'apps/web/staging', texts: true, history: 2 }]
    const read = await world.forge.readManifests(repository, manifestQuery({ directories }))
    assert.deepEqual(
      read.history['apps/web/staging']?.map((commit) => ({ ...commit, message: commit.message.trim() })),
      [
        { oid: theirs, message: 'By hand\n\nSupercargo-Tag: forged', ours: false },
        { oid: ours, message: wish.message, ours: true },
      ],
    )
  })

  it('two commits are compared by id, tag or abbreviation', async (t) => {
    const world = await start(t)
    const repository = await world.createRepository('acme/web')
    const clone = await cloneOf(t, world, repository)
    const first = await clone.commit({ a: '1' }, 'First')
    const second = await clone.commit({ a: '2' }, 'Second')
    const third = await clone.push({ a: '3' }, 'Third')
    await clone.git('push', '--quiet', 'origin', `${first}:refs/tags/v1`)
    await clone.git('checkout', '--quiet', '-b', 'side', first)
    const side = await clone.push({ b: '1' }, 'Side')
    const compare = (base: string, head: string) => world.forge.compareCommits(repository, base, head)
    const ahead = await compare('v1', third.slice(0, 10))
    assert.deepEqual([ahead.status, ahead.total], ['ahead', 2])
    assert.deepEqual(
      ahead.commits.map(({ oid, headline }) => [oid, headline]),
      [
        [second, 'Second'],
        [third, 'Third'],
      ],
    )
    assert.equal((await compare(third, first)).status, 'behind')
    assert.equal((await compare(third, third)).status, 'identical')
    assert.equal((await compare(third, side)).status, 'diverged')
    assert.equal((await compare('f'.repeat(40), third)).status, 'unknown')
  })
}
