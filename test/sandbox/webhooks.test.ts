import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { install } from '../../src/sandbox/model/installations.ts'
import { eventually } from '../support/eventually.ts'
import { appJwt, commitFiles, startSandbox, type TestSandbox } from '../support/sandbox.ts'

let world: TestSandbox
before(async () => {
  world = await startSandbox()
})
after(() => world.close())
beforeEach(async () => {
  await world.sandbox.deliveries.idle()
  world.model.faults.clear()
  Object.assign(world.hooks.answer, { status: 200, delayMs: 0 })
  world.hooks.clear()
})

const asApp = (method: string, path: string, wrong = false) =>
  world.rest(method, path, undefined, { token: appJwt(), wrong })

test('events arrive in order, signed, about the repositories of the installation only', async () => {
  const repository = await world.repository('acme/order')
  const stranger = await world.repository('stranger/private', undefined, { private: true })
  install(world.model, 'stranger', { repositories: [] })
  await world.sandbox.deliveries.idle()
  world.hooks.clear()
  await commitFiles(world, stranger, 'main', { a: '1' })
  const heads = []
  for (let i = 0; i < 5; i++) heads.push(await commitFiles(world, repository, 'main', { a: `${i}` }))
  await world.sandbox.deliveries.idle()
  const pushes = world.hooks.received.filter(({ event }) => event === 'push')
  assert.deepEqual(
    pushes.map(({ payload }) => payload.after),
    heads,
  )
  assert.ok(pushes.every(({ signed }) => signed))
  assert.equal(new Set(pushes.map(({ delivery }) => delivery)).size, 5)
})

test('only events that the app subscribes to are sent, the effects of the app itself among them', async () => {
  const repository = await world.repository('quiet/web')
  install(world.model, 'quiet', { events: ['push'] })
  await world.sandbox.deliveries.idle()
  world.hooks.clear()
  const token = await world.token('quiet')
  const sha = await commitFiles(world, repository, 'main', { a: '1' })
  await world.rest('POST', '/repos/quiet/web/git/refs', { ref: 'refs/heads/bot', sha }, { token })
  await world.sandbox.deliveries.idle()
  assert.deepEqual(
    world.hooks.received.map(({ event, payload }) => [event, payload.ref, payload.sender.login]),
    [
      ['push', 'refs/heads/main', 'you'],
      ['push', 'refs/heads/bot', 'supercargo[bot]'],
    ],
  )
})

test('a failed delivery is never repeated by itself, but listed, and sent again on request with its GUID', async () => {
  const repository = await world.repository('acme/failing')
  await world.sandbox.deliveries.idle()
  world.hooks.answer.status = 503
  world.hooks.clear()
  await commitFiles(world, repository, 'main', { a: '1' })
  await world.sandbox.deliveries.idle()
  assert.equal(world.hooks.received.length, 1)
  const { body } = await asApp('GET', '/app/hook/deliveries?per_page=1')
  const [failed] = body
  assert.deepEqual([failed.status_code, failed.event, failed.redelivery], [503, 'push', false])
  assert.equal(failed.guid, world.hooks.received[0]?.delivery)
  const whole = await asApp('GET', `/app/hook/deliveries/${failed.id}`)
  assert.equal(whole.body.request.payload.repository.full_name, 'acme/failing')
  world.hooks.answer.status = 200
  assert.equal((await asApp('POST', `/app/hook/deliveries/${failed.id}/attempts`)).status, 202)
  await eventually('the delivery comes again', () => world.hooks.received.length === 2)
  assert.equal(world.hooks.received[1]?.delivery, failed.guid)
  assert.deepEqual(world.hooks.received[1]?.payload, world.hooks.received[0]?.payload)
  await world.sandbox.deliveries.idle()
  const [again] = (await asApp('GET', '/app/hook/deliveries?per_page=1')).body
  assert.deepEqual([again.status_code, again.redelivery, again.guid], [200, true, failed.guid])
  assert.notEqual(again.id, failed.id)
  assert.equal((await asApp('POST', '/app/hook/deliveries/1/attempts')).status, 404)
})

test('the list of deliveries is paged by a cursor', async () => {
  const seen: number[] = []
  let path: string | undefined = '/app/hook/deliveries?per_page=3'
  while (path !== undefined) {
    const { body, headers } = await asApp('GET', path)
    seen.push(...body.map(({ id }: { id: number }) => id))
    path = /<[^>]*\/api\/v3([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
  }
  assert.ok(seen.length > 6)
  assert.equal(new Set(seen).size, seen.length)
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => b - a),
    'newest first',
  )
})

test('deliveries are dropped, duplicated and delayed when a test says so', async () => {
  const repository = await world.repository('acme/faulty')
  await world.sandbox.deliveries.idle()
  world.hooks.clear()
  const faults = ['drop', 'duplicate', { delayMs: 300 }, null] as const
  let count = 0
  world.model.faults.webhook = (event) => (event === 'push' ? (faults[count++] ?? null) : null)
  const heads: string[] = []
  for (let i = 0; i < 4; i++) heads.push(await commitFiles(world, repository, 'main', { a: `${i}` }))
  await world.sandbox.deliveries.idle()
  const [, second, third, fourth] = heads
  assert.deepEqual(
    world.hooks.received.map(({ payload }) => payload.after),
    [second, second, fourth, third],
  )
  assert.equal(world.hooks.received[0]?.delivery, world.hooks.received[1]?.delivery)
})

test('nobody waits for a slow receiver', async () => {
  const repository = await world.repository('acme/slow')
  await world.sandbox.deliveries.idle()
  const before = world.sandbox.deliveries.list().length
  world.hooks.answer.delayMs = 2_000
  await commitFiles(world, repository, 'main', { a: '1' })
  assert.equal(world.sandbox.deliveries.list().length, before, 'the delivery is still on its way')
  await world.sandbox.deliveries.idle()
  assert.equal(world.sandbox.deliveries.list().length, before + 1)
})
