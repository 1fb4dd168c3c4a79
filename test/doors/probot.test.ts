import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { openStore } from '../../src/store/open.ts'
import {
  APP,
  dataDirectory,
  eventually,
  freePort,
  MAIN,
  push,
  SECRET,
  start,
  temporaryDirectory,
} from './support.ts'

const INDEX = join(dirname(MAIN), 'index.js')
const PROBOT = ['node_modules/probot/bin/probot.js', 'run']

test('`probot run` loads the application: a signed delivery is in the store, and it stops in order', async (context) => {
  const data = await dataDirectory(context)
  const port = await freePort()
  const environment = { ...APP, SUPERCARGO_DATA: data, PORT: String(port), HOST: '127.0.0.1' }
  const { child, ended, output } = start(context, [...PROBOT, INDEX], environment)
  const url = `http://127.0.0.1:${port}`
  await eventually(async () => (await fetch(`${url}/readyz`)).status === 200)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  const hook = `${url}/api/github/webhooks`
  assert.equal((await push(hook, 'one')).status, 200)
  assert.equal((await push(hook, 'one')).status, 200)
  assert.equal((await push(hook, 'two', `${SECRET}x`)).status, 400)
  child.kill('SIGTERM')
  assert.equal(await ended, 0, output())

  const store = await openStore({ dataDir: data, log: pino({ level: 'silent' }) })
  context.after(() => store.close())
  const deliveries = await store.listDeliveries(10)
  assert.deepEqual(
    deliveries.map(({ id, event, outcome }) => [id, event, outcome]),
    [['one', 'push', 'Looks at acme/web: branch main moved to aaaaaaa.']],
  )
})

test('`probot run` refuses a weak secret, and one that the environment does not show', async (context) => {
  const cases: [string[], Record<string, string>, RegExp][] = [
    [[], { WEBHOOK_SECRET: '' }, /WEBHOOK_SECRET: There is no webhook secret/],
    [
      [],
      { WEBHOOK_SECRET: 'development' },
      /WEBHOOK_SECRET: The webhook secret holds the word "development"/,
    ],
    [['--secret=weak'], {}, /Probot verifies webhooks with another secret/],
    [
      [],
      { WEBHOOK_SECRET: `${SECRET},${SECRET}2` },
      /Probot verifies webhooks with another secret|one of several/,
    ],
  ]
  for (const [args, changed, message] of cases) {
    const environment = {
      ...APP,
      SUPERCARGO_DATA: temporaryDirectory(context),
      PORT: String(await freePort()),
      ...changed,
    }
    const { ended, output } = start(context, [...PROBOT, ...args, INDEX], environment)
    assert.notEqual(await ended, 0)
    assert.match(output(), message)
  }
})
