import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forgeFor, startStub } from './stub.ts'

test('failed deliveries are listed until the time asked for, without those that an attempt delivered', async (t) => {
  const stub = await startStub(t)
  const delivery = (id: string, guid: string, status_code: number, minute: number) =>
    `{"id":${id},"guid":"${guid}","event":"push","status_code":${status_code},"delivered_at":"2026-03-01T12:${minute}:00Z"}`
  const link = `<${stub.apiUrl}/app/hook/deliveries?per_page=100&cursor=v1_2>; rel="next"`
  const first = [
    delivery('40', 'a', 200, 40),
    delivery('9007199254740995', 'b', 502, 39),
    delivery('38', 'a', 504, 38),
  ]
  stub.on('GET /app/hook/deliveries?per_page=100', { headers: { link }, body: `[${first.join()}]` })
  const second = [delivery('20', 'c', 0, 20), delivery('10', 'd', 500, 10)]
  stub.on('GET /app/hook/deliveries?per_page=100&cursor=v1_2', {
    headers: { link },
    body: `[${second.join()}]`,
  })
  stub.on('POST /app/hook/deliveries/9007199254740995/attempts', { status: 202 })
  const { redeliveries } = forgeFor(stub)
  const failed = (await redeliveries?.listFailed(new Date('2026-03-01T12:15:00Z'))) ?? []
  assert.deepEqual(
    failed.map(({ id, guid }) => [id, guid]),
    [
      ['9007199254740995', 'b'],
      ['20', 'c'],
    ],
  )
  await redeliveries?.redeliver('9007199254740995')
  assert.equal(stub.calls().at(-1), 'POST /app/hook/deliveries/9007199254740995/attempts')
})

test('a plain token has no deliveries to look at', async (t) => {
  assert.equal(forgeFor(await startStub(t), { credentials: { token: 'x' } }).redeliveries, null)
})
