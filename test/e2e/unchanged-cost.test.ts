import assert from 'node:assert/strict'
import { say } from '../../src/reconcile/commands/say.ts'
import type { Reading } from '../../src/reconcile/read-world.ts'
import { environmentFile } from '../../src/state/files.ts'
import { MANIFESTS, PAIRS, SOURCE } from '../support/stage.ts'
import { acrossRegistries, type VersionStage } from '../support/version-stage.ts'

// What a pass costs over which nothing has changed. A sweep does not even make it where a glance is enough.

/** Requests to the forges of a pair, whatever state its environments are in. */
const FORGES: Record<string, number> = { GitHub: 3, GitLab: 5, 'GitHub → GitLab': 3 }

acrossRegistries(
  (it, pair) => {
    it('an unchanged pass asks the registry once for each version in question, and the forges as often as ever', async (s) => {
      const costs: Record<string, string> = {}
      const first = await s.push('First')
      await s.rest()
      costs.waiting = await cost(s)
      await s.built(first)
      await s.rest()
      costs.proposed = await cost(s)
      await s.person.merge(1)
      await s.rest()
      costs.deployed = await cost(s)
      for (let index = 0; index < 3; index++) await s.push(`Never built ${index}`)
      await s.rest()
      costs.late = await cost(s)
      assert.equal(await lock(s), null)
      costs.said = await cost(s)
      const of = (heads: number) => `${FORGES[pair.name]} of forges, ${heads} of registries`
      assert.deepEqual(costs, { waiting: of(2), proposed: of(1), deployed: of(1), late: of(4), said: of(4) })
    })
  },
  PAIRS.slice(0, 3),
)

/** Somebody locks an environment that the application does not have: that is written down and changes nothing. */
async function lock(s: VersionStage) {
  const { world } = (await s.bot.plan(SOURCE)) as Extract<Reading, { kind: 'planned' }>
  const source = { forge: s.source.forge.id, id: world.source.id }
  const said = { by: 'ada', at: s.now().toISOString(), url: null, reason: null }
  const state = { lock: { ...said, until: null, pin: null }, promotion: null }
  return await say(s.target.forge, { forge: s.target.forge.id, path: MANIFESTS }, source, null, () => {
    return { changes: [environmentFile(source, 'web', 'demo', state)], what: 'Lock web/demo', said }
  })
}

/** Of the second pass of an engine: `3 of forges, 1 of registries`; each of the latter is a `HEAD`. */
async function cost(s: VersionStage): Promise<string> {
  let requests: string[] = []
  const engine = s.engine(async (input, init) => {
    requests.push(new URL(input instanceof Request ? input.url : input).pathname)
    return await fetch(input, init)
  })
  await engine.pass(SOURCE)
  requests = []
  s.front.asked.length = 0
  const { applied } = await engine.pass(SOURCE)
  assert.deepEqual(applied, [])
  assert.ok(
    s.front.asked.every((request) => request.startsWith('HEAD')),
    s.front.asked.join(', '),
  )
  return `${requests.length} of forges, ${s.front.asked.length} of registries`
}
