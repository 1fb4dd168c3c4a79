import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SupercargoError } from '../../src/domain/errors.ts'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import type { ManifestDescriptor, Registry } from '../../src/registry/registry.ts'
import { CONFIG } from '../support/acme.ts'
import { interpose } from '../support/interpose.ts'
import { NO_SWEEP, noStore } from '../support/no-store.ts'
import { type Scene, scene, tagOf } from '../support/scene.ts'

const FOREVER = { attempt: 1, signal: new AbortController().signal }
const IMAGE: ManifestDescriptor = {
  digest: `sha256:${'a'.repeat(64)}`,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
}
const WAITS_FOR_IMAGES = { config: CONFIG.replace('ready: commit', 'ready: image\nreadyWithin: 20m') }

/** The server's handlers on a registry that says what it is told to, and a clock that stands still. */
function server(s: Scene, resolve: (tag: string) => ManifestDescriptor | null) {
  let clock = Date.parse('2026-01-01T10:00:00Z')
  const asked: string[] = []
  const since: Record<string, Date> = {}
  const registry: Registry = {
    ...s.bot.dependencies.registry,
    resolve: async (image, reference) => {
      asked.push(`${image.normalised}:${reference}`)
      return resolve(reference)
    },
  }
  const store = {
    ...noStore(),
    waitingSince: async (_: string, waits: readonly string[], now: Date) => {
      for (const wait of waits) since[wait] ??= now
      return since
    },
  }
  const written: string[] = []
  const { log } = s.bot.dependencies
  const forge = interpose(s.bot.forge, async ({ when, call }) => {
    if (when === 'before' && /^(?:write|open|update|describe|close|merge|commit$|delete)/.test(call))
      written.push(call)
  })
  const forges = new Map([[forge.id, forge]])
  const meaning = () => ({ keys: [], outcome: 'Nothing.' })
  const handlers = createHandlers({
    forges,
    registry,
    log,
    now: () => new Date(clock),
    store,
    meaning,
    ...NO_SWEEP,
  })
  return {
    asked,
    written,
    /** Looks, and lets the time pass until it wants to look again; the answer is for how many seconds. */
    async look(): Promise<{ seconds: number; reason: string }> {
      const outcome = await handlers.reconcile('github:acme/web', FOREVER)
      if (outcome.kind === 'done') return { seconds: 0, reason: '' }
      const seconds = (outcome.until.getTime() - clock) / 1000
      clock = outcome.until.getTime()
      return { seconds, reason: outcome.reason }
    },
  }
}

async function report(s: Scene, head: string): Promise<{ conclusion: string; output: { title: string } }> {
  const { body } = await s.forge.rest('GET', `/repos/acme/web/commits/${head}/check-runs`)
  assert.equal(body.check_runs.length, 1)
  return body.check_runs[0]
}

test('a version that is not built is waited for ever more slowly, tells so once, and is late in the end', async () => {
  await scene(async (s) => {
    const head = await s.push()
    let built = false
    const { look, asked, written } = server(s, (tag) => (built || tag !== tagOf(head) ? IMAGE : null))
    const first = await look()
    assert.equal(first.reason, `${tagOf(head)} waits for its image ghcr.io/acme/web:${tagOf(head)}.`)
    const told = await report(s, head)
    assert.equal(told.conclusion, 'success')
    assert.match(told.output.title, /^web\/staging: [0-9a-f]{7} waits for its image/)

    const seconds = [first.seconds]
    for (let pass = 0; pass < 6; pass++) seconds.push((await look()).seconds)
    assert.deepEqual(seconds, [15, 30, 60, 120, 240, 480, 600])
    assert.deepEqual(written, ['writeReport'], 'an unchanged wait writes nothing')

    await look()
    assert.equal((await report(s, head)).conclusion, 'failure')
    assert.deepEqual(await s.changeRequests(), [])
    built = true
    await look()
    assert.equal((await s.changeRequests()).length, 1)
    assert.equal((await report(s, head)).conclusion, 'success')
    assert.ok(asked.every((each) => each.startsWith('ghcr.io/acme/web:')))
  }, WAITS_FOR_IMAGES)
})

test('slow-registry: nobody looks again before the registry wants it', async () => {
  await scene(async (s) => {
    await s.push()
    const { look } = server(s, () => {
      throw new SupercargoError('The registry wants to be left alone.', {
        code: 'registry-rate-limited',
        kind: 'transient',
        retryAt: new Date('2026-01-01T11:00:00Z'),
      })
    })
    const { seconds, reason } = await look()
    assert.equal(seconds, 3600)
    assert.match(reason, /cannot be told: The registry wants to be left alone/)
    assert.deepEqual(await s.changeRequests(), [])
  }, WAITS_FOR_IMAGES)
})
