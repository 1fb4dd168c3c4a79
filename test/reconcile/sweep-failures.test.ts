import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SupercargoError } from '../../src/domain/errors.ts'
import { createSweep } from '../../src/reconcile/sweep.ts'
import { noStore } from '../support/no-store.ts'
import { scene } from '../support/scene.ts'

type Watches = { key: string; seen: boolean }[]

/** What the sweep is to meet: paths that each forge sees with themselves as marks, and digests by tag. */
interface Wish {
  forges: Record<string, () => string[]>
  watches?: Watches
  resolve?: (tag: string) => string
}

/** A sweep, with what it told the store and asked of the registry since the last time. */
async function swept(wish: Wish, play: (sweep: () => Promise<Swept>) => Promise<void>): Promise<void> {
  await scene(async ({ bot: { forge, dependencies } }) => {
    const forges = Object.entries(wish.forges).map(([id, see]) => {
      const glance = async () => ({
        seen: see().map((path) => ({ repository: { forge: id, path }, mark: path })),
        failures: [],
      })
      return [id, { ...forge, id, glance }] as const
    })
    const { resolve = () => 'sha256:1', watches = [] } = wish
    let [marks, kept, asked]: [Record<string, string>, readonly string[] | null, string[]] = [{}, null, []]
    const sweep = createSweep({
      forges: new Map(forges),
      registry: {
        ...dependencies.registry,
        resolve: async (_, tag) => {
          asked.push(tag)
          return { digest: resolve(tag), mediaType: 'application/vnd.oci.image.manifest.v1+json' }
        },
      },
      log: dependencies.log,
      store: {
        ...noStore(),
        watchesOf: async () => watches,
        recordGlances: async (seen) => {
          marks = Object.fromEntries(seen)
        },
        keepGlances: async (keys) => {
          kept = keys
        },
      },
      announced: ({ normalised }) => normalised.startsWith('ghcr.io/'),
      listed: () => {},
    })
    await play(async () => {
      ;[marks, kept, asked] = [{}, null, []]
      const keys = await sweep()
      return { keys, marks, kept, asked }
    })
  })
}

interface Swept {
  keys: string[]
  marks: Record<string, string>
  /** Null: nothing was forgotten. */
  kept: readonly string[] | null
  asked: string[]
}

const down = (code: string) => () => {
  throw new SupercargoError('It is down.', { code, kind: 'transient' })
}

test('a forge that cannot be seen keeps nothing from the others, and what it has is not forgotten', async () => {
  let gitlab: () => string[] = down('forge-unavailable')
  await swept({ forges: { github: () => ['acme/web'], gitlab: () => gitlab() } }, async (sweep) => {
    const marks = { 'github:acme/web': 'acme/web' }
    assert.deepEqual(await sweep(), { keys: ['github:acme/web'], marks, kept: null, asked: [] })
    gitlab = () => ['acme/api']
    assert.deepEqual((await sweep()).kept, ['github:acme/web', 'gitlab:acme/api'])
  })
})

test('a sweep that sees nothing at all fails, and forgets nothing', async () => {
  await swept({ forges: { github: down('rate-limited') } }, async (sweep) => {
    await assert.rejects(sweep(), { code: 'rate-limited' })
  })
})

test('a registry that fails and fails is left alone until the next sweep, and one bad image does not do that', async () => {
  let bad: readonly string[] | null = ['3']
  const many = (host: string) =>
    Array.from({ length: 40 }, (_, tag) => ({ key: `manifest ${host}/acme/web ${tag}`, seen: true }))
  await swept(
    {
      forges: { github: () => ['acme/web'] },
      watches: many('quay.io'),
      resolve: (tag) => (bad?.includes(tag) !== false ? down('registry-unavailable')() : 'sha256:1'),
    },
    async (sweep) => {
      const one = await sweep()
      assert.deepEqual([one.asked.length, Object.keys(one.marks).length], [40, 40])
      assert.ok(!('manifest quay.io/acme/web 3' in one.marks))
      bad = null
      const all = await sweep()
      assert.deepEqual([all.asked.length, Object.keys(all.marks).length], [10, 1])
      assert.equal(all.kept?.length, 41, 'what could not be asked stays as it was')
    },
  )
})

test('a registry that announces is asked by every twelfth sweep, and for what was never seen', async () => {
  const watches: Watches = [
    { key: 'manifest ghcr.io/acme/web old', seen: true },
    { key: 'manifest ghcr.io/acme/web new', seen: false },
    { key: 'manifest quay.io/acme/web other', seen: true },
  ]
  await swept({ forges: { github: () => ['acme/web'] }, watches }, async (sweep) => {
    assert.deepEqual((await sweep()).asked, ['old', 'new', 'other'], 'the first one asks all')
    for (let round = 1; round < 12; round++) assert.deepEqual((await sweep()).asked, ['new', 'other'])
    assert.deepEqual((await sweep()).asked, ['old', 'new', 'other'])
  })
})
