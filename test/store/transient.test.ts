import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPassing, persist } from '../../src/store/transient.ts'

const failing = (code: string, message = 'failed'): Error => Object.assign(new Error(message), { code })

test('what passes by itself is tried again, until it passes', async () => {
  const errors = [
    failing('57P01', 'terminating connection due to administrator command'),
    failing('57P03', 'the database system is starting up'),
    failing('ECONNREFUSED'),
    new Error('Connection terminated unexpectedly'),
  ]
  const tries = [...errors]
  const result = await persist(
    async () => {
      const error = tries.shift()
      if (error !== undefined) throw error
      return 'written'
    },
    () => false,
  )
  assert.equal(result, 'written')
})

test('what does not pass by itself is thrown at once, and so is everything after the end', async () => {
  let tries = 0
  const work = (error: unknown) => async () => {
    tries++
    throw error
  }
  await assert.rejects(
    persist(work(failing('22021', 'invalid byte sequence')), () => false),
    { code: '22021' },
  )
  await assert.rejects(
    persist(work(failing('ECONNREFUSED')), () => true),
    { code: 'ECONNREFUSED' },
  )
  assert.equal(tries, 2)
})

test('a refusal by every address of a host is one refusal', () => {
  assert.equal(isPassing(new AggregateError([failing('ECONNREFUSED'), failing('ECONNREFUSED')])), true)
  assert.equal(isPassing(new TypeError('x is not a function')), false)
  assert.equal(isPassing('text'), false)
})
