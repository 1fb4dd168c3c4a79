import assert from 'node:assert/strict'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  assertConflict,
  BRANCH,
  FILE,
  manifestQuery,
  manifestsOf,
  opening,
  type StartForge,
} from './forge-world.ts'

/** How every adapter writes. */
export function forgeWritingContract(name: string, start: StartForge): void {
  const it = (title: string, work: (t: TestContext) => Promise<void>) => test(`${name}: ${title}`, work)

  it('a new change request costs one read and as few writes as the forge allows', async (t) => {
    const world = await start(t)
    const { repository, clone, read } = await manifestsOf(t, world)
    const { base } = await read()
    const link = await world.forge.openChangeRequest(repository, opening(base))
    assert.equal(world.requests().length, 1 + world.deviations.openChangeRequest)
    const shown = await world.person.readPull(repository, link.number)
    assert.deepEqual(shown, { state: 'open', title: 'Set web to b', body: 'From a to b.' })
    assert.equal(await clone.show(BRANCH, FILE), 'newTag: b')
    assert.deepEqual(await clone.list(BRANCH), ['100644 README.md', `100644 ${FILE}`])
    const log = await clone.git('log', '--format=%P%n%B', `main..origin/${BRANCH}`)
    assert.equal(log.trimEnd(), `${base}\n${opening(base).commit.message}`)
    assert.match(link.url, new RegExp(`/${link.number}$`))
  })

  it('files are added and removed, and keep their mode', async (t) => {
    const world = await start(t)
    const script = 'apps/web/staging/run.sh'
    const { repository, clone } = await manifestsOf(t, world, { [script]: 'echo a\n' })
    await chmod(join(clone.directory, script), 0o755)
    const base = await clone.push({}, 'Make it executable')
    const changes = [
      { path: script, content: 'echo b\n' },
      { path: FILE, content: null },
      { path: 'apps/web/staging/new.sh', content: 'new\n', mode: '100755' as const },
      { path: 'apps/web/staging/ü.yaml', content: 'text: "é"\n' },
    ]
    await world.forge.openChangeRequest(repository, opening(base, 'b', { commit: { message: 'x', changes } }))
    assert.deepEqual(await clone.list(BRANCH), [
      '100644 README.md',
      '100755 apps/web/staging/new.sh',
      `100755 ${script}`,
      '100644 "apps/web/staging/\\303\\274.yaml"',
    ])
    assert.equal(await clone.show(BRANCH, script), 'echo b')
    assert.equal(await clone.show(BRANCH, 'apps/web/staging/ü.yaml'), 'text: "é"')
    await clone.git('fsck', '--strict')
  })

  it('of two who open the same change request one wins, and the other learns of a conflict', async (t) => {
    const world = await start(t)
    const { repository, base, state } = await manifestsOf(t, world)
    const results = await Promise.allSettled(
      ['b', 'c', 'd'].map((tag) => world.forge.openChangeRequest(repository, opening(base, tag))),
    )
    const won = results.filter(({ status }) => status === 'fulfilled')
    assert.equal(won.length, 1)
    for (const result of results) {
      if (result.status === 'rejected') assert.equal(result.reason.kind, 'conflict')
    }
    assert.equal((await state()).open?.ours, true)
  })

  it('half of a write is visible, and the next attempt completes it', async (t) => {
    const world = await start(t)
    const { repository, clone, base, state } = await manifestsOf(t, world)
    await clone.git('push', '--quiet', 'origin', `${base}:refs/heads/${BRANCH}`)
    const half = await state()
    assert.deepEqual([half.branch?.head, half.branch?.ours, half.open], [base, true, null])
    await world.forge.openChangeRequest(repository, opening(base, 'b', { leftover: base }))
    const whole = await state()
    assert.equal(whole.open?.head, whole.branch?.head)
    assert.equal(await clone.show(BRANCH, FILE), 'newTag: b')
  })

  it("a person's commit on a left-over branch is not thrown away", async (t) => {
    const world = await start(t)
    const { repository, clone, base, state } = await manifestsOf(t, world)
    await clone.git('checkout', '--quiet', '-b', BRANCH)
    const person = await clone.push({ [FILE]: 'newTag: mine\n' })
    await assertConflict(world.forge.openChangeRequest(repository, opening(base)))
    await assertConflict(world.forge.openChangeRequest(repository, opening(base, 'b', { leftover: base })))
    const { branch } = await state()
    assert.deepEqual([branch?.head, branch?.ours], [person, false])
  })

  it('a left-over branch with an old commit is used again, as one commit on the newest base', async (t) => {
    const world = await start(t)
    const { repository, clone, base, state } = await manifestsOf(t, world)
    const { number } = await world.forge.openChangeRequest(repository, opening(base))
    await world.person.closePull(repository, number)
    const old = await state()
    assert.deepEqual([old.open, old.closed?.number], [null, number])
    const newest = await clone.push({ 'README.md': 'newer' })
    await world.forge.openChangeRequest(
      repository,
      opening(newest, 'c', { leftover: old.branch?.head ?? null }),
    )
    const again = await state()
    assert.deepEqual(again.branch?.parents, [newest])
    assert.notEqual(again.open?.number, number)
    assert.equal(await clone.show(BRANCH, FILE), 'newTag: c')
  })

  it('an update rebuilds the branch on the moved base, and the change request stays open', async (t) => {
    const world = await start(t)
    const { repository, clone, base, state } = await manifestsOf(t, world)
    const { number } = await world.forge.openChangeRequest(repository, opening(base))
    const moved = await clone.push({ 'README.md': 'moved', 'apps/web/staging/more.yaml': 'more: 1\n' })
    const { branch } = await state()
    const { commit, title, body } = opening(moved, 'c')
    const update = { number, before: opening(base), branch: BRANCH, baseOid: moved, title, body, commit }
    await world.forge.updateChangeRequest(repository, { ...update, expectedHead: branch?.head ?? '' })
    const after = await state()
    assert.deepEqual(
      [after.open?.number, after.open?.title, after.open?.head],
      [number, title, after.branch?.head],
    )
    assert.deepEqual([after.branch?.parents, after.branch?.ours, after.closed], [[moved], true, null])
    assert.deepEqual(await clone.list(BRANCH), [
      '100644 README.md',
      `100644 ${FILE}`,
      '100644 apps/web/staging/more.yaml',
    ])
    assert.equal(await clone.show(BRANCH, FILE), 'newTag: c')
    const late = { ...update, commit: opening(moved, 'd').commit, expectedHead: branch?.head ?? '' }
    await assertConflict(world.forge.updateChangeRequest(repository, late))
    assert.equal((await state()).branch?.head, after.branch?.head)
  })

  it("an update never throws away a person's commit", async (t) => {
    const world = await start(t)
    const { repository, clone, base, state } = await manifestsOf(t, world)
    const { number } = await world.forge.openChangeRequest(repository, opening(base))
    const expectedHead = (await state()).branch?.head ?? ''
    await clone.checkout(BRANCH)
    const person = await clone.push({ [FILE]: 'newTag: mine\n' })
    const before = opening(base)
    const update = { ...opening(base, 'c'), number, before, expectedHead }
    await assertConflict(world.forge.updateChangeRequest(repository, update))
    assert.equal((await state()).open?.title, before.title)
    await assertConflict(world.forge.deleteBranch(repository, BRANCH, expectedHead))
    const after = await state()
    assert.deepEqual([after.branch?.head, after.branch?.ours], [person, false])
  })

  it('an update of what a person has closed leaves its text as it was', async (t) => {
    const world = await start(t)
    const { repository, base, state } = await manifestsOf(t, world)
    const before = opening(base)
    const { number } = await world.forge.openChangeRequest(repository, before)
    const expectedHead = (await state()).branch?.head ?? ''
    await world.person.closePull(repository, number)
    const update = { ...opening(base, 'c'), number, before, expectedHead }
    await assertConflict(world.forge.updateChangeRequest(repository, update))
    const { title, body } = before
    assert.deepEqual(await world.person.readPull(repository, number), { state: 'closed', title, body })
  })

  it("an amended commit and a merge of the base by a person are not the bot's", async (t) => {
    const world = await start(t)
    const { repository, clone, base, state } = await manifestsOf(t, world)
    const { number } = await world.forge.openChangeRequest(repository, opening(base))
    await clone.checkout(BRANCH)
    const author = await clone.git('log', '-1', '--format=%an')
    await clone.git('commit', '--quiet', '--amend', '--message', 'amended')
    assert.equal(await clone.git('log', '-1', '--format=%an'), author)
    const original = (await state()).branch
    assert.equal(original?.ours, true)
    await clone.git('push', '--quiet', '--force', 'origin', 'HEAD')
    assert.equal((await state()).branch?.ours, false)
    await clone.git('push', '--quiet', '--force', 'origin', `${original?.head}:refs/heads/${BRANCH}`)
    assert.equal((await state()).branch?.ours, true)
    await clone.checkout('main')
    await clone.push({ 'README.md': 'moved' })
    await world.person.updatePullBranch(repository, number)
    assert.equal((await state()).branch?.ours, false)
  })

  it("a fork's branch of the same name is not the bot's change request", async (t) => {
    const world = await start(t)
    const { repository, state } = await manifestsOf(t, world)
    const number = await world.person.openPullFromFork(repository, BRANCH, 'main')
    assert.deepEqual(await state(), { branch: null, open: null, closed: null, merged: null })
    await world.person.closePull(repository, number)
    assert.deepEqual(await state(), { branch: null, open: null, closed: null, merged: null })
  })

  it('a change request is described anew without touching its branch', async (t) => {
    const world = await start(t)
    const { repository, base, state } = await manifestsOf(t, world)
    const { number } = await world.forge.openChangeRequest(repository, opening(base))
    const { branch } = await state()
    await world.forge.describeChangeRequest(repository, number, { title: 'T', body: 'B' })
    assert.deepEqual(await world.person.readPull(repository, number), {
      state: 'open',
      title: 'T',
      body: 'B',
    })
    assert.equal((await state()).branch?.head, branch?.head)
  })

  it('closing sets the body and deletes the branch, unless somebody moved it', async (t) => {
    const world = await start(t)
    const { repository, clone, base, state } = await manifestsOf(t, world)
    const first = await world.forge.openChangeRequest(repository, opening(base))
    const head = (await state()).branch?.head ?? ''
    const wish = { body: 'No longer needed.', branch: BRANCH }
    await world.forge.closeChangeRequest(repository, { ...wish, number: first.number, expectedHead: head })
    const closed = await state()
    assert.deepEqual([closed.branch, closed.open, closed.closed?.number], [null, null, first.number])
    assert.equal(closed.closed?.body, wish.body)

    const second = await world.forge.openChangeRequest(repository, opening(base))
    await clone.checkout(BRANCH)
    const moved = await clone.push({ [FILE]: 'newTag: mine\n' })
    await world.forge.closeChangeRequest(repository, { ...wish, number: second.number, expectedHead: head })
    const kept = await state()
    assert.deepEqual([kept.branch?.head, kept.open, kept.closed?.number], [moved, null, second.number])
  })

  it('a merge takes the head that was judged, and no other', async (t) => {
    const world = await start(t)
    const { repository, clone, base, state, judged } = await manifestsOf(t, world)
    const { number } = await world.forge.openChangeRequest(repository, opening(base))
    const { branch, open } = await judged()
    assert.equal(open?.mergeability, 'clean')
    const wish = { number, branch: BRANCH }
    const stale = await world.forge.mergeChangeRequest(repository, { ...wish, expectedHead: base })
    assert.equal(stale.merged, false)
    assert.equal(stale.merged === false && stale.again, true)
    const merged = await world.forge.mergeChangeRequest(repository, {
      ...wish,
      expectedHead: branch?.head ?? '',
    })
    assert.equal(merged.merged, true)
    assert.equal(await clone.show('main', FILE), 'newTag: b')
    const after = await state()
    assert.deepEqual(
      [after.branch, after.open, after.closed, after.merged?.number],
      [null, null, null, number],
    )
  })

  it('what needs a review is blocked, and is not merged', async (t) => {
    const world = await start(t)
    const { repository, base, state, judged } = await manifestsOf(t, world)
    await world.person.requireReview(repository, 'main')
    const { number } = await world.forge.openChangeRequest(repository, opening(base))
    const { branch, open } = await judged()
    assert.equal(open?.mergeability, 'blocked')
    const wish = { number, branch: BRANCH, expectedHead: branch?.head ?? '' }
    const result = await world.forge.mergeChangeRequest(repository, wish)
    assert.ok(!result.merged)
    assert.match(result.reason, /^[A-Z].*\.$/)
    assert.equal(result.again, false)
    assert.equal((await state()).open?.number, number)
  })

  it('a conflicting change request is seen to be one', async (t) => {
    const world = await start(t)
    const { repository, clone, base, judged } = await manifestsOf(t, world)
    await world.forge.openChangeRequest(repository, opening(base))
    await clone.push({ [FILE]: 'newTag: other\n' })
    assert.equal((await judged()).open?.mergeability, 'conflicting')
  })

  it('a commit goes onto the head that was expected, and onto no other', async (t) => {
    const world = await start(t)
    const { repository, clone, base } = await manifestsOf(t, world)
    const wish = { ...opening(base).commit, branch: 'main' }
    const oid = await world.forge.commit(repository, { ...wish, expectedHead: base })
    assert.equal(await clone.show('main', FILE), 'newTag: b')
    assert.equal(await clone.git('rev-parse', 'origin/main'), oid)
    await assertConflict(world.forge.commit(repository, { ...wish, expectedHead: base }))
    const changes = [{ path: 'x.sh', content: 'x', mode: '100755' as const }]
    await assertConflict(world.forge.commit(repository, { ...wish, changes, expectedHead: base }))
    await world.forge.commit(repository, { ...wish, changes, expectedHead: oid })
    assert.ok((await clone.list('main')).includes('100755 x.sh'))
  })

  it('a branch is deleted at the head that was expected, and one that is gone is fine', async (t) => {
    const world = await start(t)
    const { repository, base, state } = await manifestsOf(t, world)
    await world.forge.openChangeRequest(repository, opening(base))
    const head = (await state()).branch?.head ?? ''
    await assertConflict(world.forge.deleteBranch(repository, BRANCH, base))
    await world.forge.deleteBranch(repository, BRANCH, head)
    assert.equal((await state()).branch, null)
    await world.forge.deleteBranch(repository, BRANCH, head)
  })

  it("no other branch than the bot's own is ever rewritten or deleted", async (t) => {
    const world = await start(t)
    const { repository, clone, base } = await manifestsOf(t, world)
    await assert.rejects(world.forge.deleteBranch(repository, 'main', base), { code: 'branch-not-ours' })
    const wish = opening(base, 'b', { branch: 'main', leftover: base })
    await assert.rejects(world.forge.openChangeRequest(repository, wish), { code: 'branch-not-ours' })
    assert.equal(await clone.git('ls-remote', 'origin', 'refs/heads/main'), `${base}\trefs/heads/main`)
  })

  it('a report is written on a commit once, and changed in place', async (t) => {
    const world = await start(t)
    const { repository, base } = await manifestsOf(t, world)
    const annotations = Array.from({ length: 120 }, (_, i) => ({
      path: FILE,
      line: i + 1,
      column: 2,
      message: `m${i}`,
    }))
    const report = {
      conclusion: 'failure' as const,
      title: 'Broken',
      summary: 'It is **broken**.',
      annotations: [],
    }
    await world.forge.writeReport(repository, { ...report, id: null, commit: base })
    const first = (await world.forge.readRepository(repository, [])).report
    assert.deepEqual(first, { ...report, id: first?.id })
    const fixed = { ...report, conclusion: 'success' as const, title: 'Fine' }
    await world.forge.writeReport(repository, { ...fixed, id: first?.id ?? null, commit: base })
    const second = (await world.forge.readRepository(repository, [])).report
    assert.deepEqual(second, { ...fixed, id: second?.id })
    if (world.deviations.reportId) assert.equal(second?.id, first?.id)
    await world.forge.writeReport(repository, {
      ...report,
      annotations,
      id: second?.id ?? null,
      commit: base,
    })
    const many = (await world.forge.readRepository(repository, [])).report
    assert.deepEqual(many?.annotations.slice(0, 60), annotations.slice(0, 60))
    await world.forge.writeReport(repository, { ...fixed, id: many?.id ?? null, commit: base })
    const last = (await world.forge.readRepository(repository, [])).report
    assert.deepEqual([last?.title, last?.annotations], ['Fine', []])
  })

  it('many branches and directories are read in parts, and nothing is missing', async (t) => {
    const world = await start(t)
    const paths = Array.from({ length: 30 }, (_, i) => `apps/a${i}`)
    const files = Object.fromEntries(paths.map((path) => [`${path}/k.yaml`, 'newTag: a\n']))
    const { repository, clone, base } = await manifestsOf(t, world, files)
    const branches = Array.from({ length: 20 }, (_, i) => `supercargo/a${i}/staging`)
    await clone.git('push', '--quiet', 'origin', ...branches.map((branch) => `${base}:refs/heads/${branch}`))
    const directories = paths.map((path) => ({ path, texts: true, history: 1 }))
    const read = await world.forge.readManifests(
      repository,
      manifestQuery({ directories, changeRequestBranches: [...branches, BRANCH] }),
    )
    assert.equal(read.tree.length, 30)
    assert.deepEqual(Object.keys(read.changeRequests).sort(), [...branches, BRANCH].sort())
    for (const branch of branches) assert.equal(read.changeRequests[branch]?.branch?.tree.length, 30)
    assert.equal(read.changeRequests[BRANCH]?.branch, null)
    assert.deepEqual(
      paths.map((path) => read.history[path]?.[0]?.oid),
      paths.map(() => base),
    )
  })
}
