import assert from 'node:assert/strict'
import { test } from 'node:test'
import { install } from '../../src/sandbox/model/installations.ts'
import { CONFIG_WITH_PREVIEWS } from '../support/acme.ts'
import { acrossForges, PAIRS, SOURCE, type Stage } from '../support/stage.ts'

const WITH_PREVIEWS = { config: CONFIG_WITH_PREVIEWS }

function shown({ source }: Stage, number: number): Promise<string[]> {
  return source.deployments(SOURCE, 'preview-web', `pr-${number}`)
}

function kinds(applied: readonly { action: { kind: string } }[]): string[] {
  return applied.map(({ action }) => action.kind)
}

acrossForges(
  (stage, { source }) => {
    test('the forge shows where the preview of a pull request is, follows it, and ends it with the pull request', async () => {
      await stage(async (s) => {
        const { number, head } = await s.propose('feature/login')
        const url = `https://pr-${number}.web.preview.acme.dev`
        await s.bot.pass(SOURCE)
        assert.deepEqual(await shown(s, number), [`${head} ${url}`])
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
        const next = await s.push('More work')
        await s.bot.pass(SOURCE)
        assert.deepEqual(await shown(s, number), [`${next} ${url}`])
        await s.source.closeRequest(SOURCE, number)
        await s.bot.pass(SOURCE)
        assert.deepEqual(await shown(s, number), [])
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
      }, WITH_PREVIEWS)
    })

    test('with deployments: off nothing is shown, and what was shown before is ended', async () => {
      await stage(async (s) => {
        const { number } = await s.propose('feature/login')
        await s.bot.pass(SOURCE)
        await s.clone.git('switch', '--quiet', 'main')
        await s.pushConfig('No deployments', `${CONFIG_WITH_PREVIEWS}  deployments: off\n`)
        await s.bot.pass(SOURCE)
        assert.deepEqual(await shown(s, number), [])
        assert.equal(kinds((await s.bot.pass(SOURCE)).applied).includes('end-deployment'), false)
      }, WITH_PREVIEWS)
    })

    test('a deployment that the forge fails to take is shown by the next pass', async () => {
      await stage(async (s) => {
        const { number, head } = await s.propose('feature/login')
        const { faults } = s.source.inside.model
        faults.fail({ matches: ({ path }) => /deployments/.test(path), times: 100, answer: { status: 502 } })
        await assert.rejects(s.bot.pass(SOURCE))
        faults.clear()
        await s.bot.pass(SOURCE)
        assert.deepEqual(await shown(s, number), [`${head} https://pr-${number}.web.preview.acme.dev`])
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
      }, WITH_PREVIEWS)
    })

    test('with status: on each head says once that its preview is there, and that is no check of the commit', async () => {
      await stage(
        async (s) => {
          const branch = 'feature/login'
          const said = (head: string) => s.source.statuses(SOURCE, head, branch)
          const there = 'supercargo/preview-web success The preview of web is deployed to Git.'
          const { head } = await s.propose(branch)
          await s.bot.pass(SOURCE)
          assert.deepEqual(await said(head), [there])
          const { commits } = await s.source.forge.readChecks({ forge: source, path: SOURCE }, 'main', [head])
          assert.deepEqual(commits[head] ?? [], [])
          assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
          const next = await s.push('More work')
          await s.bot.pass(SOURCE)
          assert.deepEqual(await said(next), [there])
          assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
        },
        { config: `${CONFIG_WITH_PREVIEWS}  status: on\n` },
      )
    })

    test('a status that the forge does not let the bot write is tried again with the next commit only', async () => {
      await stage(
        async (s) => {
          const { number } = await s.propose('feature/login')
          const { faults } = s.source.inside.model
          const denied = ({ method, path, body }: { method: string; path: string; body: string | null }) =>
            method === 'POST' && /check-runs|statuses/.test(path) && `${path}${body}`.includes('preview-web')
          faults.fail({ matches: denied, times: 100, answer: { status: 403 } })
          await s.bot.pass(SOURCE)
          assert.match((await s.source.comments(SOURCE, number))[0] ?? '', /deployed to Git/)
          faults.clear()
          assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
          const head = await s.push('More work')
          await s.bot.pass(SOURCE)
          assert.equal((await s.source.statuses(SOURCE, head, 'feature/login')).length, 1)
        },
        { config: `${CONFIG_WITH_PREVIEWS}  status: on\n` },
      )
    })

    if (source === 'github') {
      test('an app without the permission works as before, and tries again with the next commit only', async () => {
        await stage(async (s) => {
          const { model } = s.source.inside
          const { deployments: permission, ...others } = model.app.permissions
          assert.equal(permission, 'write')
          install(model, 'acme', { permissions: others })
          const { number } = await s.propose('feature/login')
          await s.bot.pass(SOURCE)
          assert.deepEqual(await shown(s, number), [])
          assert.match((await s.source.comments(SOURCE, number))[0] ?? '', /deployed to Git/)
          install(model, 'acme', { permissions: model.app.permissions })
          assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
          const head = await s.push('More work')
          await s.bot.pass(SOURCE)
          assert.deepEqual(await shown(s, number), [`${head} https://pr-${number}.web.preview.acme.dev`])
        }, WITH_PREVIEWS)
      })
    }
  },
  PAIRS.slice(0, 2),
)
