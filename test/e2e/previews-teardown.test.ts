import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { createEngine } from '../../src/compose.ts'
import { SupercargoError } from '../../src/domain/errors.ts'
import { STATE_BRANCH } from '../../src/domain/names.ts'
import { deleteRepository } from '../../src/sandbox/model/repositories.ts'
import { CONFIG, CONFIG_WITH_PREVIEWS, POLICY, TEMPLATE } from '../support/acme.ts'
import { botOn } from '../support/bot.ts'
import { later } from '../support/later.ts'
import { remember } from '../support/memory.ts'
import { previewsInGit, previewsOf } from '../support/previews-in-git.ts'
import { treeTexts } from '../support/sandbox.ts'
import { acrossForges, MANIFESTS, PAIRS, SOURCE, type Stage } from '../support/stage.ts'

const WITH_PREVIEWS = { config: CONFIG_WITH_PREVIEWS }
const ONE_FORGE = PAIRS.filter(({ source, target }) => source === target)
const MINUTE = 1 / (24 * 60)

/** Another configuration on the default branch, or none. */
async function configure(s: Stage, config: string | null): Promise<void> {
  await s.clone.git('switch', '--quiet', 'main')
  await s.push('Configure', { [s.configFile]: config === null ? null : s.named(config) })
}

/** The places that the state branch remembers, by app. */
async function places(s: Stage): Promise<Record<string, string[]>> {
  if ((await s.headOf(s.manifests, STATE_BRANCH)) === null) return {}
  const files = await treeTexts(s.target.inside, s.manifests, STATE_BRANCH)
  return Object.fromEntries(
    Object.entries(files).flatMap(([path, text]) => {
      const app = /\/([^/]+)\/previews\.json$/.exec(path)?.[1]
      return app === undefined ? [] : [[app, JSON.parse(text).at.map((at: { path: string }) => at.path)]]
    }),
  )
}

/** Everything in the manifests but previews. */
async function others(s: Stage): Promise<Record<string, string>> {
  const texts = await treeTexts(s.target.inside, s.manifests, 'main')
  return Object.fromEntries(Object.entries(texts).filter(([path]) => !path.startsWith('apps/web/previews/')))
}

async function isAtRest(s: Stage): Promise<void> {
  const { applied } = await s.bot.pass(SOURCE)
  assert.deepEqual(
    applied.map(({ action }) => action.kind),
    [],
  )
}

acrossForges((stage) => {
  test('previews move when their path changes, and go with the configuration of the app, also in what people see', async () => {
    await stage(async (s) => {
      const { number, head } = await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await places(s), { web: ['apps/web/previews/pr-{number}'] })
      const before = await others(s)

      await configure(s, CONFIG_WITH_PREVIEWS.replace('previews/pr-{number}', 'previews/{number}-x'))
      await s.bot.pass(SOURCE)
      const [text] = Object.values(previewsOf({ number, head }))
      assert.deepEqual(await previewsInGit(s), { [`apps/web/previews/${number}-x/kustomization.yaml`]: text })
      await s.bot.pass(SOURCE)
      assert.deepEqual(await places(s), { web: ['apps/web/previews/{number}-x'] })
      await isAtRest(s)

      await configure(s, CONFIG)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), {})
      assert.match((await s.source.comments(SOURCE, number)).join(), /The preview was removed/)
      assert.deepEqual(await s.source.deployments(SOURCE, 'preview-web', `pr-${number}`), [])
      await s.bot.pass(SOURCE)
      assert.deepEqual(await places(s), {})
      assert.deepEqual(await others(s), before)
      await isAtRest(s)
    }, WITH_PREVIEWS)
  })

  test('when the manifests are on another branch, and then in another repository, previews at the former ones go', async () => {
    await stage(async (s) => {
      remember(s.bot.dependencies)
      const pull = await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      await s.person.branch('deploy')
      await configure(s, CONFIG_WITH_PREVIEWS.replace('k8s-manifests', 'k8s-manifests@deploy'))
      await s.bot.pass(SOURCE)
      const path = Object.keys(previewsOf(pull))[0] ?? ''
      const here = async () =>
        [await s.manifest(path), await s.manifest(path, 'deploy')].map((text) => text !== null)
      assert.deepEqual(await here(), [false, true])
      await s.bot.pass(SOURCE)

      const files = {
        '.supercargo/policy.yml': s.named(POLICY),
        'apps/web/preview/kustomization.yaml': TEMPLATE,
      }
      const other = await s.target.repository('acme/other', files)
      await configure(s, CONFIG_WITH_PREVIEWS.replace('k8s-manifests', 'other'))
      await s.bot.pass(SOURCE)
      assert.deepEqual(await here(), [false, false])
      assert.equal(await s.target.text(other, 'main', path), previewsOf(pull)[path])
      await s.bot.pass(SOURCE)
      assert.deepEqual(await places(s), {})
    }, WITH_PREVIEWS)
  })

  test('a place that cannot be written down keeps new previews out and nothing else, and the next pass brings them', async () => {
    await stage(async (s) => {
      const pull = await s.propose('feature/login')
      await s.clone.git('switch', '--quiet', 'main')
      await s.push('Work')
      const refuse = async () => {
        throw new SupercargoError('No.', { code: 'not-allowed', kind: 'permanent' })
      }
      await assert.rejects(botOn({ ...s.source.forge, writeState: refuse }).pass(SOURCE), {
        code: 'not-allowed',
      })
      assert.deepEqual([await previewsInGit(s), await s.states()], [{}, ['1 open']])
      assert.match((await s.source.comments(SOURCE, pull.number)).join(), /could not be written down/)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf(pull))
    }, WITH_PREVIEWS)
  })

  test('when one of two apps leaves the configuration its previews go, and those of the other stay', async () => {
    const both = (names: string[]) =>
      `manifests: acme/k8s-manifests\nimage: ghcr.io/acme/web\ntag: "{sha:7}"\nready: commit\napps:\n${names
        .map(
          (name) =>
            `  ${name}:\n    paths: ${name}/**\n    previews: { follow: pull requests, template: apps/web/preview, path: "apps/web/previews/${name}-{number}" }\n`,
        )
        .join('')}`
    await stage(
      async (s) => {
        const { number } = await s.propose('feature/login')
        await s.bot.pass(SOURCE)
        const paths = (names: string[]) =>
          names.map((name) => `apps/web/previews/${name}-${number}/kustomization.yaml`)
        assert.deepEqual(Object.keys(await previewsInGit(s)).toSorted(), paths(['api', 'web']))
        await configure(s, both(['web']))
        await s.bot.pass(SOURCE)
        assert.deepEqual(Object.keys(await previewsInGit(s)), paths(['web']))
        await s.bot.pass(SOURCE)
        assert.deepEqual(Object.keys(await places(s)), ['web'])
      },
      { config: both(['web', 'api']) },
    )
  })

  test('without a configuration previews go when a second look says so, and with a broken one nothing goes', async () => {
    await stage(async (s) => {
      remember(s.bot.dependencies)
      const pull = await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      const before = await others(s)
      await configure(s, 'manifests: [')
      await s.bot.pass(SOURCE)
      later(s, 100 * MINUTE)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf(pull))

      await configure(s, null)
      const { lookAgain, standings } = await s.bot.pass(SOURCE)
      assert.deepEqual(
        standings.map(({ target, state, reason }) => [target, state, reason.code]),
        [['web/former-previews', 'held', 'not-configured']],
      )
      const wait = (lookAgain?.at?.getTime() ?? 0) - s.bot.dependencies.now().getTime()
      assert.ok(wait > 590_000 && wait <= 600_000, `${wait}`)
      later(s, 109 * MINUTE)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), previewsOf(pull))
      later(s, 111 * MINUTE)
      await s.bot.pass(SOURCE)
      assert.deepEqual(await previewsInGit(s), {})
      await s.bot.pass(SOURCE)
      assert.deepEqual([await places(s), await others(s)], [{}, before])
      assert.equal((await s.bot.pass(SOURCE)).reading.kind, 'nothing')
    }, WITH_PREVIEWS)
  })

  test('the previews of a repository that is gone go after an hour, counted anew after it was seen in between', async () => {
    await stage(async (s) => {
      const memory = remember(s.bot.dependencies)
      await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      const [before, previews] = [await others(s), await previewsInGit(s)]
      const { faults } = s.source.inside.model
      const hidden = () =>
        faults.fail({
          matches: ({ query, path }) =>
            /ReadRepository/.test(query ?? '') || /\/projects\/acme%2Fweb$/.test(path),
          times: 100,
          answer: { status: 404, body: { message: 'Not Found' } },
        })
      hidden()
      assert.equal((await s.bot.pass(SOURCE)).standings[0]?.reason.code, 'repository-not-found')
      later(s, 50 * MINUTE)
      faults.clear()
      await s.bot.pass(SOURCE)
      await deleteRepository(s.source.inside.model, s.web)
      for (const minutes of [70, 129]) {
        later(s, minutes * MINUTE)
        await s.bot.pass(SOURCE)
        assert.deepEqual(await previewsInGit(s), previews)
      }
      assert.equal(s.bot.journal.filter(({ action }) => action === 'held').length, 2)
      later(s, 131 * MINUTE)
      await s.bot.pass(SOURCE)
      assert.deepEqual([await previewsInGit(s), await others(s)], [{}, before])
      await s.bot.pass(SOURCE)
      assert.deepEqual(await places(s), {})
      assert.equal((await s.bot.pass(SOURCE)).reading.kind, 'nothing')
      memory.forget()
      await assert.rejects(s.bot.pass(SOURCE), { code: 'repository-not-found' })
    }, WITH_PREVIEWS)
  })

  test('without a server, what is left of a repository that is gone goes when a person names the manifests and confirms it', async () => {
    await stage(async (s) => {
      await s.propose('feature/login')
      await s.bot.pass(SOURCE)
      const previews = await previewsInGit(s)
      await deleteRepository(s.source.inside.model, s.web)
      const { reconcile } = createEngine([s.source.forge], pino({ level: 'silent' }))
      const [web, manifests] = [SOURCE, MANIFESTS].map((path) => ({ forge: s.source.id, path }))
      assert.ok(web && manifests)
      await assert.rejects(reconcile(web, { confirmRemovals: true }), { code: 'repository-not-found' })
      const { standings } = await reconcile(web, { confirmRemovals: false }, [manifests])
      assert.match(
        standings[0]?.reason.message ?? '',
        /There is no acme\/web.* "supercargo reconcile \S+:acme\/web --confirm-removals --manifests \S+:acme\/k8s-manifests" removes it now/,
      )
      assert.deepEqual(await previewsInGit(s), previews)
      await reconcile(web, { confirmRemovals: true }, [manifests])
      assert.deepEqual(await previewsInGit(s), {})
    }, WITH_PREVIEWS)
  })

  test('a repository that was renamed is not gone', async () => {
    await stage(
      async (s) => {
        remember(s.bot.dependencies)
        const pull = await s.propose('feature/login')
        await s.bot.pass(SOURCE)
        await s.source.renameRepository(SOURCE, 'site')
        for (const minutes of [0, 120, 240]) {
          later(s, minutes * MINUTE)
          await s.bot.pass(SOURCE)
          assert.deepEqual(await previewsInGit(s), previewsOf(pull))
        }
      },
      { ...WITH_PREVIEWS, policy: POLICY.replace('acme/web', 'acme/*') },
    )
  })

  test('what is left at a former place waits for people where the configuration wants it, and is not even proposed while it is too much', async () => {
    const manifests = Object.fromEntries(
      [1001, 1002, 1003].map((number) => [`apps/web/previews/pr-${number}/kustomization.yaml`, TEMPLATE]),
    )
    await stage(
      async (s) => {
        const all = await previewsInGit(s)
        const pull = await s.propose('feature/login')
        await s.bot.pass(SOURCE)
        await s.person.merge(1)
        await configure(
          s,
          CONFIG_WITH_PREVIEWS.replace('previews/pr', 'others/pr').concat(
            '  merge: review\n  maxRemovals: 50%\n',
          ),
        )
        const { standings } = await s.bot.pass(SOURCE)
        const former = standings.find(({ target }) => target === 'web/former-previews')
        assert.equal(former?.reason.code, 'too-many-removals')
        assert.deepEqual(await previewsInGit(s), { ...all, ...previewsOf(pull) })
        await s.bot.pass(SOURCE, true)
        const request = (await s.changeRequests()).find(
          ({ branch }) => branch === 'supercargo/web/former-previews',
        )
        assert.deepEqual(await previewsInGit(s), { ...all, ...previewsOf(pull) })
        await s.person.merge(request?.number ?? 0)
        assert.deepEqual(await previewsInGit(s), {})
      },
      { config: CONFIG_WITH_PREVIEWS.concat('  merge: review\n'), manifests },
    )
  })
}, ONE_FORGE)
