import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorKind, SupercargoError } from '../../src/domain/errors.ts'
import type { SeenRequest } from '../../src/sandbox/model/faults.ts'
import { CONFIG_WITH_PREVIEWS } from '../support/acme.ts'
import { botOn } from '../support/bot.ts'
import { emptied, lists } from '../support/emptied.ts'
import { previewsInGit, previewsOf } from '../support/previews-in-git.ts'
import { treeTexts } from '../support/sandbox.ts'
import { acrossForges, PAIRS, SOURCE, type Stage } from '../support/stage.ts'

const WITH_PREVIEWS = { config: CONFIG_WITH_PREVIEWS }
const ONE_FORGE = PAIRS.filter(({ source, target }) => source === target)
/** More than one page of open pull requests. */
const MANY = 52

/** Two previews, of which one is to go; gives the one that stays, and every file of the manifests before. */
async function twoPreviews(s: Stage) {
  const going = await s.propose('feature/login')
  const staying = await s.propose('feature/logout')
  await s.bot.pass(SOURCE)
  assert.deepEqual(await previewsInGit(s), previewsOf(going, staying))
  await s.source.closeRequest(SOURCE, going.number)
  return { staying, before: await everything(s) }
}

async function everything(s: Stage): Promise<Record<string, string>> {
  return await treeTexts(s.target.inside, s.manifests, 'main')
}

/** What is left when the forge is well again: all that there was but the preview that is to go. */
async function afterwards(
  s: Stage,
  before: Record<string, string>,
  staying: { number: number; head: string },
  bot = s.bot,
) {
  s.source.inside.model.faults.clear()
  await bot.pass(SOURCE)
  const others = Object.entries(before).filter(([path]) => !path.startsWith('apps/web/previews/'))
  assert.deepEqual(await everything(s), { ...Object.fromEntries(others), ...previewsOf(staying) })
}

acrossForges((stage, { source }) => {
  for (const [what, answer] of [
    ['fails', { status: 502 }],
    ['is an empty answer', { status: 200, body: {} }],
    ['names no repository', { status: 200, body: { data: { repository: null, project: null } } }],
    ['breaks off', 'disconnect'],
  ] as const) {
    test(`a listing that ${what} changes nothing, and afterwards only what is unwanted goes`, async () => {
      await stage(async (s) => {
        const { staying, before } = await twoPreviews(s)
        s.source.inside.model.faults.fail({ matches: lists, times: 100, answer })
        await assert.rejects(s.bot.pass(SOURCE))
        assert.deepEqual(await everything(s), before)
        await afterwards(s, before, staying)
      }, WITH_PREVIEWS)
    })
  }

  test('a listing that is empty although pull requests are open removes nothing, not even what has ended', async () => {
    await stage(async (s) => {
      const { staying, before } = await twoPreviews(s)
      const result = await botOn(s.source.another(emptied)).pass(SOURCE)
      const previews = result.standings.find(({ target }) => target === 'web/previews')
      assert.deepEqual([previews?.state, previews?.reason.code], ['held', 'listing-wrong'])
      assert.ok(result.lookAgain?.at)
      assert.deepEqual(await everything(s), before)
      await afterwards(s, before, staying)
    }, WITH_PREVIEWS)
  })

  test('when the last pull requests are closed their previews go at once, although no listing names them any more', async () => {
    await stage(async (s) => {
      const { staying, before } = await twoPreviews(s)
      await s.source.closeRequest(SOURCE, staying.number)
      await botOn(s.source.another(emptied)).pass(SOURCE)
      const others = Object.entries(before).filter(([path]) => !path.startsWith('apps/web/previews/'))
      assert.deepEqual(await everything(s), Object.fromEntries(others))
    }, WITH_PREVIEWS)
  })

  test('a listing that is rate-limited changes nothing, and it is known when to ask again', async () => {
    await stage(async (s) => {
      const { staying, before } = await twoPreviews(s)
      const answer = {
        status: source === 'github' ? 403 : 429,
        headers: { 'retry-after': '120', 'x-ratelimit-remaining': '0' },
        body: { message: 'API rate limit exceeded' },
      }
      s.source.inside.model.faults.fail({ matches: lists, times: 100, answer })
      await assert.rejects(s.bot.pass(SOURCE), (error) => {
        assert.ok(error instanceof SupercargoError && errorKind(error) === 'transient')
        assert.ok((error.retryAt?.getTime() ?? 0) > Date.now() + 60_000)
        return true
      })
      assert.deepEqual(await everything(s), before)
      // the other one asks nothing before that time
      await afterwards(s, before, staying, botOn(s.source.another()))
    }, WITH_PREVIEWS)
  })

  test('a listing that is cut after its first page removes nothing, although what it lists is known', async () => {
    await stage(async (s) => {
      const pulls = await openMany(s, MANY)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf(...pulls))
      const before = await everything(s)
      for (const { number } of pulls.slice(0, 2)) await s.source.closeRequest(SOURCE, number)
      const more = await s.propose('feature/more')
      s.source.inside.model.faults.cutListingsAt = 50
      await assert.rejects(s.bot.pass(SOURCE))
      assert.deepEqual(await everything(s), before)
      s.source.inside.model.faults.clear()
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf(...pulls.slice(2), more))
    }, WITH_PREVIEWS)
  })

  test('a branch that is deleted while the hook is lost loses its preview with the next pass, and no other', async () => {
    await stage(async (s) => {
      s.source.inside.model.faults.webhook = () => 'drop'
      await s.propose('feature/login')
      const staying = await s.propose('feature/logout')
      await s.bot.pass(SOURCE)
      await s.clone.push('origin', ':feature/login')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf(staying))
    }, WITH_PREVIEWS)
  })

  test('two passes that race end with each preview once, in no more than one commit for each', async () => {
    await stage(async (s) => {
      const { staying, before } = await twoPreviews(s)
      const coming = await s.propose('feature/more')
      const other = botOn(s.source.another())
      const head = await s.headOf(s.manifests, 'main')
      await Promise.allSettled([s.bot.pass(SOURCE), other.pass(SOURCE), other.pass(SOURCE)])
      await s.bot.pass(SOURCE)
      const rest = Object.entries(before).filter(([path]) => !path.startsWith('apps/web/previews/'))
      assert.deepEqual(await everything(s), { ...Object.fromEntries(rest), ...previewsOf(staying, coming) })
      const clone = await s.target.clone('acme/k8s-manifests')
      const commits = await clone.git('rev-list', '--count', `${head}..origin/main`)
      await clone.remove()
      assert.equal(commits, '1')
      for (const { number } of [staying, coming])
        assert.equal((await s.source.comments(SOURCE, number)).length, 1)
    }, WITH_PREVIEWS)
  })

  test('a write whose answer is lost is not done twice', async () => {
    await stage(async (s) => {
      const { staying, before } = await twoPreviews(s)
      const writes = ({ method, path, query, repository }: SeenRequest) =>
        /k8s-manifests/.test(`${repository}${path}`) &&
        (/^\s*mutation/.test(query ?? '') || (method === 'POST' && /\/repository\/commits$/.test(path)))
      s.target.inside.model.faults.fail({ matches: writes, times: 1, answer: 'disconnect', when: 'after' })
      await s.bot.pass(SOURCE).catch(() => {})
      await afterwards(s, before, staying)
      assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
    }, WITH_PREVIEWS)
  })
}, ONE_FORGE)

/** Opens so many pull requests; oldest first. */
async function openMany(s: Stage, count: number): Promise<{ number: number; head: string }[]> {
  const branches = Array.from({ length: count }, (_, index) => `feature/${index}`)
  const heads: string[] = []
  for (const branch of branches) heads.push(await s.clone.commit({ 'app.txt': branch }, branch))
  await s.clone.push('origin', ...branches.map((branch, index) => `${heads[index]}:refs/heads/${branch}`))
  const pulls: { number: number; head: string }[] = []
  for (const [index, branch] of branches.entries())
    pulls.push({ number: await s.source.open(SOURCE, branch, branch), head: heads[index] ?? '' })
  return pulls
}
