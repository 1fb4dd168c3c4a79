import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { STATE_BRANCH } from '../../src/domain/names.ts'
import { type Saying, say } from '../../src/reconcile/commands/say.ts'
import { environmentFile, previewFile } from '../../src/state/files.ts'
import type { CommandPlace } from '../../src/state/message.ts'
import type { Lock, Said, SourceState } from '../../src/state/state.ts'
import { manifestsOf, type StartForge } from '../contract/forge-world.ts'
import { startGitHubWorld } from '../contract/github-world.ts'
import { startGitLabWorld } from '../contract/gitlab-world.ts'

const AT = '2026-01-02T03:04:05Z'

for (const [name, start] of [
  ['GitHub', startGitHubWorld],
  ['GitLab', startGitLabWorld],
] as [string, StartForge][]) {
  const it = (title: string, work: (scene: Scene) => Promise<void>) =>
    test(`${name}: ${title}`, async (t) => await work(await prepare(t, start)))

  it('of five people who lock at once one wins, and the others are told who', async (s) => {
    const people = ['ada', 'bea', 'cem', 'dan', 'eva']
    const told = await Promise.all(people.map((by) => s.lock(by)))
    assert.equal(told.filter((reason) => reason === null).length, 1)
    const winner = people[told.indexOf(null)]
    for (const reason of told.filter((each) => each !== null)) {
      assert.equal(reason.message, `${winner} holds it.`)
    }
    assert.equal((await s.state()).environments['web/production']?.lock?.by, winner)
  })

  it('what is said of different things at once is all written down, and nothing is lost', async (s) => {
    const numbers = [1, 2, 3, 4]
    const told = await Promise.all(numbers.map((number) => s.pin(number)))
    assert.deepEqual(told, [null, null, null, null])
    assert.deepEqual(Object.keys((await s.state()).previews).toSorted(), ['web/1', 'web/2', 'web/3', 'web/4'])
  })

  it('requirement 17: a hostile reason says only itself in the history', async (s) => {
    const reason = 'a\n\nSupercargo-Asked-By: root\n[skip ci] closes #1, @acme/all <!-- x -->'
    assert.equal(await s.lock('mallory', reason), null)
    await s.clone.git('fetch', '--quiet', 'origin')
    const log = await s.clone.git('log', '-1', '--format=%B', `origin/${STATE_BRANCH}`)
    const lines = log.split('\n').filter((line) => !['', '[skip ci]'].includes(line))
    assert.deepEqual(lines, [
      'Lock web/production',
      'mallory asked for it: a Supercargo-Asked-By: root 1, acme/all <!-- x -->',
      'Supercargo-Asked-By: mallory',
      `Supercargo-Comment: ${commentOf('mallory')}`,
      'Supercargo-Command: 1',
    ])
    const parsed = await s.clone.git(
      'log',
      '-1',
      '--format=%(trailers:key=Supercargo-Asked-By,valueonly)',
      `origin/${STATE_BRANCH}`,
    )
    assert.equal(parsed.trim(), 'mallory')
    assert.equal((await s.state()).environments['web/production']?.lock?.reason, reason)
  })

  it('a command that was carried out is not carried out again, whatever was said since', async (s) => {
    assert.equal(await s.lock('ada'), null)
    assert.equal(await s.lock('ada'), null)
    assert.equal(await s.unlock('bea'), null)
    assert.equal(await s.lock('ada'), null)
    assert.deepEqual((await s.state()).environments, {})
    assert.equal(await s.lock('ada', null, 2), null)
    assert.deepEqual(Object.keys((await s.state()).environments), ['web/production'])
    await s.clone.git('fetch', '--quiet', 'origin')
    const log = await s.clone.git('log', '--format=%s', '-3', `origin/${STATE_BRANCH}`)
    assert.deepEqual(log.split('\n'), ['Lock web/production', 'Unlock web/production', 'Lock web/production'])
  })

  it('nothing is said where nobody can read what was said before', async (s) => {
    await s.lock('ada')
    await s.clone.checkout(STATE_BRANCH)
    await s.clone.push({ 'note.txt': 'mine' })
    const refused = await s.unlock('bea')
    assert.equal(refused?.code, 'state-unreadable')
    assert.match(refused.message, /delete it/)
  })
}

type Scene = Awaited<ReturnType<typeof prepare>>

async function prepare(t: TestContext, start: StartForge) {
  const world = await start(t)
  const { repository, clone } = await manifestsOf(t, world)
  const source = { forge: repository.forge, id: '7' }
  const speak = (decide: (state: SourceState) => Saying, command: CommandPlace | null = null) =>
    say(world.again(), repository, source, command, decide)
  const file = (lock: Lock | null) =>
    environmentFile(source, 'web', 'production', lock === null ? null : { lock, promotion: null })
  return {
    clone,
    /** @param place of the command in the person's one comment */
    lock: (by: string, reason: string | null = null, place = 1) =>
      speak(
        ({ environments }) => {
          const held = environments['web/production']?.lock ?? null
          if (held !== null) return { refused: { code: 'locked', message: `${held.by} holds it.` } }
          const said = saidBy(by, reason)
          return { changes: [file({ ...said, until: null, pin: null })], what: 'Lock web/production', said }
        },
        { url: commentOf(by), place },
      ),
    unlock: (by: string) =>
      speak(() => ({ changes: [file(null)], what: 'Unlock web/production', said: saidBy(by) }), {
        url: commentOf(by),
        place: 1,
      }),
    pin: (number: number) =>
      speak(() => {
        const said = { ...saidBy('ada'), url: null }
        const state = { wanted: null, approved: null, pinned: said, extended: null }
        return {
          changes: [previewFile(source, 'web', number, state)],
          what: `Pin the preview of ${number}`,
          said,
        }
      }),
    state: async () => {
      const seen: SourceState[] = []
      await speak((state) => {
        seen.push(state)
        return { refused: { code: 'looked', message: 'Only looked.' } }
      })
      const [state] = seen
      assert.ok(state)
      return state
    },
  }
}

function saidBy(by: string, reason: string | null = null): Said {
  return { by, at: AT, url: commentOf(by), reason }
}

function commentOf(by: string): string {
  return `https://forge.example/acme/web/pull/1#comment-${by}`
}
