import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG_WITH_PREVIEWS } from '../support/acme.ts'
import { eventually } from '../support/eventually.ts'
import { later, pushAt } from '../support/later.ts'
import { previewsInGit, previewsOf } from '../support/previews-in-git.ts'
import { acrossForges, SOURCE } from '../support/stage.ts'

const DAY = 24 * 3600 * 1000

function having(keys: string) {
  return { config: `${CONFIG_WITH_PREVIEWS}  ${keys}\n` }
}

acrossForges((stage) => {
  test('a label brings the preview, and losing it takes the preview away and says so', async () => {
    await stage(async (s) => {
      const pull = await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), {})
      await s.source.label(SOURCE, pull.number, 'preview', true)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf(pull))
      await s.source.label(SOURCE, pull.number, 'preview', false)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), {})
      const [comment, ...others] = await s.source.comments(SOURCE, pull.number)
      assert.deepEqual(others, [])
      assert.match(comment ?? '', /was removed/)
    }, having('labels: { need: preview }'))
  })

  test('the oldest pull request has the only place, and its end makes room for the next', async () => {
    await stage(async (s) => {
      const first = await s.propose('feature/login')
      const second = await s.propose('feature/logout')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf(first))
      assert.match((await s.source.comments(SOURCE, second.number))[0] ?? '', /number 1 in line/)
      await s.source.closeRequest(SOURCE, first.number)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf(second))
    }, having('limit: 1'))
  })

  test('a preview that nobody pushes to is warned of, goes, and comes back by reopening', async () => {
    await stage(async (s) => {
      const pull = await s.propose('feature/login')
      const { lookAgain } = await s.bot.pass(SOURCE)
      const warned = (lookAgain?.at?.getTime() ?? 0) - Date.now()
      assert.ok(Math.abs(warned - 2.25 * DAY) < 60_000)
      later(s, 2.5)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf(pull))
      assert.match((await s.source.comments(SOURCE, pull.number))[0] ?? '', /It goes on /)
      later(s, 3.1)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), {})
      assert.match((await s.source.comments(SOURCE, pull.number))[0] ?? '', /Nobody has pushed for 3d/)
      assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
      await s.source.closeRequest(SOURCE, pull.number)
      await s.source.reopenRequest(SOURCE, pull.number)
      await eventually('it comes back', async () => {
        await s.bot.pass(SOURCE)
        return Object.keys(await previewsInGit(s)).length === 1
      })
      assert.deepEqual(await previewsInGit(s), previewsOf(pull))
    }, having('ttl: 3d'))
  })

  test('a preview whose time is over comes back by a push', async () => {
    await stage(async (s) => {
      const { number } = await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      later(s, 4)
      assert.equal((await s.source.deployments(SOURCE, 'preview-web', `pr-${number}`)).length, 1)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), {})
      assert.deepEqual(await s.source.deployments(SOURCE, 'preview-web', `pr-${number}`), [])
      const head = await pushAt(s.clone, s.bot.dependencies.now())
      await eventually('it comes back', async () => {
        await s.bot.pass(SOURCE)
        return Object.keys(await previewsInGit(s)).length === 1
      })
      assert.deepEqual(await previewsInGit(s), previewsOf({ number, head }))
    }, having('ttl: 3d'))
  })

  test('the previews of an archived repository go, and nothing else is touched', async () => {
    await stage(async (s) => {
      await s.propose('feature/login')
      await s.push('Work', { 'x.txt': '1' })
      await s.bot.pass(SOURCE)
      const states = await s.states()
      const staging = await s.manifest('apps/web/overlays/staging/kustomization.yaml')
      assert.equal(Object.keys(await previewsInGit(s)).length, 1)
      await s.source.archive(SOURCE)
      const { applied } = await s.bot.pass(SOURCE)
      assert.deepEqual(
        applied.map(({ action }) => action.kind),
        ['commit'],
      )
      assert.deepEqual(await previewsInGit(s), {})
      assert.deepEqual(await s.states(), states)
      assert.equal(await s.manifest('apps/web/overlays/staging/kustomization.yaml'), staging)
      assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
    }, having('maxRemovals: 5'))
  })
})
