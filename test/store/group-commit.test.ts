import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { groupCommit } from '../../src/store/group-commit.ts'

const LIMITS = { gatherMs: 5, count: 3, weight: 100, weigh: (item: number) => item }

test('what arrives together is written together, within the limits of count and weight', async () => {
  const groups: number[][] = []
  const write = groupCommit(async (items: readonly number[]) => {
    groups.push([...items])
    return items.map((item) => item * 2)
  }, LIMITS)
  const results = await Promise.all([1, 2, 3, 4, 90, 20, 500, 1].map(write))
  assert.deepEqual(results, [2, 4, 6, 8, 180, 40, 1000, 2])
  assert.deepEqual(groups, [[1, 2, 3], [4, 90], [20], [500], [1]])
})

test('nobody is told before the group is written, and one group is written at a time', async () => {
  let writing = 0
  let written = 0
  const write = groupCommit(async (items: readonly number[]) => {
    writing++
    assert.equal(writing, 1)
    await sleep(10)
    writing--
    written += items.length
    return items
  }, LIMITS)
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      await sleep(i)
      await write(1)
      assert.ok(written > i / 3)
    }),
  )
  assert.equal(written, 20)
})

test('one that cannot be written fails alone', async () => {
  const write = groupCommit(async (items: readonly number[]) => {
    if (items.includes(13)) throw new Error('unlucky')
    return items
  }, LIMITS)
  const results = await Promise.allSettled([1, 13, 2].map(write))
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
})

test('when the database is away, the group is not tried one by one', async () => {
  let tries = 0
  const write = groupCommit(async () => {
    tries++
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  }, LIMITS)
  const results = await Promise.allSettled([1, 2, 3].map(write))
  assert.ok(results.every(({ status }) => status === 'rejected'))
  assert.equal(tries, 1)
})
