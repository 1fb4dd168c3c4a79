import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG, CONFIG_WITH_PREVIEWS, POLICY } from '../support/acme.ts'
import { openFork } from '../support/fork.ts'
import { acrossForges, MANIFESTS, PAIRS, SOURCE } from '../support/stage.ts'

const BROKEN = CONFIG.replace('follow: tag v*', 'follow: tags')

acrossForges(
  (stage) => {
    test('requirement 12: a pull request that changes the configuration is told once what is wrong, and then what it names', async () => {
      await stage(async (s) => {
        await s.push()
        await s.bot.pass(SOURCE)
        const before = await s.states()
        const other = await s.propose('other')
        const { head } = await s.propose('config', { [s.configFile]: BROKEN })
        await s.bot.pass(SOURCE)
        const wrong = await s.source.report(SOURCE, head)
        assert.equal(wrong.conclusion, 'failure')
        assert.match(wrong.text, /The proposed configuration has 1 problem\n/)
        assert.ok(wrong.text.includes(`\`${s.configFile}:10:13\``), wrong.text)
        assert.equal(wrong.annotations, s.deviations.source.annotations ? 1 : 0)
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])

        const mended = await s.push('Mend it', { [s.configFile]: s.named(CONFIG_WITH_PREVIEWS) })
        await s.bot.pass(SOURCE)
        const { conclusion, text } = await s.source.report(SOURCE, mended)
        assert.equal(conclusion, 'success')
        assert.match(text, /^The proposed configuration is valid: web \(staging, production, previews\)/)
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
        assert.equal(await s.source.reports(SOURCE, mended, 'all'), 1)
        assert.equal((await s.source.report(SOURCE, other.head)).conclusion, null)
        assert.deepEqual(await s.states(), before)
      })
    })

    test('requirement 12: what a fork makes of the configuration is validated, and a policy where the manifests are', async () => {
      await stage(async (s) => {
        const fork = await openFork(s)
        await s.bot.pass(SOURCE)
        assert.equal((await s.source.report(SOURCE, fork.head)).conclusion, null)
        const head = await fork.push(BROKEN, s.configFile)
        const { faults } = s.source.inside.model
        const matches = ({ path }: { path: string }) => /check-runs|statuses\/[0-9a-f]{40}$/.test(path)
        faults.fail({ matches, times: 100, answer: { status: 422 } })
        assert.deepEqual(
          (await s.bot.pass(SOURCE)).applied,
          [],
          'what a stranger has keeps nothing from the rest',
        )
        faults.clear()
        await s.bot.pass(SOURCE)
        assert.match((await s.source.report(SOURCE, head)).text, /configuration has 1 problem/)
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])

        await s.person.branch('policy')
        const policy = await s.person.commit('policy', { '.supercargo/policy.yml': s.named(POLICY) + POLICY })
        await s.target.open(MANIFESTS, 'policy', 'Another policy')
        await s.targetBot.pass(MANIFESTS)
        assert.match((await s.target.report(MANIFESTS, policy)).text, /The proposed policy has \d+ problem/)
        assert.deepEqual((await s.targetBot.pass(MANIFESTS)).applied, [])
      })
    })
  },
  PAIRS.slice(0, 2),
)
