import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { retagWithConsent } from '../../src/compose/retag-consent.ts'
import { SupercargoError } from '../../src/domain/errors.ts'
import type { Registry } from '../../src/registry/registry.ts'
import { PRODUCTION } from '../support/acme.ts'
import { skipWithoutRegistry, startRegistry, type TestRegistry } from '../support/registry.ts'
import { accessTo, registryOf } from '../support/registry-client.ts'
import { acrossForges, PAIRS, SOURCE, type Stage } from '../support/stage.ts'
import { kustomization } from '../support/world.ts'

// Releases by re-tag (nothing is built anew), against Debian's registry.

const skip = skipWithoutRegistry()
let registry: TestRegistry
before(async () => {
  if (skip === false) registry = await startRegistry()
})
after(async () => registry?.close())

/** Repositories of the registry: each play has its own. */
let plays = 0

interface Release extends Stage {
  name: string
  /** Pushes a commit and, unless it is never built, its image; gives the commit's tag. */
  built(how?: 'index' | 'never'): Promise<{ tag: string; digest: string }>
  tagged(version: string): Promise<void>
  /** What the engine asks of the registry goes through here first. */
  fails: { retag: (() => void) | null }
}

acrossForges(
  (stage) => {
    const play = async (scene: (s: Release) => Promise<void>) => {
      const name = `acme/web-${++plays}`
      const image = `${registry.host}/${name}`
      const config = `manifests: acme/k8s-manifests
image: ${image}
environments:
  production: { follow: tag v*, path: apps/web/overlays/production, retag: true, pin: digest }
`
      const policy = `accept:\n  - { from: acme/web, paths: "apps/web/**", images: "${image}" }\n`
      const text = kustomization('v0.0.0').replace('ghcr.io/acme/web', image)
      await stage(
        async (s) => {
          const fails: Release['fails'] = { retag: null }
          s.bot.dependencies.registry = real(fails)
          const built: Release['built'] = async (how) => {
            const commit = await s.push()
            const tag = commit.slice(0, 7)
            if (how === 'never') return { tag, digest: '' }
            const digest =
              how === 'index'
                ? await registry.pushIndex(name, tag, [{ labels: { cpu: 'a' } }, { labels: { cpu: 'b' } }])
                : await registry.pushImage(name, tag, { labels: { commit } })
            return { tag, digest }
          }
          const tagged = async (version: string) => {
            await s.clone.git('tag', version)
            await s.clone.git('push', '--quiet', 'origin', version)
          }
          await scene({ ...s, name, fails, built, tagged })
        },
        { config, policy, manifests: { [PRODUCTION]: text } },
      )
    }

    test('a release gets the image of its commit, an index as it is, and then a change request', {
      skip,
    }, async () => {
      await play(async (s) => {
        const { tag, digest } = await s.built('index')
        await s.tagged('v0.1.2')
        const { applied } = await s.bot.pass(SOURCE)
        assert.deepEqual(await registry.head(s.name, 'v0.1.2'), { status: 200, digest })
        const kinds = applied.map(({ action }) => action.kind).filter((kind) => kind !== 'report')
        assert.deepEqual(kinds, ['retag', 'open-change-request'])
        const [request] = await s.changeRequests()
        assert.ok(request?.body.includes(`\`${digest}\` = \`${tag}\` = \`v0.1.2\``))
        const changed = await s.manifest(PRODUCTION, 'supercargo/web/production')
        assert.match(changed ?? '', new RegExp(`newTag: "v0.1.2"\\n    digest: ${digest}\\n`))
        const [entry] = s.bot.journal.filter(({ action }) => action === 'retag')
        assert.ok(entry?.message.includes(digest) && entry.message.includes(tag))
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [], 'a second time nothing is left to do')
      })
    })

    test('a release whose commit was never built waits, and is there once it is', { skip }, async () => {
      await play(async (s) => {
        const { tag } = await s.built('never')
        await s.tagged('v1.0.0')
        const [standing] = (await s.bot.pass(SOURCE)).standings
        assert.deepEqual([standing?.state, standing?.reason.code], ['waiting', 'waits-for-image'])
        assert.deepEqual(await s.states(), [])
        const digest = await registry.pushImage(s.name, tag)
        await s.bot.pass(SOURCE)
        assert.deepEqual(await registry.head(s.name, 'v1.0.0'), { status: 200, digest })
        assert.deepEqual(await s.states(), ['1 open'])
      })
    })

    test('a tag that names another image is not moved, and both are named', { skip }, async () => {
      await play(async (s) => {
        const { digest } = await s.built()
        const other = await registry.pushImage(s.name, 'v1.0.0', { labels: { other: 'yes' } })
        await s.tagged('v1.0.0')
        const [standing] = (await s.bot.pass(SOURCE)).standings
        assert.equal(standing?.reason.code, 'tag-taken')
        for (const each of [digest, other]) assert.ok(standing?.reason.message.includes(each))
        assert.deepEqual(await registry.head(s.name, 'v1.0.0'), { status: 200, digest: other })
        assert.deepEqual(await s.states(), [])
      })
    })

    test('a bot that is stopped after it tagged goes on from there', { skip }, async () => {
      await play(async (s) => {
        const { digest } = await s.built()
        await s.tagged('v1.0.0')
        const { registry: whole } = s.bot.dependencies
        s.bot.dependencies.registry = {
          ...whole,
          retag: async (wish, by) => {
            await whole.retag(wish, by)
            throw new Error('It stopped right after.')
          },
        }
        await assert.rejects(s.bot.pass(SOURCE), /right after/)
        assert.deepEqual(await s.states(), [])
        s.bot.dependencies.registry = whole
        await s.bot.pass(SOURCE)
        assert.deepEqual(await registry.head(s.name, 'v1.0.0'), { status: 200, digest })
        assert.deepEqual(await s.states(), ['1 open'])
      })
    })

    for (const kind of ['transient', 'permanent'] as const) {
      test(`a tag that cannot be given (${kind}) keeps its change request from being opened`, {
        skip,
      }, async () => {
        await play(async (s) => {
          await s.built()
          await s.tagged('v1.0.0')
          s.fails.retag = () => {
            throw new SupercargoError('The registry takes nothing.', { code: 'registry-denied', kind })
          }
          await assert.rejects(s.bot.pass(SOURCE), { code: 'registry-denied' })
          assert.deepEqual(await s.states(), [])
          s.fails.retag = null
          await s.bot.pass(SOURCE)
          assert.deepEqual(await s.states(), ['1 open'])
        })
      })
    }

    test('without a word in the policy nothing is tagged', { skip }, async () => {
      await play(async (s) => {
        const { tag } = await s.built()
        await s.tagged('v1.0.0')
        await s.person.commit('main', { '.supercargo/policy.yml': null })
        const [standing] = (await s.bot.pass(SOURCE)).standings
        const isOneOwner = !s.deviations.ownersAreShared ? 'no-policy-other-owner' : 'retag-not-accepted'
        assert.equal(standing?.reason.code, isOneOwner)
        assert.equal((await registry.head(s.name, 'v1.0.0')).status, 404)
        assert.equal((await registry.head(s.name, tag)).status, 200)
      })
    })
  },
  PAIRS.slice(0, 3),
)

/** The real client, as the operator's settings have it for an owner's own images. */
function real(fails: Release['fails']): Registry {
  const client = registryOf(accessTo(registry))
  const consent = retagWithConsent(client, () => ({ trusted: [], forge: null }))
  const unasked = async () => {
    throw new Error('Nobody asks for that here.')
  }
  return {
    ...client,
    readScan: unasked,
    verifySignature: unasked,
    mayRetag: consent.mayRetag,
    retag: async (wish, by) => {
      fails.retag?.()
      return await consent.retag(wish, by)
    },
  }
}
