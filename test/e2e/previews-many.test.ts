// Many previews at once, on each forge: 105 by default, which is more than a page of every listing.
// `SUPERCARGO_PREVIEWS=500 npm test -- previews-many` opens 500.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pino from 'pino'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import { openPull } from '../../src/sandbox/model/pulls.ts'
import { openStore } from '../../src/store/open.ts'
import type { Handlers } from '../../src/store/store.ts'
import { CONFIG_WITH_PREVIEWS } from '../support/acme.ts'
import { copyStore } from '../support/embedded-store.ts'
import { eventually } from '../support/eventually.ts'
import { NO_SWEEP } from '../support/no-store.ts'
import { previewsInGit } from '../support/previews-in-git.ts'
import { acrossForges, PAIRS, SOURCE, type Stage } from '../support/stage.ts'

const COUNT = Number(process.env.SUPERCARGO_PREVIEWS ?? 105)
const MOST_COMMITS = 5
const MOST_REQUESTS = 10
const ONE_FORGE = PAIRS.filter(({ source, target }) => source === target)
const log = pino({ level: 'silent' })

/** The bot with its store and its worker, which gets a delivery for each pull request. */
async function withWorker(
  s: Stage,
  play: (worker: { handlers: Handlers; deliver(id: number): Promise<unknown> }) => Promise<void>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'supercargo-many-'))
  await copyStore(dataDir)
  const store = await openStore({ dataDir, log })
  const key = `${s.source.id}:${SOURCE}`
  const handlers = createHandlers({
    ...s.bot.dependencies,
    store,
    meaning: () => ({ keys: [key], outcome: 'Looks at it.' }),
    ...NO_SWEEP,
  })
  const worker = await store.work(
    { ...handlers, sweep: async () => [] },
    { concurrency: 4, sweepSeconds: 3600 },
  )
  try {
    const deliver = (id: number) =>
      store.acceptDelivery({ source: 'test', id: `${id}`, event: 'pull_request', payload: {} })
    await play({ handlers, deliver })
  } finally {
    await worker.stop(20_000)
    await store.close()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Each branch one commit ahead of main. */
function makeBranches({ clone }: Stage, branches: readonly string[]): void {
  const input = branches.map(
    (branch) =>
      `commit refs/heads/${branch}\ncommitter Dana <dana@acme.dev> ${Math.floor(Date.now() / 1000)} +0000\ndata ${branch.length}\n${branch}\nfrom refs/heads/main^0\nM 100644 inline app.txt\ndata ${branch.length}\n${branch}\n\n`,
  )
  execFileSync('git', ['fast-import', '--quiet'], { cwd: clone.directory, input: input.join('') })
}

acrossForges((stage) => {
  test(`${COUNT} pull requests that are opened at once come in at most ${MOST_COMMITS} commits, and a sweep then costs at most ${MOST_REQUESTS} requests`, async (context) => {
    await stage(
      async (s) => {
        const branches = Array.from({ length: COUNT }, (_, index) => `feature/${index}`)
        makeBranches(s, branches)
        await s.clone.push('origin', 'refs/heads/feature/*:refs/heads/feature/*')
        const before = await s.headOf(s.manifests, 'main')
        const { model, you } = s.source.inside
        await withWorker(s, async ({ handlers, deliver }) => {
          await Promise.all(
            branches.map(async (head, index) => {
              await openPull(model, s.web, you, { title: head, body: null, head, base: 'main' })
              await deliver(index)
            }),
          )
          const comments = () =>
            model.faults.log.filter(
              ({ method, path, status }) =>
                method === 'POST' && status === 201 && /\/(?:comments|notes)(?:$|\?)/.test(path),
            ).length
          await eventually(
            'every pull request has its comment',
            () => comments() >= COUNT,
            60_000 + COUNT * 500,
          )
          assert.equal(Object.keys(await previewsInGit(s)).length, COUNT)
          const clone = await s.target.clone('acme/k8s-manifests')
          const commits = Number(await clone.git('rev-list', '--count', `${before}..origin/main`))
          await clone.remove()
          assert.ok(commits <= MOST_COMMITS, `${commits} commits`)

          // the application is visited by every sweep, whatever marks say
          const sweep = async () => {
            const { signal } = new AbortController()
            const keys = new Set([...(await handlers.sweep()), `${s.source.id}:${SOURCE}`])
            for (const key of keys) await handlers.reconcile(key, { attempt: 1, signal })
          }
          for (let sweeps = 0; sweeps < 2; sweeps++) await sweep()
          model.faults.clear()
          await sweep()
          const requests = model.faults.log.filter(({ path }) => /graphql|\/api\/v/.test(path))
          context.diagnostic(`${commits} commits, and then ${requests.length} requests a sweep`)
          assert.ok(requests.length <= MOST_REQUESTS, `${requests.length} requests`)
        })
      },
      { config: CONFIG_WITH_PREVIEWS },
    )
  })
}, ONE_FORGE)
