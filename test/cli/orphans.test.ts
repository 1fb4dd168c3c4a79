import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import pino from 'pino'
import { previewsCommand } from '../../src/cli/previews/orphans.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { createEngine, type Engine } from '../../src/compose.ts'
import { SupercargoError } from '../../src/domain/errors.ts'
import { painter } from '../../src/doors/banner.ts'
import { CONFIG_WITH_PREVIEWS } from '../support/acme.ts'
import { type FakeCluster, startCluster } from '../support/cluster.ts'
import { TEST_TOKEN } from '../support/sandbox.ts'
import { acrossForges, PAIRS, SOURCE, type Stage } from '../support/stage.ts'

const WITH_PREVIEWS = { config: CONFIG_WITH_PREVIEWS }
const LABEL = 'supercargo.dev/preview'
const ANNOTATION = 'supercargo.dev/source'

interface Ended {
  /** Null: it ended with an error, which is exit code 2. */
  code: number | null
  error: string
  out: string
}

interface World {
  s: Stage
  cluster: FakeCluster
  engine: Engine
  /** Adds the namespace of a preview, as a template makes it. */
  preview(name: string, id: string | number): void
  orphans(args?: string[], engine?: Engine): Promise<Ended>
  /** Names and states of what it found. */
  states(args?: string[], engine?: Engine): Promise<string[]>
}

/** Two previews are in Git, and the cluster has their namespaces. */
async function world(s: Stage, play: (world: World, numbers: number[]) => Promise<void>): Promise<void> {
  const cluster = await startCluster()
  try {
    const engine = createEngine([s.source.another()], pino({ level: 'silent' }))
    const annotations = { [ANNOTATION]: `${s.source.id}:acme/web` }
    const preview: World['preview'] = (name, id) =>
      void cluster.add(name, { labels: { [LABEL]: String(id) }, annotations })
    const orphans: World['orphans'] = (args = [], given = engine) =>
      run(given, ['orphans', '--kubeconfig', cluster.kubeconfig, ...args, 'acme/web'])
    const states: World['states'] = async (args = [], given = engine) => {
      const { code, error, out } = await orphans([...args, '--json'], given)
      assert.notEqual(code, null, error)
      const { namespaces } = JSON.parse(out) as { namespaces: { name: string; state: string }[] }
      return [...namespaces.map(({ name, state }) => `${name} ${state}`), `exit ${code}`]
    }
    const [first, second] = [await s.propose('feature/login'), await s.propose('feature/logout')]
    await s.bot.pass(SOURCE)
    preview('web-1', first.number)
    preview('web-2', second.number)
    await play({ s, cluster, engine, preview, orphans, states }, [first.number, second.number])
  } finally {
    await cluster.stop()
  }
}

async function run(engine: Engine, args: string[]): Promise<Ended> {
  const ended: Ended = { code: null, error: '', out: '' }
  const out = (text: string) => {
    ended.out += `${text}\n`
  }
  const nothing = () => {}
  const terminal: Terminal = {
    width: 200,
    paint: painter(false),
    out,
    err: out,
    write: out,
    progress: nothing,
  }
  const command = previewsCommand(
    terminal,
    () => engine,
    (code) => {
      ended.code = code
    },
  )
  try {
    await command.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof SupercargoError)) throw error
    ended.error = `${error.code}: ${error.message} ${error.advice ?? ''}`
  }
  return ended
}

/** The engine's way to read Git, which does something after the first time. */
function after(engine: Engine, first: () => unknown): Engine {
  let times = 0
  return {
    ...engine,
    async previews(repository) {
      const result = await engine.previews(repository)
      times += 1
      if (times === 1) await first()
      return result
    },
  }
}

acrossForges(
  (stage, { source }) => {
    test('namespaces without a preview in Git are listed, all others are left out, and nothing is deleted', async () => {
      await stage(async (s) => {
        await world(s, async ({ cluster, preview, orphans, states }, [number = 0]) => {
          assert.deepEqual(await states(), ['exit 0'])
          assert.match((await orphans()).out, /^Every preview in the cluster is in Git\.\n$/)

          preview('web-77', 77)
          preview('web-78', 78)
          const last = cluster.namespaces.at(-1)
          if (last !== undefined) last.metadata.deletionTimestamp = '2026-01-02T03:04:05Z'
          const annotations = { [ANNOTATION]: `${source}:acme/web` }
          cluster.add('not-labelled', { annotations })
          cluster.add('of-another', {
            labels: { [LABEL]: '77' },
            annotations: { [ANNOTATION]: 'github:acme/other' },
          })
          cluster.add('no-source', { labels: { [LABEL]: '77' } })
          cluster.add('no-forge', { labels: { [LABEL]: '77' }, annotations: { [ANNOTATION]: 'acme/web' } })
          cluster.add('odd-app', { labels: { [LABEL]: '77', 'supercargo.dev/app': 'api' }, annotations })
          const before = cluster.names()
          assert.deepEqual(await states(), [
            'no-forge unclear',
            'no-source unclear',
            'odd-app unclear',
            'web-77 orphan',
            'web-78 terminating',
            'exit 1',
          ])
          const { out } = await orphans()
          assert.match(
            out,
            /^web-77 +web +77 +2026-01-02T03:04:05\.000Z +orphan +Git holds no preview 77 of web\.$/m,
          )
          assert.match(out, /^1 more with the label belong to other repositories\.$/m)
          assert.match(out, /--delete/)
          assert.deepEqual(cluster.names(), before)

          // closed, and gone from Git, it is one as well
          await s.source.closeRequest(SOURCE, number)
          await s.bot.pass(SOURCE)
          assert.ok((await states()).includes('web-1 orphan'))
        })
      }, WITH_PREVIEWS)
    })

    test('--delete deletes orphans and nothing else, and only what was listed', async () => {
      await stage(async (s) => {
        await world(s, async ({ cluster, engine, preview, states }) => {
          preview('web-77', 77)
          preview('web-78', 78)
          cluster.ignoresSelector = true
          cluster.add('not-labelled', { annotations: { [ANNOTATION]: `${source}:acme/web` } })
          assert.deepEqual(await states(['--delete']), ['web-77 deleted', 'web-78 deleted', 'exit 0'])
          assert.deepEqual(cluster.names(), ['web-1', 'web-2', 'not-labelled'])
          assert.deepEqual(await states(['--delete']), ['exit 0'])

          // one of the same name that was made after the listing
          preview('web-77', 77)
          const listed = after(engine, () => {
            const uid = 'b4b2a1f0-0000-4000-8000-000000000000'
            Object.assign(cluster.namespaces.at(-1)?.metadata ?? {}, { uid })
          })
          assert.deepEqual(await states(['--delete'], listed), ['web-77 kept', 'exit 1'])
          assert.ok(cluster.names().includes('web-77'))
        })
      }, WITH_PREVIEWS)
    })

    test('a preview that comes to Git while they are judged, or moves there, keeps its namespace', async () => {
      await stage(async (s) => {
        await world(s, async ({ cluster, engine, preview, states }) => {
          preview('web-3', 3)
          const meanwhile = after(engine, async () => {
            await s.propose('feature/more')
            await s.bot.pass(SOURCE)
          })
          assert.deepEqual(await states(['--delete'], meanwhile), ['web-3 kept', 'exit 1'])
          assert.deepEqual(cluster.names(), ['web-1', 'web-2', 'web-3'])

          // nor is one an orphan that Git is to hold elsewhere from now on
          await s.clone.git('switch', '--quiet', 'main')
          const elsewhere = CONFIG_WITH_PREVIEWS.replace(
            'path: apps/web/previews',
            'path: apps/web/elsewhere',
          )
          await s.pushConfig('Elsewhere', elsewhere)
          assert.deepEqual(await states(['--delete']), ['exit 0'])
        })
      }, WITH_PREVIEWS)
    })

    test('nothing is deleted when Git cannot be read, now or right before', async () => {
      await stage(async (s) => {
        await world(s, async ({ cluster, engine, preview, orphans }) => {
          preview('web-77', 77)
          const { faults } = s.source.inside.model
          const refused = async (code: RegExp, given?: Engine) => {
            const ended = await orphans(['--delete'], given)
            assert.equal(ended.code, null, ended.out)
            assert.match(ended.error, code)
            assert.deepEqual(cluster.names(), ['web-1', 'web-2', 'web-77'])
            faults.clear()
          }
          const down = () => faults.fail({ matches: () => true, times: 1000, answer: { status: 502 } })
          down()
          await refused(/^[a-z-]+: /)
          await refused(/^[a-z-]+: /, after(engine, down))
          await s.clone.git('switch', '--quiet', 'main')
          await s.pushConfig('Break it', `${CONFIG_WITH_PREVIEWS}  oops: 1\n`)
          await refused(/^configuration-broken: /)
          await s.push('Away', { [s.configFile]: null })
          await refused(/^not-configured: /)
          const { error } = await run(engine, ['orphans', '--kubeconfig', cluster.kubeconfig, 'acme/nothing'])
          assert.match(error, /^repository-not-found: /)
        })
      }, WITH_PREVIEWS)
    })
  },
  PAIRS.slice(0, 2),
)

acrossForges(
  (stage) => {
    test('a cluster that fails, refuses or lists a part leads to an error, and nothing is deleted', async () => {
      await stage(async (s) => {
        await world(s, async ({ cluster, engine, preview, orphans, states }) => {
          preview('web-77', 77)
          preview('web-78', 78)
          const fails = async (error: RegExp, args: string[] = ['--delete']) => {
            const ended = await orphans(args)
            assert.equal(ended.code, null)
            assert.match(ended.error, error)
            assert.doesNotMatch(ended.error, /secret/)
            assert.equal(cluster.names().length, 4)
          }
          cluster.refuse = { method: 'GET', status: 403 }
          await fails(/^cluster-forbidden: .* \(403\)\. They need a ClusterRole/)
          cluster.refuse = { method: 'GET', status: 500 }
          await fails(/^cluster-unavailable: .* \(500\)/)
          // the second page, when what it continues is not known any more
          cluster.refuse = { method: 'GET', status: 410, skip: 1 }
          await fails(/^cluster-unavailable: .* \(410\)/)
          await fails(/^cluster-unavailable: .* \(ECONNREFUSED\)/, ['--delete', '--context', 'nowhere'])
          await fails(/^cluster-unavailable: .* \(DEPTH_ZERO_SELF_SIGNED_CERT\)/, [
            '--delete',
            '--context',
            'stranger',
          ])
          await fails(/^context-unknown: .* no context elsewhere .*: here, nowhere, stranger\./, [
            '--context',
            'elsewhere',
          ])
          await fails(/^label-invalid: /, ['--delete', '--label', 'a,b!=c'])
          writeFileSync(`${cluster.kubeconfig}-odd`, '{secret: [')
          for (const file of ['-odd', '-missing']) {
            const args = ['orphans', '--kubeconfig', cluster.kubeconfig + file, '--delete', 'acme/web']
            const { error } = await run(engine, args)
            assert.match(error, /^kubeconfig-unreadable: /)
            assert.doesNotMatch(error, /secret/)
          }
          // one that cannot be deleted keeps the other from nothing
          cluster.refuse = { method: 'DELETE', status: 403 }
          assert.deepEqual(await states(['--delete']), ['web-77 failed', 'web-78 deleted', 'exit 1'])
        })
      }, WITH_PREVIEWS)
    })

    test('more than maxRemovals are deleted only when somebody confirms it, and another label may be used', async () => {
      await stage(
        async (s) => {
          await world(s, async ({ cluster, preview, orphans, states }) => {
            preview('web-77', 77)
            preview('web-78', 78)
            preview('web-79', 79)
            assert.match(
              (await orphans(['--delete'])).error,
              /^too-many-removals: 3 namespaces of web .* more than 2\./,
            )
            assert.equal(cluster.names().length, 5)
            assert.deepEqual(await states(['--delete', '--confirm-removals']), [
              'web-77 deleted',
              'web-78 deleted',
              'web-79 deleted',
              'exit 0',
            ])
            const annotations = { [ANNOTATION]: `${s.source.id}:acme/web` }
            cluster.add('web-80', { labels: { 'acme.dev/preview': '80' }, annotations })
            assert.deepEqual(await states(), ['exit 0'])
            assert.deepEqual(await states(['--label', 'acme.dev/preview']), ['web-80 orphan', 'exit 1'])
          })
        },
        { config: `${CONFIG_WITH_PREVIEWS}  maxRemovals: 50%\n` },
      )
    })

    test('as a process it ends with 1 for an orphan, and says so for programs', async () => {
      await stage(async (s) => {
        await world(s, async ({ cluster, preview }) => {
          preview('web-77', 77)
          const args = ['previews', 'orphans', '--kubeconfig', cluster.kubeconfig, '--json', 'acme/web']
          const env = {
            PATH: process.env.PATH ?? '',
            GITHUB_TOKEN: TEST_TOKEN,
            GITHUB_API_URL: s.source.environment.GITHUB_API_URL ?? '',
          }
          const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
            execFile(
              process.execPath,
              ['--import', 'tsx', 'src/cli/main.ts', ...args],
              { env },
              (error, stdout) => resolve({ code: error?.code ?? 0, stdout }),
            )
          })
          assert.equal(code, 1)
          const { namespaces } = JSON.parse(stdout) as { namespaces: { name: string; created: string }[] }
          assert.deepEqual(namespaces, [
            {
              name: 'web-77',
              source: 'github:acme/web',
              app: 'web',
              preview: '77',
              created: '2026-01-02T03:04:05.000Z',
              state: 'orphan',
              reason: 'Git holds no preview 77 of web.',
            },
          ])
        })
      }, WITH_PREVIEWS)
    })
  },
  PAIRS.slice(0, 1),
)
