import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pino from 'pino'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import { deleteRepository } from '../../src/sandbox/model/repositories.ts'
import { openStore } from '../../src/store/open.ts'
import { CONFIG_WITH_PREVIEWS } from '../support/acme.ts'
import { copyStore } from '../support/embedded-store.ts'
import { later } from '../support/later.ts'
import { NO_SWEEP } from '../support/no-store.ts'
import { previewsInGit, previewsOf } from '../support/previews-in-git.ts'
import { acrossForges, MANIFESTS, PAIRS, SOURCE, type Stage } from '../support/stage.ts'

const WITH_PREVIEWS = { config: CONFIG_WITH_PREVIEWS }
const ONE_FORGE = PAIRS.filter(({ source, target }) => source === target)
const HOUR = 1 / 24

interface Server {
  /** One sweep, and a visit of all that it says; gives the keys. */
  sweep(): Promise<string[]>
  journal(): Promise<string[]>
}

/** The server's handlers on a store that knows nothing; no webhook is heard. */
async function withNewStore(s: Stage, play: (server: Server) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'supercargo-lost-'))
  const log = pino({ level: 'silent' })
  await copyStore(dataDir)
  const store = await openStore({ dataDir, log })
  const meaning = () => ({ keys: [], outcome: 'Nothing is heard.' })
  const handlers = createHandlers({
    ...s.bot.dependencies,
    now: () => s.bot.dependencies.now(),
    store,
    meaning,
    ...NO_SWEEP,
  })
  const signal = new AbortController().signal
  try {
    await play({
      async sweep() {
        const keys = await handlers.sweep()
        for (const key of keys) await handlers.reconcile(key, { attempt: 1, signal })
        return keys
      },
      journal: async () => (await store.readJournal({ limit: 100 })).map(({ code }) => code),
    })
  } finally {
    await store.close()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

acrossForges((stage) => {
  test('an orphan from before the database existed is found by the first sweep, also one whose app left the configuration', async () => {
    await stage(async (s) => {
      const going = await s.propose('feature/login')
      const staying = await s.propose('feature/logout')
      await s.bot.pass(SOURCE)
      await s.source.closeRequest(SOURCE, going.number)
      await withNewStore(s, async ({ sweep }) => {
        await sweep()
        assert.deepEqual(await previewsInGit(s), previewsOf(staying))
      })
      await s.clone.git('switch', '--quiet', 'main')
      await s.pushConfig(
        'No previews',
        CONFIG_WITH_PREVIEWS.slice(0, CONFIG_WITH_PREVIEWS.indexOf('previews:')),
      )
      await withNewStore(s, async ({ sweep }) => {
        await sweep()
        assert.deepEqual(await previewsInGit(s), {})
      })
    }, WITH_PREVIEWS)
  })

  test('the previews of a repository that is gone are found by what the manifest repository remembers', async () => {
    await stage(async (s) => {
      const pull = await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      await deleteRepository(s.source.inside.model, s.web)
      const [web, manifests] = [SOURCE, MANIFESTS].map((path) => `${s.source.id}:${path}`)
      await withNewStore(s, async ({ sweep, journal }) => {
        assert.deepEqual(await sweep(), [manifests])
        assert.ok((await sweep()).includes(web ?? ''))
        assert.deepEqual(await previewsInGit(s), previewsOf(pull))
        assert.deepEqual(await journal(), ['repository-not-found'])
        later(s, 1.1 * HOUR)
        await sweep()
        assert.deepEqual(await previewsInGit(s), {})
        await sweep()
        await sweep()
        assert.ok(!(await sweep()).includes(web ?? ''))
      })
    }, WITH_PREVIEWS)
  })

  test('the sweep finds that a repository was archived', async () => {
    await stage(async (s) => {
      await s.propose('feature/login')
      await withNewStore(s, async ({ sweep }) => {
        await sweep()
        assert.equal(Object.keys(await previewsInGit(s)).length, 1)
        await s.source.archive(SOURCE)
        await sweep()
        assert.deepEqual(await previewsInGit(s), {})
      })
    }, WITH_PREVIEWS)
  })
}, ONE_FORGE)
