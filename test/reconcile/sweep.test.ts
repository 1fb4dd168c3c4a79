import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import pino from 'pino'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import { updateRepository } from '../../src/sandbox/model/repositories.ts'
import { openStore } from '../../src/store/open.ts'
import { CONFIG, POLICY } from '../support/acme.ts'
import { copyStore } from '../support/embedded-store.ts'
import { NO_SWEEP } from '../support/no-store.ts'
import { acrossForges, MANIFESTS, PAIRS, SOURCE, type Stage } from '../support/stage.ts'
import { kustomization } from '../support/world.ts'

// What a webhook should have told and did not: no webhook is heard here at all.

const REDIS = 'docker.io/library/redis'
const FOREVER = { attempt: 1, signal: new AbortController().signal }
const digest = (letter: string) => `sha256:${letter.repeat(64)}`

const FOLLOWS_REGISTRY = {
  config: `${CONFIG}  edge: { image: ${REDIS}, follow: registry digest edge, path: apps/web/edge }
  cache: { image: ${REDIS}, follow: registry ^7.2, path: apps/web/cache }
`,
  policy: POLICY.replace('images: ghcr.io/acme/web', `images: [ghcr.io/acme/web, ${REDIS}]`),
  manifests: {
    'apps/web/edge/kustomization.yaml': kustomization('edge').replace('ghcr.io/acme/web', REDIS),
    'apps/web/cache/kustomization.yaml': kustomization('7.2.1').replace('ghcr.io/acme/web', REDIS),
  },
}

/** The server's handlers on a store of their own, and a registry that has what it is told to have. */
async function withServer(s: Stage, play: (server: Server) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'supercargo-sweep-'))
  const log = pino({ level: 'silent' })
  await copyStore(dataDir)
  const store = await openStore({ dataDir, log })
  const tags: Record<string, string> = { edge: digest('a'), '7.2.1': digest('b') }
  const { forges, registry, now } = s.bot.dependencies
  const handlers = createHandlers({
    forges,
    registry: {
      ...registry,
      resolve: async (_, tag) => {
        const found = tags[tag]
        return found === undefined
          ? null
          : { digest: found, mediaType: 'application/vnd.oci.image.manifest.v1+json' }
      },
      listTags: async () => Object.keys(tags),
      readLabels: async () => ({}),
    },
    store,
    log,
    now,
    meaning: () => ({ keys: [], outcome: 'Nothing is heard.' }),
    ...NO_SWEEP,
  })
  const sweep = async () => (await handlers.sweep()).toSorted()
  const visit = async (keys: readonly string[]) => {
    for (const key of keys) await handlers.reconcile(key, FOREVER)
  }
  try {
    await play({
      tags,
      sweep,
      visit,
      async rest(always) {
        // what has just happened is looked at twice: it was an hour ago
        for (const { model } of new Set([s.source.inside, s.target.inside])) {
          const before = new Date(Date.now() - 3_600_000).toISOString()
          for (const row of model.tables.repositories.all())
            model.save(['repositories', { ...row, pushedAt: before, updatedAt: before }])
          for (const row of model.tables.pulls.all()) model.save(['pulls', { ...row, updatedAt: before }])
        }
        for (let round = 0; round < 6; round++) {
          const keys = await sweep()
          if (isDeepStrictEqual(keys, always)) return
          await visit(keys)
        }
        assert.deepEqual(await sweep(), always, 'nothing else is visited in the end')
      },
    })
  } finally {
    await store.close()
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}

interface Server {
  /** What the registry has: digests by tag. */
  tags: Record<string, string>
  /** Keys to visit. */
  sweep(): Promise<string[]>
  visit(keys: readonly string[]): Promise<void>
  /** Sweeps and visits until nothing is left but these keys. */
  rest(always: readonly string[]): Promise<void>
}

acrossForges(
  (stage, { source, target }) => {
    const web = `${source}:${SOURCE}`
    const both = [`${target}:${MANIFESTS}`, web].toSorted()
    const seesMarks = source === 'github' && target === 'github'

    test('whatever webhook is lost, the next sweep finds what it was about, and visits nothing else', async () => {
      await stage(async (s) => {
        await s.source.repository('acme/other')
        await withServer(s, async ({ tags, sweep, visit, rest }) => {
          const all = [...both, `${source}:acme/other`].toSorted()
          // of GitLab nothing is seen, and of GitHub nothing that depends on GitLab
          const always = seesMarks ? [] : source === 'gitlab' ? all : both
          assert.deepEqual(await sweep(), all, 'the first sweep visits everything')
          await visit(all)
          await rest(always)
          let opened = 0
          const changes: [string, string[], () => unknown][] = [
            ['a push', [web], () => s.push('Something new')],
            ['a tag', [web], () => s.clone.git('push', '--quiet', 'origin', 'HEAD:refs/tags/v1.0.0')],
            ['a new branch', [web], () => s.clone.git('push', '--quiet', 'origin', 'HEAD:refs/heads/b')],
            ['a deleted branch', [web], () => s.clone.git('push', '--quiet', 'origin', ':refs/heads/b')],
            [
              'an opened request',
              [web],
              async () => {
                opened = (await s.propose('feature')).number
              },
            ],
            ['a renamed request', [web], () => s.source.rename(SOURCE, opened, 'Another title')],
            ['a closed request', [web], () => s.source.closeRequest(SOURCE, opened)],
            ['a closed change request', both, () => s.person.close(1)],
            ['a merged change request', both, () => s.person.merge(2)],
            ['a policy', both, () => s.person.commit('main', { '.supercargo/policy.yml': 'accept: []\n' })],
            [
              'the policy as it was',
              both,
              () => s.person.commit('main', { '.supercargo/policy.yml': s.named(FOLLOWS_REGISTRY.policy) }),
            ],
            [
              'a moved tag of the registry',
              [web],
              () => {
                tags.edge = digest('c')
              },
            ],
            [
              'a new tag of the registry',
              [web],
              () => {
                tags['7.2.2'] = digest('d')
              },
            ],
            [
              'an archived repository',
              [`${target}:${MANIFESTS}`, web].toSorted(),
              () => updateRepository(s.target.inside.model, s.manifests, { archived: true }),
            ],
          ]
          for (const [what, keys, change] of changes) {
            await change()
            const found = await sweep()
            if (seesMarks) assert.deepEqual(found, keys, what)
            else assert.ok(found.includes(web), what)
            if (what !== 'an archived repository') {
              await visit(found)
              await rest(always)
            }
          }
          const texts = (await s.changeRequests()).map(({ title }) => title).join('\n')
          for (const name of ['web staging', 'web production', 'web edge', 'web cache'])
            assert.ok(texts.includes(name), `${name} got a change request: ${texts}`)
        })
      }, FOLLOWS_REGISTRY)
    })
  },
  PAIRS.slice(0, 3),
)

acrossForges(
  (stage, { source }) => {
    test('what waits for a check that a person runs again is visited by every sweep', async () => {
      await stage(
        async (s) => {
          await withServer(s, async ({ sweep, visit, rest }) => {
            await s.check(await s.push(), 'test', 'failed')
            await visit(await sweep())
            await rest([`${source}:${SOURCE}`])
          })
        },
        { config: CONFIG.replace('ready: commit', 'ready: checks') },
      )
    })
  },
  PAIRS.slice(0, 1),
)
