import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDuration, showDuration } from '../../src/domain/duration.ts'

test('a time is read in seconds and shown as it was written', () => {
  for (const [text, seconds] of [
    ['1m', 60],
    ['30m', 1800],
    ['1h', 3600],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['366d', 31_622_400],
  ] as const) {
    assert.equal(parseDuration(text), seconds)
    assert.equal(showDuration(seconds), text)
  }
  assert.equal(parseDuration('90m'), 5400)
})

for (const text of ['', '0m', '1', '30s', '-1h', '1.5h', '1m1h', '1 h', '1H', '367d', '8785h', 'h']) {
  test(`${JSON.stringify(text)} is not a time`, () => {
    assert.throws(() => parseDuration(text), { code: 'duration-invalid' })
  })
}
