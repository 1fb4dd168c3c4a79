import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STAGING } from '../support/acme.ts'
import type { MergeMethod } from '../support/people.ts'
import { fsck } from '../support/sandbox.ts'
import { BRANCH, tagOf } from '../support/scene.ts'
import { acrossForges, MANIFESTS, SOURCE, type Stage, settle } from '../support/stage.ts'
import { kustomization } from '../support/world.ts'

/** Opens a request in acme/web with two commits, merges it by `method`, and returns main's head. */
async function mergeTheFeature(s: Stage, method: MergeMethod): Promise<string> {
  await s.clone.git('switch', '--quiet', '-c', 'feature')
  await s.clone.commit({ 'feature.txt': '1' }, 'Begin the feature')
  await s.clone.commit({ 'feature.txt': '2' }, 'End the feature')
  await s.clone.push()
  const number = await s.source.open(SOURCE, 'feature', 'The feature')
  await s.source.merge(SOURCE, number, method)
  return (await s.headOf(s.web, 'main')) ?? ''
}

async function assertStaging(s: Stage, tag: string): Promise<void> {
  const [request, ...others] = await s.changeRequests()
  assert.deepEqual(others, [])
  assert.equal(request?.state, 'open')
  assert.equal(request.branch, BRANCH)
  assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tag))
  assert.equal(await fsck(s.target.inside, s.manifests), '')
}

acrossForges((stage) => {
  for (const method of ['merge', 'squash', 'rebase'] as const) {
    test(`a change merged by ${method} opens one change request with the tag of main's new head`, async () => {
      await stage(async (s) => {
        const head = await mergeTheFeature(s, method)
        await s.bot.pass(SOURCE)
        await assertStaging(s, tagOf(head))
        assert.match(
          (await s.changeRequests())[0]?.body ?? '',
          /End the feature|The feature|Merge branch 'feature'/,
        )
      })
    })
  }

  test('a direct push opens one change request whose only difference is the tag', async () => {
    await stage(async (s) => {
      const head = await s.push('Change the greeting')
      await s.bot.pass(SOURCE)
      await assertStaging(s, tagOf(head))
      assert.deepEqual(await s.target.changedFiles(MANIFESTS, 1), [[STAGING, 1, 1]])
    })
  })

  test('the commit is made by the bot through the forge, with trailers for Argo CD', async () => {
    await stage(async (s) => {
      const head = await s.push()
      await s.bot.pass(SOURCE)
      const show = async (format: string) =>
        String(
          (await s.target.inside.model.git(s.manifests).run(['show', '-s', format, BRANCH])).stdout,
        ).trim()
      const { author, committer } = s.deviations.target.commits
      assert.equal(await show('--format=%an, %cn'), `${author}, ${committer}`)
      assert.match(await show('--format=%B'), new RegExp(`\nArgocd-reference-commit-sha: ${head}\n`))
    })
  })

  test('a second push updates the same change request and supersedes the first version', async () => {
    await stage(async (s) => {
      const first = await s.push('First')
      await s.bot.pass(SOURCE)
      const second = await s.push('Second')
      await s.bot.pass(SOURCE)
      await assertStaging(s, tagOf(second))
      const [request] = await s.changeRequests()
      assert.match(request?.body ?? '', new RegExp(`Supersedes \`${tagOf(first)}\``))
      assert.match(request?.title ?? '', new RegExp(`${tagOf(second)}$`))
    })
  })

  test('a new change request costs few requests to the manifest repository, and a pass without news one', async () => {
    await stage(async (s) => {
      const { log } = s.target.inside.model.faults
      const { openChangeRequest } = s.deviations.contract
      const asked = () =>
        log
          .splice(0)
          .filter(
            ({ repository, path }) => repository === MANIFESTS && !/info\/refs|git-upload-pack/.test(path),
          )
      await s.bot.pass(SOURCE)
      await s.push()
      asked()
      await s.bot.pass(SOURCE)
      assert.equal(asked().length, 1 + openChangeRequest)
      assert.deepEqual(await s.states(), ['1 open'])
      await settle(s)
      asked()
      const { applied } = await s.bot.pass(SOURCE)
      assert.deepEqual([applied, asked().length], [[], 1])
    })
  })

  test('a repeated delivery changes nothing: the second pass writes nothing at all', async () => {
    await stage(async (s) => {
      await s.push()
      await s.bot.pass(SOURCE)
      await s.bot.pass(SOURCE)
      const { log } = s.target.inside.model.faults
      log.length = 0
      const { applied } = await s.bot.pass(SOURCE)
      assert.deepEqual(applied, [])
      const writes = log.filter(({ method, query }) => method !== 'GET' && !/^\s*query\b/.test(query ?? ''))
      assert.deepEqual(writes, [])
    })
  })

  test('the source commit has one report that says how every environment stands', async () => {
    await stage(async (s) => {
      const head = await s.push()
      await s.bot.pass(SOURCE)
      await s.bot.pass(SOURCE)
      assert.equal(await s.source.reports(SOURCE, head, 'all'), 1)
      const { conclusion, text } = await s.source.report(SOURCE, head)
      assert.equal(conclusion, 'success')
      assert.match(text, /web\/staging: waiting, web\/production: waiting/)
      if (!s.deviations.source.reportTellsAll) return
      assert.match(text, /web\/staging \| \[waiting\]/)
      assert.match(text, /web\/production \| waiting/)
    })
  })
})
