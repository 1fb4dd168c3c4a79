import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { openStore } from '../../src/store/open.ts'
import { PUSH } from '../intake/registry/payloads/quay.ts'
import { APP, dataDirectory, eventually, MAIN, SECRET, start } from './support.ts'

const HARBOR = 'b5c5e9fc54612808977ee8f5489c1185a'

test('the server hears the registries of its environment, and its log holds no secret of theirs', async (context) => {
  const data = await dataDirectory(context)
  const { child, ended, output, printed } = start(context, [MAIN], {
    ...APP,
    SUPERCARGO_DATA: data,
    HOST: '127.0.0.1',
    REGISTRIES: 'harbor,quay',
    REGISTRY_HARBOR_HOST: 'harbor.example.com',
    REGISTRY_HARBOR_WEBHOOK: 'harbor',
    REGISTRY_HARBOR_WEBHOOK_SECRET: HARBOR,
    REGISTRY_QUAY_HOST: 'quay.io',
    REGISTRY_QUAY_WEBHOOK: 'quay',
    REGISTRY_QUAY_WEBHOOK_SECRET: SECRET,
  })
  const [, url = ''] = await printed(/(http:\/\/localhost:\d+)/)
  await eventually(async () => (await fetch(`${url}/readyz`)).status === 200)
  const send = async (path: string, headers: Record<string, string> = {}, body = JSON.stringify(PUSH)) =>
    (await fetch(`${url}/webhooks/registry/${path}`, { method: 'POST', headers, body })).status
  assert.equal(await send(`quay/${SECRET}`), 202)
  assert.equal(await send(`quay/${HARBOR}`), 401)
  assert.equal(await send('harbor', { authorization: `Bearer ${SECRET}` }), 401)
  assert.equal(await send('harbor', { authorization: `Bearer ${HARBOR}` }, 'x'.repeat(1024 * 1024 + 1)), 413)
  child.kill('SIGTERM')
  assert.equal(await ended, 0, output())
  for (const secret of [SECRET, HARBOR]) assert.ok(!output().includes(secret))

  const store = await openStore({ dataDir: data, log: pino({ level: 'silent' }) })
  context.after(() => store.close())
  assert.deepEqual(
    (await store.listDeliveries(10)).map(({ source, outcome }) => [source, outcome]),
    [
      [
        'registry:quay',
        'Announces quay.io/mynamespace/repository: tag latest was pushed. No app uses quay.io/mynamespace/repository.',
      ],
    ],
  )
})
