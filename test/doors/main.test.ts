import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { APP, dataDirectory, eventually, MAIN, push, SECRET, start, temporaryDirectory } from './support.ts'

test('a wrong environment ends it with 78, and everything that is wrong is said at once', async (context) => {
  const data = temporaryDirectory(context)
  const { ended, output } = start(context, [MAIN], {
    ...APP,
    SUPERCARGO_DATA: data,
    WEBHOOK_SECRET: 'development',
    PORT: 'x',
  })
  assert.equal(await ended, 78)
  assert.match(output(), /WEBHOOK_SECRET {2}The webhook secret holds the word "development"/)
  assert.match(output(), /PORT {2}"x" is not a number/)
  assert.doesNotMatch(output(), /PRIVATE KEY--|\n\s+at /)
})

test('an unknown argument ends it with 78', async (context) => {
  const { ended, output } = start(context, [MAIN, '--port=1'], {})
  assert.equal(await ended, 78)
  assert.match(output(), /only arguments are --setup/)
})

test('a port in use ends it with 69 and says which variable to change', async (context) => {
  const other = createServer().listen(0, '127.0.0.1')
  context.after(() => other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const environment = { ...APP, SUPERCARGO_DATA: temporaryDirectory(context), PORT: String(port) }
  const { ended, output } = start(context, [MAIN], environment)
  assert.equal(await ended, 69)
  assert.match(output(), new RegExp(`Port ${port} on 127.0.0.1 is in use`))
  assert.match(output(), /set PORT to another number/)
})

test('a data directory that cannot be made ends it with 69 and says what to do', async (context) => {
  const { ended, output } = start(context, [MAIN], { ...APP, SUPERCARGO_DATA: `${MAIN}/data` })
  assert.equal(await ended, 69)
  assert.match(output(), /data directory .+\/data cannot be made or written \(ENOTDIR\)\./)
  assert.match(output(), /name another one with SUPERCARGO_DATA/)
})

test('a stored delivery survives kill -9, and SIGTERM stops it in order', async (context) => {
  const environment = { ...APP, SUPERCARGO_DATA: await dataDirectory(context) }
  const first = start(context, [MAIN], environment)
  const [, url = ''] = await first.printed(/"url":"(http:[^"]+)"/)
  assert.equal((await push(`${url}/webhooks/github`, 'one')).status, 202)
  assert.equal((await push(`${url}/webhooks/github`, 'one', `${SECRET}x`)).status, 401)
  first.child.kill('SIGKILL')
  assert.equal(await first.ended, 'SIGKILL')

  const second = start(context, [MAIN], environment)
  const [, again = ''] = await second.printed(/"url":"(http:[^"]+)"/)
  assert.equal((await push(`${again}/api/github/webhooks`, 'one')).status, 200)
  assert.equal((await fetch(`${again}/readyz`)).status, 200)
  assert.equal((await fetch(`${again}/healthz`)).status, 200)
  await eventually(async () =>
    (await (await fetch(again)).text()).includes('Looks at acme/web: branch main moved to aaaaaaa.'),
  )
  assert.equal((await fetch(`${again}/setup/github`)).status, 404)
  assert.equal((await fetch(`${again}/api/v1/previews?source=acme/web`)).status, 404)
  const third = start(context, [MAIN], environment)
  assert.equal(await third.ended, 69)
  assert.match(third.output(), /is in use by process \d+|already|another process|in use/i)
  second.child.kill('SIGTERM')
  assert.equal(await second.ended, 0)
  assert.match(second.output(), /Stopped\./)
  assert.doesNotMatch(first.output() + second.output(), new RegExp(SECRET))
})

test('bound to the network it has no page for strangers, and still a door for webhooks, and for engines with a token', async (context) => {
  const token = '1d0ce6ab7d6b5ad3f5a8a6a7c0c44b1f'
  const environment = {
    ...APP,
    SUPERCARGO_DATA: await dataDirectory(context),
    HOST: '0.0.0.0',
    GENERATOR_TOKEN: token,
  }
  const { printed, output } = start(context, [MAIN], environment)
  const [, url = ''] = await printed(/"url":"(http:[^"]+)"/)
  assert.equal((await fetch(url)).status, 404)
  assert.equal((await fetch(`${url}/sandbox/github/acme/web`)).status, 404)
  assert.equal((await push(`${url}/webhooks/github`, 'one')).status, 202)
  const ask = (given: string) =>
    fetch(`${url}/api/v1/previews?source=acme/web`, { headers: { authorization: `Bearer ${given}` } })
  assert.equal((await ask(SECRET)).status, 401)
  // its GitHub is not there
  const answer = await ask(token)
  assert.equal(answer.status, 503)
  assert.match(await answer.text(), /^\{"code":"[a-z-]+","message":"The forge could not tell/)
  assert.doesNotMatch(output(), new RegExp(token))
})

test('--setup serves the setup page to the reader of the log, and nothing else', async (context) => {
  const data = temporaryDirectory(context)
  const { child, ended, printed } = start(context, [MAIN, '--setup'], { SUPERCARGO_DATA: data })
  const [entrance] = await printed(/http:\/\/localhost:\d+\/setup\/github\?token=\S+/)
  const local = entrance.replace('localhost', '127.0.0.1')
  assert.equal((await fetch(local)).status, 200)
  assert.equal((await fetch(local.replace(/=.*/, '=x'))).status, 404)
  assert.equal((await push(new URL('/webhooks/github', local).href, 'one')).status, 404)
  child.kill('SIGINT')
  assert.equal(await ended, 0)
  assert.ok(statSync(data).isDirectory())
})
