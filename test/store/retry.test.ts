import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ErrorKind, SupercargoError } from '../../src/domain/errors.ts'
import { judge } from '../../src/store/retry.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const NONE = { attempts: 0, bugs: 0 }

function failure(kind: ErrorKind, retryAt?: Date): SupercargoError {
  return new SupercargoError('It failed.', {
    code: 'failed',
    kind,
    ...(retryAt === undefined ? {} : { retryAt }),
  })
}

/** How long one kind of failure goes on before it waits for a person: attempts, and milliseconds. */
function lifetime(error: unknown, random: number): { attempts: number; milliseconds: number } {
  let failures = NONE
  let now = NOW
  for (;;) {
    const verdict = judge(error, failures, now, () => random)
    if (verdict.at === null)
      return { attempts: verdict.attempts, milliseconds: now.getTime() - NOW.getTime() }
    failures = verdict
    now = verdict.at
  }
}

test('what only a person can mend is not tried again', () => {
  assert.equal(judge(failure('permanent'), NONE, NOW).at, null)
})

test('an outage of a whole day is waited for', () => {
  const { attempts, milliseconds } = lifetime(failure('transient'), 0)
  assert.equal(attempts, 300)
  assert.ok(milliseconds > 24 * 3600_000, `${milliseconds / 3600_000} h`)
})

test('a bug is tried five times within minutes', () => {
  const { attempts, milliseconds } = lifetime(new TypeError('x is not a function'), 1)
  assert.equal(attempts, 5)
  assert.ok(milliseconds < 5 * 60_000)
})

test('failures of the world do not count as bugs', () => {
  let failures = NONE
  for (let i = 0; i < 50; i++) failures = judge(failure('transient'), failures, NOW)
  const verdict = judge(new Error('a bug'), failures, NOW)
  assert.equal(verdict.bugs, 1)
  assert.notEqual(verdict.at, null)
})

test('a lost race is read again within half a second, unless it is lost again and again', () => {
  const first = judge(failure('conflict'), NONE, NOW, () => 1)
  assert.ok((first.at?.getTime() ?? 0) - NOW.getTime() <= 500)
  const tenth = judge(failure('conflict'), { attempts: 9, bugs: 0 }, NOW, () => 0)
  assert.ok((tenth.at?.getTime() ?? 0) - NOW.getTime() > 60_000)
})

test('a pause is random, at most ten minutes, and never ends before the time that the forge named', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<ErrorKind>('transient', 'conflict', 'bug'),
      fc.integer({ min: 0, max: 298 }),
      fc.integer({ min: 0, max: 3 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.option(fc.integer({ min: -1000, max: 3600 }), { nil: undefined }),
      (kind, attempts, bugs, random, seconds) => {
        const retryAt = seconds === undefined ? undefined : new Date(NOW.getTime() + seconds * 1000)
        const { at, notBefore } = judge(failure(kind, retryAt), { attempts, bugs }, NOW, () => random)
        assert.ok(at !== null && at >= NOW)
        if (retryAt !== undefined && retryAt > NOW) {
          assert.deepEqual(notBefore, retryAt)
          assert.ok(at >= retryAt)
        } else {
          assert.equal(notBefore, null)
          assert.ok(at.getTime() - NOW.getTime() <= 600_000)
        }
      },
    ),
  )
  const pauses = [0, 0.3, 0.6, 1].map((random) =>
    judge(failure('transient'), NONE, NOW, () => random).at?.getTime(),
  )
  assert.equal(new Set(pauses).size, 4)
})

test('a forge that names a time far away is not believed', () => {
  const { at } = judge(failure('transient', new Date('2030-01-01T00:00:00Z')), NONE, NOW)
  assert.ok((at?.getTime() ?? 0) - NOW.getTime() < 7 * 3600_000)
})
