import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertConflict, BRANCH, cloneOf, FILE, manifestsOf, opening } from '../../contract/forge-world.ts'
import { startGitLabWorld } from '../../contract/gitlab-world.ts'

const ACTIONS = 'Look:\n\n/merge\n/close\n  /title Taken over\n\n```\n/unlock\n```\n'

test('lines that GitLab would execute do nothing in a comment, and are read as they were written', async (t) => {
  const world = await startGitLabWorld(t)
  const { repository, base } = await manifestsOf(t, world)
  const { number } = await world.forge.openChangeRequest(repository, opening(base))
  const body = `<!-- supercargo:preview -->\n${ACTIONS}`
  const wish = { number, id: null, body, marker: '<!-- supercargo:preview -->' }
  await world.forge.writeComment(repository, wish)
  const shown = await world.person.readPull(repository, number)
  assert.deepEqual([shown.state, shown.title], ['open', 'Set web to b'])
  const query = {
    branches: [],
    tags: false,
    pullRequests: true,
    liveBranches: false,
    commentMarker: '<!-- supercargo:preview -->',
  }
  const { pullRequests } = await world.forge.readSource(repository, query)
  assert.equal(pullRequests.items[0]?.comment?.body.trimEnd(), body.trimEnd())
})

test('nor do they in the body of a change request', async (t) => {
  const world = await startGitLabWorld(t)
  const { repository, base, state } = await manifestsOf(t, world)
  const { number } = await world.forge.openChangeRequest(repository, opening(base, 'b', { body: ACTIONS }))
  const opened = await state()
  assert.deepEqual([opened.open?.number, opened.open?.body], [number, ACTIONS])
  await world.forge.describeChangeRequest(repository, number, { title: 'T', body: `${ACTIONS}again` })
  assert.equal((await state()).open?.body, `${ACTIONS}again`)
})

test('a merge request that is there already becomes ours when the bot opened it', async (t) => {
  const world = await startGitLabWorld(t)
  const { repository, base, state } = await manifestsOf(t, world)
  const first = await world.forge.openChangeRequest(repository, opening(base))
  const leftover = (await state()).branch?.head ?? null
  const again = await world.forge.openChangeRequest(repository, opening(base, 'c', { leftover }))
  assert.deepEqual(again, first)
  const { open, branch } = await state()
  assert.deepEqual([open?.title, open?.head], ['Set web to c', branch?.head])
})

test('a merge request that a person opened on the branch is left to them', async (t) => {
  const world = await startGitLabWorld(t)
  const { repository, clone, base, state } = await manifestsOf(t, world)
  await clone.git('checkout', '--quiet', '-b', BRANCH)
  const theirs = await clone.push({ [FILE]: 'newTag: mine\n' })
  await world.person.openPull(repository, { branch: BRANCH, base: 'main', title: 'Mine' })
  const { branch, open } = await state()
  assert.deepEqual([branch?.ours, open?.ours], [false, false])
  const opened = world.forge.openChangeRequest(repository, opening(base, 'b', { leftover: theirs }))
  await assert.rejects(opened, { code: 'change-request-exists', kind: 'conflict' })
})

test('a branch that was made without its merge request is completed by the next pass', async (t) => {
  const world = await startGitLabWorld(t)
  const { repository, base, state } = await manifestsOf(t, world)
  const matches = ({ method, path }: { method: string; path: string }) =>
    method === 'POST' && path.endsWith('/merge_requests')
  world.model.faults.fail({ matches, answer: { status: 500 } })
  const failed = world.forge.openChangeRequest(repository, opening(base))
  await assert.rejects(failed, { code: 'forge-unavailable', kind: 'transient' })
  const half = await state()
  assert.deepEqual([half.branch?.ours, half.branch?.parents, half.open], [true, [base], null])
  const leftover = half.branch?.head ?? null
  await world.forge.openChangeRequest(repository, opening(base, 'b', { leftover }))
  const whole = await state()
  assert.equal(whole.open?.head, whole.branch?.head)
})

test('whether it may be merged is asked for, and pending until GitLab has decided', async (t) => {
  const world = await startGitLabWorld(t)
  const { repository, base, state } = await manifestsOf(t, world)
  world.model.faults.mergeabilityUnknownFor = 2
  await world.forge.openChangeRequest(repository, opening(base))
  assert.equal((await state()).open?.mergeability, 'pending')
  const seen: (string | undefined)[] = []
  for (let i = 0; i < 3; i++) seen.push((await state()).open?.mergeability)
  assert.equal(seen.at(-1), 'clean')
})

test('a person who pushes to the branch before the write stops it, and one after it is noticed', async (t) => {
  const world = await startGitLabWorld(t)
  const { repository, clone, base, state } = await manifestsOf(t, world)
  let push: (() => Promise<unknown>) | null = null
  const forge = world.again({
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      const made = init?.method === 'POST' && String(input).endsWith('/repository/commits')
      if (made && push !== null) {
        const now = push
        push = null
        await now()
      }
      return response
    },
  })
  const { number } = await forge.openChangeRequest(repository, opening(base))
  const expectedHead = (await state()).branch?.head ?? ''
  const update = { ...opening(base, 'c'), number, before: opening(base), expectedHead }
  let theirs = ''
  push = async () => {
    await clone.checkout(BRANCH)
    theirs = await clone.push({ [FILE]: 'newTag: mine\n' })
  }
  await assertConflict(forge.updateChangeRequest(repository, update))
  const { branch, open } = await state()
  assert.deepEqual([branch?.head, branch?.ours, open?.title], [theirs, false, 'Set web to b'])
})

test('a direct commit never goes over a file that somebody changed in between', async (t) => {
  const world = await startGitLabWorld(t)
  const { repository, clone, base } = await manifestsOf(t, world)
  let pushed = false
  const forge = world.again({
    fetch: async (input, init) => {
      const writes = init?.method === 'POST' && String(input).endsWith('/repository/commits')
      if (writes && !pushed) {
        pushed = true
        await clone.push({ [FILE]: 'newTag: mine\n' })
      }
      return await fetch(input, init)
    },
  })
  const wish = { ...opening(base).commit, branch: 'main', expectedHead: base }
  await assertConflict(forge.commit(repository, wish))
  assert.equal(await clone.show('main', FILE), 'newTag: mine')
})

test('a text that GitLab would convert is read byte by byte, or not as a text', async (t) => {
  const world = await startGitLabWorld(t)
  const { clone, read } = await manifestsOf(t, world)
  const latin = Buffer.from('name: caf\xe9\n', 'latin1')
  const marked = '\ufeffnewTag: a\r\nother: b\r\n'
  await clone.push({ 'apps/web/staging/latin.yaml': latin, 'apps/web/staging/marked.yaml': marked })
  const { tree } = await read()
  const texts = new Map(tree.map(({ path, text }) => [path.split('/').at(-1), text]))
  assert.deepEqual([texts.get('latin.yaml'), texts.get('marked.yaml')], [null, marked])
})

test('a commit that a merge request brought names it, without a request of its own', async (t) => {
  const world = await startGitLabWorld(t)
  const repository = await world.createRepository('acme/platform/web')
  const clone = await cloneOf(t, world, repository)
  await clone.commit({ a: '1' })
  const message = "Merge branch 'x' into 'main'\n\nAdd a thing\n\nSee merge request acme/platform/web!12"
  await clone.commit({ a: '2' }, message)
  await clone.push({ a: '3' }, 'x\n\nSee merge request evil/other!13')
  const branches = [{ name: 'main', paths: [] }]
  const query = { branches, tags: false, pullRequests: false, liveBranches: false, commentMarker: 'x' }
  const { branches: read } = await world.forge.readSource(repository, query)
  const url = `${world.url}/acme/platform/web/-/merge_requests/12`
  assert.deepEqual(
    read.main?.commits.map(({ pullRequests }) => pullRequests),
    [[], [{ number: 12, title: 'Add a thing', url }], []],
  )
})

test('a page that cannot be read is a failure, and not the end of a listing', async (t) => {
  const world = await startGitLabWorld(t)
  const files = Object.fromEntries(
    Array.from({ length: 130 }, (_, i) => [`apps/web/staging/${i}.yaml`, 'x: 1\n']),
  )
  const { repository, clone, base, read } = await manifestsOf(t, world, files)
  const refs = Array.from({ length: 130 }, (_, i) => `${base}:refs/heads/feature/${i}`)
  await clone.git('push', '--quiet', 'origin', ...refs)
  const query = { branches: [], tags: false, pullRequests: false, liveBranches: true, commentMarker: 'x' }
  world.model.faults.cutListingsAt = 100
  await assert.rejects(read(), { code: 'forge-unavailable', kind: 'transient' })
  await assert.rejects(world.forge.readSource(repository, query), { code: 'forge-unavailable' })
  world.model.faults.cutListingsAt = null
  const snapshot = await read()
  assert.deepEqual([snapshot.complete, snapshot.tree.length], [true, 131])
  assert.ok(snapshot.tree.every(({ text }) => text !== null))
})

test('a merge whose answer got lost is seen by the next pass', async (t) => {
  const world = await startGitLabWorld(t)
  const { repository, base, judged, state } = await manifestsOf(t, world)
  const { number } = await world.forge.openChangeRequest(repository, opening(base))
  const { branch } = await judged()
  const matches = ({ method, path }: { method: string; path: string }) =>
    method === 'PUT' && path.endsWith('/merge')
  world.model.faults.fail({ matches, answer: 'disconnect', when: 'after' })
  const wish = { number, branch: BRANCH, expectedHead: branch?.head ?? '' }
  await assert.rejects(world.forge.mergeChangeRequest(repository, wish), { kind: 'transient' })
  const after = await state()
  assert.deepEqual([after.open, after.merged?.number], [null, number])
})
