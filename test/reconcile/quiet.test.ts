import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Standing } from '../../src/plan/action.ts'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import { isQuiet } from '../../src/reconcile/sweep.ts'
import { interpose } from '../support/interpose.ts'
import { NO_SWEEP, noStore } from '../support/no-store.ts'
import { scene } from '../support/scene.ts'

const CURRENT: Standing = {
  target: 'web/staging',
  state: 'current',
  reason: { code: 'up-to-date', message: 'It is there.' },
  from: '1a2b3c4',
  to: '1a2b3c4',
  url: null,
}

function quiet(change: Partial<Standing>): boolean {
  return isQuiet({ lookAgain: null, standings: [CURRENT, { ...CURRENT, ...change }] })
}

test('a sweep passes over what only waits for people, and visits what waits for a lost event or the operator', () => {
  const code = (name: string) => ({ code: name, message: 'So it is.' })
  assert.ok(quiet({}))
  assert.ok(quiet({ state: 'refused', reason: code('no-policy') }))
  const failed = {
    reason: code('check-failed'),
    url: null,
    kind: 'lacks' as const,
    again: false,
    retryAt: null,
  }
  const waiting = [{ version: '5d6e7f8', waits: [failed] }]
  assert.ok(!quiet({ waiting }), 'for the check may be run again')
  assert.ok(!quiet({ state: 'waiting', reason: failed.reason, waiting }))
  assert.ok(!quiet({ state: 'refused', reason: code('retag-denied') }))
  assert.ok(!quiet({ state: 'waiting', reason: code('not-asked') }))
  assert.ok(!quiet({ state: 'waiting', reason: code('merge-blocked') }))
})

test('a repository whose pass fails is visited by the next sweep, although nothing has changed since it was quiet', async () => {
  await scene(async (s) => {
    const recorded: (string | null)[] = []
    const { registry, log, now } = s.bot.dependencies
    let broken = false
    const forge = interpose(s.bot.forge, async ({ when }) => {
      if (broken && when === 'before') throw new Error('It does not answer.')
    })
    const handlers = createHandlers({
      forges: new Map([[forge.id, forge]]),
      registry,
      log,
      now,
      store: {
        ...noStore(),
        marksOf: async () => 'as before',
        recordQuiet: async (_, marks) => void recorded.push(marks),
      },
      meaning: () => ({ keys: [], outcome: 'Nothing.' }),
      ...NO_SWEEP,
    })
    const visit = () =>
      handlers.reconcile('github:acme/web', { attempt: 1, signal: AbortSignal.timeout(60_000) })
    await visit()
    broken = true
    await assert.rejects(visit())
    assert.deepEqual(recorded, ['as before', null])
  })
})
