import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Oid } from '../../src/domain/commit.ts'
import { STATE_BRANCH } from '../../src/domain/names.ts'
import type { StateChange, StateSnapshot } from '../../src/forge/state.ts'
import { assertConflict, manifestQuery, manifestsOf, opening, type StartForge } from './forge-world.ts'

const DIRECTORY = '.supercargo/state/github/7'
const LOCK = `${DIRECTORY}/web/environments/production.json`
const OTHER = `${DIRECTORY}/web/environments/staging.json`
const ELSEWHERE = '.supercargo/state/github/8/web/environments/production.json'

const MESSAGE = 'Lock web/production\n\nBecause of a test.\n\nSupercargo-Asked-By: alice'

/** How every adapter keeps what people have told the bot. */
export function forgeStateContract(name: string, start: StartForge): void {
  const it = (title: string, work: (scene: Scene) => Promise<void>) =>
    test(`${name}: ${title}`, async (t) => await work(await prepare(t, start)))

  it('where nobody has said anything there is no branch, and looking for it costs nothing', async (s) => {
    await s.read()
    s.world.requests()
    assert.deepEqual(await s.read(), { head: null, files: {}, messages: [], trusted: true })
    assert.equal(s.world.requests().length, 1)
  })

  it('what is written is read again below its directory, also by one who has read nothing yet', async (s) => {
    await s.write(null, { [LOCK]: '{ "ü": 1 }\n', [ELSEWHERE]: '{}\n' })
    const first = await s.read()
    assert.deepEqual([first.files, first.trusted], [{ [LOCK]: '{ "ü": 1 }\n' }, true])
    await s.write(first.head, { [LOCK]: null, [OTHER]: '{}\n' })
    const second = await s.read(s.world.again())
    assert.deepEqual([first.messages, second.messages], [[MESSAGE], [MESSAGE, MESSAGE]])
    assert.deepEqual([second.files, second.trusted], [{ [OTHER]: '{}\n' }, true])
    assert.notEqual(second.head, first.head)
    s.world.requests()
    assert.deepEqual(await s.read(), second)
    assert.ok(s.world.requests().length <= s.world.deviations.readState)
    await s.read()
    assert.equal(s.world.requests().length, 1, 'what did not change costs nothing')
  })

  it('the branch holds what was said and who asked for it, and starts no pipeline', async (s) => {
    await s.write(null, { [LOCK]: '{}\n' })
    const { clone, world } = s
    const files = (await clone.list(STATE_BRANCH)).filter((file) => file.includes('.supercargo'))
    assert.deepEqual(files, [`100644 ${LOCK}`])
    const log = await clone.git('log', '-1', '--format=%B', `origin/${STATE_BRANCH}`)
    assert.match(log, /^Lock web\/production\n\n[\s\S]*Because of a test\.\n\nSupercargo-Asked-By: alice$/)
    const [parents = ''] = (await clone.git('log', '-1', '--format=%P', `origin/${STATE_BRANCH}`)).split('\n')
    if (world.deviations.stateIsApart) assert.equal(parents, '')
    else assert.match(log, /\[skip ci\]/)
    await clone.git('fsck', '--strict')
  })

  it('nothing is committed where nothing would change', async (s) => {
    await s.write(null, { [LOCK]: null })
    assert.equal((await s.read()).head, null)
    await s.write(null, { [LOCK]: '{}\n' })
    const { head } = await s.read()
    await s.write(head, { [LOCK]: '{}\n', [OTHER]: null })
    await s.write(head, {})
    assert.equal((await s.read()).head, head)
  })

  it('of two who write at once one wins, and the other learns of a conflict', async (s) => {
    const begun = await s.race(null, [{ [LOCK]: '1' }, { [LOCK]: '2' }, { [OTHER]: '3' }])
    assert.equal(begun, 1)
    const { head, files, trusted } = await s.read()
    assert.deepEqual([Object.keys(files).length, trusted], [1, true])
    const [path = ''] = Object.keys(files)
    assert.equal(await s.race(head, [{ [path]: 'a' }, { [path]: 'b' }, { [path]: null }]), 1)
    await assertConflict(s.write(head, { [OTHER]: 'late' }))
    await assertConflict(s.write(null, { [OTHER]: 'late' }))
    assert.equal((await s.read()).files[OTHER] === 'late', false)
  })

  it('a commit of a person makes the branch untrusted until it is put back', async (s) => {
    await s.write(null, { [LOCK]: '{}\n' })
    const ours = await s.read()
    await s.clone.checkout(STATE_BRANCH)
    const theirs = await s.clone.push({ [LOCK]: null }, 'Unlock')
    const { head, files, trusted, messages } = await s.read()
    assert.deepEqual([head, files, trusted, messages[0]], [theirs, {}, false, 'Unlock'])
    assert.equal((await s.read(s.world.again())).trusted, false)
    await s.clone.git('push', '--quiet', '--force', 'origin', `${ours.head}:refs/heads/${STATE_BRANCH}`)
    assert.deepEqual(await s.read(), ours)
  })

  it('nothing else writes the branch or deletes it', async (s) => {
    await s.write(null, { [LOCK]: '{}\n' })
    const { head, trusted } = await s.read()
    assert.ok(head !== null && trusted)
    const { forge } = s.world
    const refused = { code: 'branch-not-ours' }
    const wish = opening(s.base, 'b', { branch: STATE_BRANCH, leftover: head })
    await assert.rejects(forge.openChangeRequest(s.repository, wish), refused)
    await assert.rejects(forge.deleteBranch(s.repository, STATE_BRANCH, head), refused)
    const commit = { ...wish.commit, branch: STATE_BRANCH, expectedHead: head }
    await assert.rejects(forge.commit(s.repository, commit), refused)
    assert.equal((await s.read()).head, head)
  })
}

type Scene = Awaited<ReturnType<typeof prepare>>

async function prepare(t: TestContext, start: StartForge) {
  const world = await start(t)
  const { repository, clone, base } = await manifestsOf(t, world)
  const read = async (forge = world.forge): Promise<StateSnapshot> => {
    const { state } = await forge.readManifests(repository, manifestQuery({ state: DIRECTORY }))
    assert.ok(state)
    return state
  }
  const write = (expectedHead: Oid | null, files: Record<string, string | null>) => {
    const changes: StateChange[] = Object.entries(files).map(([path, content]) => ({ path, content }))
    return world.forge.writeState(repository, { expectedHead, message: MESSAGE, changes })
  }
  /** How many of those who write at once are told that they have written. */
  const race = async (expectedHead: Oid | null, wishes: Record<string, string | null>[]) => {
    const results = await Promise.allSettled(wishes.map((wish) => write(expectedHead, wish)))
    for (const result of results) {
      if (result.status === 'rejected') assert.equal(result.reason.kind, 'conflict', String(result.reason))
    }
    return results.filter(({ status }) => status === 'fulfilled').length
  }
  return { world, repository, clone, base, read, write, race }
}
