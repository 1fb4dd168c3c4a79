import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STATE_BRANCH } from '../../src/domain/names.ts'
import { githubMeaning } from '../../src/intake/github.ts'
import { gitlabMeaning } from '../../src/intake/gitlab.ts'
import { CONFIG_WITH_PREVIEWS } from '../support/acme.ts'
import { eventually } from '../support/eventually.ts'
import { openFork } from '../support/fork.ts'
import { later } from '../support/later.ts'
import { previewsInGit, previewsOf } from '../support/previews-in-git.ts'
import { treeTexts } from '../support/sandbox.ts'
import { grant, speaker } from '../support/speaker.ts'
import { acrossForges, SOURCE, type Stage } from '../support/stage.ts'

const SAME = [
  { name: 'GitHub', source: 'github', target: 'github' },
  { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
] as const

function having(...keys: string[]) {
  return { config: CONFIG_WITH_PREVIEWS + keys.map((key) => `  ${key}\n`).join('') }
}

/** The bot's comment about previews. */
async function told(s: Stage, number: number): Promise<string> {
  const comments = await s.source.comments(SOURCE, number)
  return comments.filter((each) => each.includes('supercargo:previews')).join('\n=====\n')
}

/** Names of the files of what was said of previews. */
async function saidInGit(s: Stage): Promise<string[]> {
  const files = Object.keys(await treeTexts(s.target.inside, s.manifests, STATE_BRANCH))
  return files.flatMap((path) => /previews\/\d+\.json$/.exec(path) ?? [])
}

acrossForges((stage, { source }) => {
  test('a preview is asked for, taken down, brought back, extended and pinned by comments, and begins anew by reopening', async () => {
    await stage(
      async (s) => {
        const { number, ask } = await speaker(s, () => s.bot.dependencies.now())
        const [head] = (await s.source.requests(SOURCE)).map((each) => each.head)
        const here = previewsOf({ number, head: head ?? '' })
        const after = async (text: string) => {
          const { answer, reactions } = await ask(`/cargo preview ${text}`)
          await s.bot.pass(SOURCE)
          assert.deepEqual(reactions, ['eyes', 'rocket'], answer)
          return { answer, previews: await previewsInGit(s), comment: await told(s, number) }
        }
        await s.bot.pass(SOURCE)
        assert.deepEqual(await previewsInGit(s), {})
        const up = await after('up')
        assert.deepEqual(up.previews, here)
        assert.match(
          up.answer,
          /shows commit [0-9a-f]{7} as soon as its version is ready\. It goes on .*`preview-up`/,
        )
        assert.match(up.comment, /`\/cargo preview extend 2d`/)
        const down = await after('down -- too dear')
        assert.deepEqual(down.previews, {})
        assert.match(
          down.comment,
          /removed: you took it down: too dear\. "\/cargo preview up" brings it back/,
        )
        assert.match((await ask('/cargo preview pin')).answer, /😕 you took it down/)
        assert.deepEqual((await after('')).previews, here)
        later(s, 2)
        assert.match((await after('extend 2d')).comment, /UTC, extended by you \|/)
        later(s, 3.9)
        await s.bot.pass(SOURCE)
        assert.deepEqual(await previewsInGit(s), here)
        assert.match((await after('pin')).comment, /\| pinned by you \|/)
        later(s, 30)
        await s.bot.pass(SOURCE)
        assert.deepEqual(await previewsInGit(s), here)
        assert.deepEqual(await saidInGit(s), [`previews/${number}.json`])
        await s.source.closeRequest(SOURCE, number)
        await s.bot.pass(SOURCE)
        assert.deepEqual(await saidInGit(s), [])
        assert.match((await ask('/cargo preview')).answer, /😕 There is no open .*`not-open`/)
        await s.source.reopenRequest(SOURCE, number)
        await s.source.label(SOURCE, number, 'preview', true)
        await eventually('it comes back', async () => {
          await s.bot.pass(SOURCE)
          return Object.keys(await previewsInGit(s)).length === 1
        })
      },
      having('labels: { need: preview }', 'ttl: 3d'),
    )
  })

  test('requirement 11: exactly the commit of a fork is shown that somebody who may write has named, until the next push', async () => {
    await stage(async (s) => {
      const fork = await openFork(s)
      const { number } = fork
      const { ask } = await speaker(s, undefined, fork)
      grant(s.source, s.web, 'reader', 'read')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), {})
      assert.deepEqual(await told(s, number), '')
      const bare = await ask('/cargo preview')
      assert.match(
        bare.answer,
        new RegExp(`"/cargo preview up ${fork.head}", which approves.*fork-needs-commit`),
      )
      const other = await ask(`/cargo preview up ${'0'.repeat(40)}`)
      assert.match(other.answer, /`not-the-head`/)
      const stranger = await ask(`/cargo preview up ${fork.head}`, 'reader')
      assert.match(stranger.answer, /reader needs write access/)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), {})
      await ask(`/cargo preview up ${fork.head.slice(0, 7)}`)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf(fork))
      const head = await fork.push('2')
      await eventually('it is withdrawn', async () => {
        await s.bot.pass(SOURCE)
        return Object.keys(await previewsInGit(s)).length === 0
      })
      const withdrawn = `removed: you approved commit ${fork.head.slice(0, 7)}, and .* "/cargo preview up ${head}"`
      assert.match(await told(s, number), new RegExp(withdrawn))
      assert.match((await ask(`/cargo preview up ${fork.head}`)).answer, /`not-the-head`/)
      await ask(`/cargo preview up ${head}`)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf({ number, head }))
    }, having())
  })

  test('requirement 10: a label approves the commit of a fork if it is the configured one and the forge says that its giver may write', async () => {
    await stage(async (s) => {
      const hooks = (await s.source.listen('acme')) as { event: string; payload: object }[]
      const fork = await openFork(s)
      const { intents, work, codes } = await speaker(s, undefined, fork)
      /** Gives a label, and carries out what its webhook means. */
      const label = async (name: string, by?: string, meanwhile = async () => {}) => {
        const before = hooks.length
        await s.source.label(SOURCE, fork.number, name, true)
        const wish = await eventually(
          'its webhook came',
          () => hooks.slice(before).flatMap((hook) => meaningOf(source, hook))[0],
        )
        intents.accept(by === undefined ? wish : { ...wish, login: by })
        await meanwhile()
        await work()
        await s.bot.pass(SOURCE)
      }
      await label('bug')
      assert.deepEqual(await previewsInGit(s), {})
      await label('preview-fork', 'mallory')
      assert.deepEqual(await previewsInGit(s), {})
      await s.source.label(SOURCE, fork.number, 'preview-fork', false)
      await label('preview-fork')
      assert.deepEqual(await previewsInGit(s), previewsOf(fork))
      assert.deepEqual(codes(), ['no-fork-label', 'not-permitted', 'carried-out'])
      await s.source.label(SOURCE, fork.number, 'preview-fork', false)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), {})
      assert.match(await told(s, fork.number), /The label by which you approved it is not there any more/)
      await label('preview-fork', undefined, async () => void (await fork.push('2')))
      assert.equal(codes().at(-1), 'fork-moved')
      assert.deepEqual(await previewsInGit(s), {})
    }, having('forkLabel: preview-fork'))
  })
}, SAME)

function meaningOf(source: 'github' | 'gitlab', { event, payload }: { event: string; payload: object }) {
  const read = source === 'github' ? githubMeaning : gitlabMeaning
  const { intents = [] } = read({
    source,
    id: 'x',
    event: source === 'github' ? event : 'merge_request',
    payload,
  })
  return intents
}
