import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import pino from 'pino'
import { createProber } from '../../src/probe/http-prober.ts'
import { CONFIG_WITH_PREVIEWS, TEMPLATE } from '../support/acme.ts'
import { eventually } from '../support/eventually.ts'
import { later, pushAt } from '../support/later.ts'
import { previewsInGit, previewsOf } from '../support/previews-in-git.ts'
import { speaker } from '../support/speaker.ts'
import { acrossForges, PAIRS, SOURCE, type Stage } from '../support/stage.ts'

const MINUTE = 1 / (24 * 60)
const SLEEPER = `${TEMPLATE}replicas:\n  - name: web\n    count: {replicas}\n`

/** The cluster: what every preview answers, and who has asked. */
const cluster = { status: 503, text: 'no healthy upstream', asked: [] as string[] }
const server = createServer((request, response) => {
  cluster.asked.push(request.url ?? '')
  response.writeHead(cluster.status).end(cluster.text)
})
let host = ''
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => server.close())

function having(keys: string) {
  const config = CONFIG_WITH_PREVIEWS.replace(
    'https://pr-{number}.web.preview.acme.dev',
    `http://${host}/pr-{number}`,
  )
  return { config: `${config}${keys}` }
}

/** The operator allows the host of the previews. */
function allow(s: Stage): void {
  s.bot.dependencies.prober = createProber({ hosts: [host], log: pino({ level: 'silent' }) })
  Object.assign(cluster, { status: 503, text: 'no healthy upstream', asked: [] })
}

/** What people see: the row of the comment, and the forge's deployment. */
async function seen(s: Stage, number: number): Promise<[row: string, deployment: string | null]> {
  const comments = await s.source.comments(SOURCE, number)
  const [comment, ...others] = comments.filter((each) => each.includes('supercargo:previews'))
  assert.deepEqual(others, [])
  const row = comment?.split('\n').find((line) => line.startsWith('| web')) ?? ''
  return [row.split(' | ')[1] ?? '', await s.source.deploymentState(SOURCE, 'preview-web', `pr-${number}`)]
}

acrossForges(
  (stage) => {
    test('a preview is deploying until it answers for its commit, which people hear of once, and a push updates it', async () => {
      const probe = '  probe: { path: /healthz, expect: "{sha:7}" }\n'
      await stage(async (s) => {
        allow(s)
        const { number, head } = await s.propose('feature/login')
        await s.bot.pass(SOURCE)
        assert.deepEqual(cluster.asked, [])
        const { lookAgain, applied } = await s.bot.pass(SOURCE)
        assert.deepEqual(applied, [])
        assert.equal(lookAgain?.seconds, 10)
        const deploying = 'deploying: it is in Git, and does not answer yet'
        assert.deepEqual(await seen(s, number), [deploying, 'running'])
        const [first] = await s.source.commentIds(SOURCE, number)
        Object.assign(cluster, { status: 200, text: `{"commit":"${head}"}` })
        assert.equal((await s.bot.pass(SOURCE)).lookAgain, null)
        assert.deepEqual(await seen(s, number), ['ready', 'success'])
        const [ready] = await s.source.commentIds(SOURCE, number)
        assert.notEqual(ready, first)
        assert.deepEqual(cluster.asked, ['/healthz', '/healthz'])
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
        assert.equal(cluster.asked.length, 2)
        const next = await s.push('More work')
        await s.bot.pass(SOURCE)
        await s.bot.pass(SOURCE)
        const updating = 'updating: it is in Git, and does not answer yet'
        assert.deepEqual(await seen(s, number), [updating, 'running'])
        cluster.text = next
        await s.bot.pass(SOURCE)
        assert.deepEqual(await seen(s, number), ['ready', 'success'])
        assert.deepEqual(await s.source.commentIds(SOURCE, number), [ready])
      }, having(probe))
    })

    test('one that does not answer in its time has failed, which people hear of once, until it answers after all', async () => {
      await stage(async (s) => {
        allow(s)
        const { number } = await s.propose('feature/login')
        await s.bot.pass(SOURCE)
        const [first] = await s.source.commentIds(SOURCE, number)
        later(s, 11 * MINUTE)
        assert.equal((await s.bot.pass(SOURCE)).lookAgain, null)
        const silent = 'not answering: It has not answered within 10m. It answers 503.'
        assert.deepEqual(await seen(s, number), [silent, 'failure'])
        const [failed] = await s.source.commentIds(SOURCE, number)
        assert.notEqual(failed, first)
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
        cluster.status = 200
        await s.bot.pass(SOURCE)
        assert.deepEqual(await seen(s, number), ['ready', 'success'])
      }, having('  probe: true\n'))
    })

    test('a host that the operator has not allowed is never asked, and the preview is deployed to Git', async () => {
      await stage(async (s) => {
        allow(s)
        s.bot.dependencies.prober = createProber({ hosts: ['*.acme.dev'], log: pino({ level: 'silent' }) })
        const { number } = await s.propose('feature/login')
        await s.bot.pass(SOURCE)
        await s.bot.pass(SOURCE)
        const [row, deployment] = await seen(s, number)
        assert.match(row, /^deployed to Git: Nobody looks whether it answers, because .*PREVIEW\\?_HOSTS/)
        assert.equal(deployment, 'success')
        assert.deepEqual(cluster.asked, [])
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
      }, having('  probe: true\n'))
    })

    test('a preview that nobody pushes to sleeps, is never removed by that, and a command or a push wakes it', async () => {
      const count = async (s: Stage) => {
        const [text = '', ...others] = Object.values(await previewsInGit(s))
        assert.deepEqual(others, [])
        return /count: (\d)\n/.exec(text)?.[1]
      }
      const manifests = { 'apps/web/preview/kustomization.yaml': SLEEPER }
      await stage(
        async (s) => {
          allow(s)
          cluster.status = 200
          const { number } = await s.propose('feature/login')
          await s.bot.pass(SOURCE)
          const { lookAgain } = await s.bot.pass(SOURCE)
          const hours = ((lookAgain?.at?.getTime() ?? 0) - Date.now()) / 3_600_000
          assert.ok(Math.abs(hours - 8) < 0.1, `${hours}`)
          assert.deepEqual([await count(s), (await seen(s, number))[0]], ['1', 'ready'])
          later(s, 0.5)
          await s.bot.pass(SOURCE)
          const sleeping = 'sleeping: a push or `/cargo preview up` wakes it'
          assert.deepEqual([await count(s), ...(await seen(s, number))], ['0', sleeping, null])
          later(s, 100)
          const quiet = await s.bot.pass(SOURCE)
          assert.deepEqual([quiet.applied, quiet.lookAgain, await count(s)], [[], null, '0'])
          const { ask } = await speaker(s, () => s.bot.dependencies.now(), { number })
          assert.deepEqual((await ask('/cargo preview up')).reactions, ['eyes', 'rocket'])
          await s.bot.pass(SOURCE)
          await s.bot.pass(SOURCE)
          assert.deepEqual([await count(s), ...(await seen(s, number))], ['1', 'ready', 'success'])
          later(s, 101)
          await s.bot.pass(SOURCE)
          assert.deepEqual([await count(s), ...(await seen(s, number))], ['0', sleeping, null])
          const head = await pushAt(s.clone, s.bot.dependencies.now())
          await eventually('it wakes', async () => {
            await s.bot.pass(SOURCE)
            return (await count(s)) === '1'
          })
          await s.bot.pass(SOURCE)
          assert.deepEqual(await seen(s, number), ['ready', 'success'])
          const [wanted] = Object.values(previewsOf({ number, head }))
          const [text] = Object.values(await previewsInGit(s))
          assert.equal(text, `${wanted}replicas:\n  - name: web\n    count: 1\n`)
        },
        { ...having('  probe: true\n  sleep: 8h\n'), manifests },
      )
    })
  },
  PAIRS.slice(0, 2),
)
