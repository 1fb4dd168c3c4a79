import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodePayload, encodePayload } from '../../src/store/payload.ts'

test('any JSON comes back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const { parts } = await encodePayload(value)
      assert.deepEqual(await decodePayload(parts), JSON.parse(JSON.stringify(value)))
    }),
  )
  assert.equal(await decodePayload((await encodePayload(undefined)).parts), null)
})

test('25 MiB that cannot be compressed are parts of at most 256 KiB', async () => {
  const value = randomBytes(25 * 1024 * 768).toString('base64')
  const { parts, size } = await encodePayload(value)
  assert.equal(size, value.length + 2)
  assert.ok(parts.length > 50)
  assert.ok(parts.every(({ length }) => length > 0 && length <= 256 * 1024))
  assert.equal(await decodePayload(parts), value)
})
