import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slugOf } from '../../src/domain/slug.ts'
import { createGenerator } from '../../src/reconcile/generator.ts'
import type { SeenRequest } from '../../src/sandbox/model/faults.ts'
import { generatorRoutes } from '../../src/web/generator.ts'
import { startServer } from '../../src/web/server.ts'
import { CONFIG, POLICY } from '../support/acme.ts'
import { tagOf } from '../support/scene.ts'
import { acrossForges, PAIRS, SOURCE, type Stage } from '../support/stage.ts'
import { memoryLog } from '../web/support.ts'

const PREVIEWS = `previews:
  follow: pull requests
  path: apps/web/previews/pr-{number}.json
  url: https://pr-{number}.web.preview.acme.dev
`
const WITH_PREVIEWS = { config: `${CONFIG}${PREVIEWS}` }

const TWO_APPS = `manifests: acme/k8s-manifests
image: ghcr.io/acme/web
ready: commit
apps:
  web:
${PREVIEWS.replace(/^/gm, '    ')}
  api:
${PREVIEWS.replaceAll('web/', 'web/api/').replace(/^/gm, '    ')}
`

interface Answer {
  status: number
  /** Null: the answer holds no list. */
  inputs: Record<string, unknown>[] | null
  code: string | null
  message: string
}

/** The server's door, with both engines before it. They ask long after they asked before. */
async function withEngines(
  s: Stage,
  play: (ask: (parameters?: object) => Promise<Answer>) => Promise<void>,
): Promise<void> {
  const forges = new Map([s.target, s.source].map((side) => [side.id, side.another()]))
  let time = 0
  const generator = createGenerator({ forges, home: s.source.id, now: () => new Date(time) })
  const log = memoryLog([])
  const server = await startServer({ host: '127.0.0.1', port: 0, log })
  server.add(generatorRoutes({ admits: () => true, inputs: (query) => generator.inputs(query), log }))
  const url = `http://127.0.0.1:${server.port}/api/v1`
  try {
    await play(async (parameters = { source: SOURCE }) => {
      time += 60_000
      const body = JSON.stringify({ applicationSetName: 'web', input: { parameters } })
      const argo = await fetch(`${url}/getparams.execute`, { method: 'POST', body })
      const flux = await fetch(`${url}/previews?${new URLSearchParams({ ...parameters })}`)
      const [one, other] = [JSON.parse(await argo.text()), JSON.parse(await flux.text())]
      assert.equal(argo.status, flux.status)
      assert.deepEqual(one.output?.parameters, other.inputs)
      const { inputs = null, code = null, message = '' } = other
      return { status: flux.status, inputs, code, message }
    })
  } finally {
    await server.stop(0)
  }
}

function expected(s: Stage, { number, head }: { number: number; head: string }, branch: string) {
  const host = `pr-${number}.web.preview.acme.dev`
  return {
    id: String(number),
    number: String(number),
    branch,
    slug: slugOf(branch),
    sha: head,
    tag: tagOf(head),
    image: 'ghcr.io/acme/web',
    host,
    owner: s.source.inside.you.account.login,
    title: branch,
    url: `https://${host}`,
    replicas: '1',
  }
}

const OUTAGES = [
  ['is down', { status: 502 }, 503],
  ['answers with nothing', { status: 200, body: {} }, 503],
  ['breaks off', 'disconnect', 503],
  ['does not know the repository', { status: 404, body: { message: 'Not Found' } }, 404],
] as const

/** More than one page of a listing, all beside the previews. */
const FULL_DIRECTORY = Object.fromEntries(
  Array.from({ length: 101 }, (_, index) => [`apps/web/previews/note-${index}.txt`, '']),
)

/** How many requests both forges have answered. */
function requests({ source, target }: Stage): number {
  const sides = new Set([source, target])
  return [...sides].reduce((sum, { inside }) => sum + inside.model.faults.log.length, 0)
}

acrossForges(
  (stage, { source }) => {
    test('engines are told of a preview from the moment that Git holds it until it does not', async () => {
      await stage(async (s) => {
        await withEngines(s, async (ask) => {
          const ids = async () => (await ask()).inputs?.map(({ id }) => id)
          const login = await s.propose('feature/login')
          assert.deepEqual(await ids(), [])
          await s.bot.pass(SOURCE)
          assert.deepEqual((await ask({ source: `${source}:acme/web`, app: 'web' })).inputs, [
            expected(s, login, 'feature/login'),
          ])
          const before = requests(s)
          await ask()
          // what two engines ask at once is read once
          assert.ok(requests(s) - before <= (source === 'gitlab' ? 3 : 2), String(requests(s) - before))
          const logout = await s.propose('feature/logout')
          await s.source.closeRequest(SOURCE, login.number)
          assert.deepEqual(await ids(), [String(login.number)])
          await s.bot.pass(SOURCE)
          assert.deepEqual(await ids(), [String(logout.number)])
          await s.source.closeRequest(SOURCE, logout.number)
          await s.bot.pass(SOURCE)
          assert.deepEqual(await ids(), [])
        })
      }, WITH_PREVIEWS)
    })
  },
  PAIRS.slice(0, 3),
)

acrossForges(
  (stage, { target }) => {
    test('what is not known is an error by name, and never a list', async () => {
      await stage(async (s) => {
        await s.propose('feature/login')
        await s.bot.pass(SOURCE)
        await s.clone.git('switch', '--quiet', 'main')
        const policy = (text: string) => s.person.commit('main', { '.supercargo/policy.yml': s.named(text) })
        const preview = (text: string | null, path = '') =>
          s.person.commit('main', { [`apps/web/previews/pr-77.json${path}`]: text })
        const configure = (text: string) => s.pushConfig('Configure', `${CONFIG}${text}`)
        await withEngines(s, async (ask) => {
          const refuses = async (status: number, code: string, parameters?: object) => {
            const answer = await ask(parameters)
            assert.deepEqual([answer.status, answer.code, answer.inputs], [status, code, null])
            return answer.message
          }
          assert.equal((await ask()).inputs?.length, 1)
          await refuses(400, 'repository-invalid', { source: 'web' })
          await refuses(404, 'forge-unknown', { source: 'gitea:acme/web' })
          await refuses(404, 'repository-not-found', { source: 'acme/nothing' })
          const unknown = await refuses(404, 'app-unknown', { source: SOURCE, app: 'api' })
          assert.match(unknown, /no app named "api"\. Those with previews are: web\./)

          await policy('accept: 1\n')
          await refuses(409, 'policy-broken')
          await policy(POLICY.replace('from: acme/web', 'from: acme/other'))
          await refuses(409, 'source-not-accepted')
          await policy(POLICY.replace('paths: apps/web/**', 'paths: apps/web/overlays/**'))
          await refuses(409, 'path-not-accepted')
          await policy(POLICY)

          await preview('{"number": "77"')
          assert.match(await refuses(409, 'preview-unreadable'), /pr-77\.json is not the JSON file/)
          await preview('["77"]')
          await refuses(409, 'preview-unreadable')
          await preview('{"number": "78"}')
          await refuses(409, 'preview-unreadable')
          await preview(null)
          await preview('{"number": "77"}', '/file')
          await refuses(409, 'preview-unreadable')
          await preview(null, '/file')
          assert.equal((await ask()).inputs?.length, 1)

          await configure(`${PREVIEWS}  oops: 1\n`)
          assert.match(await refuses(409, 'configuration-broken'), /supercargo\.yml:\d+: .*oops/)
          await configure('')
          await refuses(404, 'no-previews')
          await refuses(404, 'no-previews', { source: SOURCE, app: 'web' })
          const elsewhere = `${PREVIEWS}  manifests: acme/k8s-manifests@previews\n`
          await configure(elsewhere)
          await refuses(404, 'branch-not-found')
          await s.person.branch('previews')
          await s.person.commit('main', { 'apps/web/previews/pr-1.json': null })
          assert.equal((await ask()).inputs?.length, 1)
          await configure(PREVIEWS)
          assert.deepEqual((await ask()).inputs, [])
          await configure(PREVIEWS.replace('.json', '\n  template: apps/web/preview'))
          await refuses(409, 'previews-not-json')
          await s.pushConfig('Two apps', s.named(TWO_APPS))
          assert.match(await refuses(400, 'app-missing'), /web, api/)
          assert.deepEqual((await ask({ source: SOURCE, app: 'api' })).inputs, [])
          assert.deepEqual((await ask({ source: SOURCE, app: 'web' })).inputs, [])
          await s.push('Away', { [s.configFile]: null })
          await refuses(404, 'not-configured')
        })
      }, WITH_PREVIEWS)
    })

    test('a forge that is down, breaks off, is limited or tells a part of it leads to an error, and never to a list', async () => {
      await stage(
        async (s) => {
          await s.propose('feature/login')
          await s.bot.pass(SOURCE)
          const { faults } = s.source.inside.model
          await withEngines(s, async (ask) => {
            // GitHub has no pages of a tree
            faults.cutListingsAt = target === 'github' ? 0 : 100
            const cut = await ask()
            assert.deepEqual([cut.status, cut.inputs], [503, null])
            faults.clear()
            for (const name of ['acme/web', 'k8s-manifests']) {
              for (const [what, answer, status] of OUTAGES) {
                const matches = ({ repository, path }: SeenRequest) => `${repository} ${path}`.includes(name)
                faults.fail({ matches, times: 1000, answer })
                const told = await ask()
                assert.deepEqual([told.status, told.inputs], [status, null], `${name} ${what}`)
                faults.clear()
              }
              assert.equal((await ask()).inputs?.length, 1)
            }
            const headers = { 'retry-after': '120', 'x-ratelimit-remaining': '0' }
            const answer = {
              status: target === 'github' ? 403 : 429,
              headers,
              body: { message: 'rate limit' },
            }
            faults.fail({ matches: () => true, times: 100, answer })
            const limited = await ask()
            assert.deepEqual([limited.status, limited.inputs], [503, null])
          })
        },
        { ...WITH_PREVIEWS, manifests: FULL_DIRECTORY },
      )
    })
  },
  PAIRS.slice(0, 2),
)
