import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { APP, dataDirectory, eventually, MAIN, push, start, temporaryDirectory } from './support.ts'

const run = promisify(execFile)

/** Does what a newcomer does with the output: pastes the commands that it shows. */
async function paste(output: string, directory: string, forges = 1): Promise<void> {
  const commands = output.split('\n').filter((line) => /^ {4}git /.test(line))
  assert.equal(commands.length, 3 * forges)
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    GIT_TERMINAL_PROMPT: '0',
  }
  for (let first = 0; first < commands.length; first += 3) {
    await run('sh', ['-ec', commands.slice(first, first + 3).join('\n')], { cwd: directory, env })
  }
}

test('without credentials there is a sandbox: three pasted commands lead to a change request', async (context) => {
  const data = temporaryDirectory(context)
  // A machine whose git was never told who uses it.
  const environment = { SUPERCARGO_DATA: data, HOME: data }
  const first = start(context, [MAIN], environment)
  const [page] = await first.printed(/http:\/\/localhost:\d+\/sandbox\/github\/acme\/k8s-manifests\/pulls/)
  await first.printed(/setup\n/)
  await paste(first.output(), temporaryDirectory(context))
  await eventually(async () => /supercargo\/web\/staging/.test(await (await fetch(page)).text()))
  const { origin } = new URL(page)
  assert.equal((await fetch(`${origin}/readyz`)).status, 200)
  const status = await (await fetch(origin)).text()
  assert.match(status, /Looks at acme\/web: branch main moved to/)
  // Nobody but the sandbox knows the secret that it made.
  assert.equal((await push(`${origin}/webhooks/github`, 'one', APP.WEBHOOK_SECRET)).status, 401)
  for (const file of readdirSync(data).filter((name) => name.endsWith('.json'))) {
    assert.equal(statSync(join(data, file)).mode & 0o077, 0, file)
  }
  first.child.kill('SIGTERM')
  assert.equal(await first.ended, 0)
  const { webhookSecret } = JSON.parse(readFileSync(join(data, 'sandbox-secrets.json'), 'utf8')) as Record<
    string,
    string
  >
  assert.ok(webhookSecret && webhookSecret.length >= 32 && !first.output().includes(webhookSecret))

  const second = start(context, [MAIN], environment)
  await second.printed(/setup\n/)
  const tokenOf = (output: string) => /git clone .*http:\/\/you:([^@]+)@/.exec(output)?.[1]
  assert.equal(tokenOf(second.output()), tokenOf(first.output()))
})

test('with --forge gitlab,github there are two forges, and pasted commands lead to a change request on each', async (context) => {
  const data = await dataDirectory(context)
  const environment = { SUPERCARGO_DATA: data, HOME: data }
  const { child, ended, output, printed } = start(context, [MAIN, '--forge', 'gitlab,github'], environment)
  await printed(/setup\n/)
  await paste(output(), temporaryDirectory(context), 2)
  const pages = [
    [/http:\/\/localhost:\d+\/sandbox\/github\/acme\/k8s-manifests\/pulls/, /web staging: /],
    [/http:\/\/localhost:\d+\/sandbox\/gitlab\/acme\/k8s-manifests\/-\/merge_requests/, /web staging: /],
  ] as const
  for (const [address, opened] of pages) {
    const [page = ''] = address.exec(output()) ?? []
    await eventually(async () => opened.test(await (await fetch(page)).text()))
  }
  const [origin = ''] = /http:\/\/localhost:\d+/.exec(output()) ?? []
  assert.match(await (await fetch(origin)).text(), /<td class="short">gitlab<\/td>/)
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
})

test('a given SANDBOX_TOKEN is the one that git takes', async (context) => {
  const environment = {
    SUPERCARGO_DATA: await dataDirectory(context),
    HOME: temporaryDirectory(context),
    SANDBOX_TOKEN: 'a-token-of-mine',
  }
  const { child, ended, output, printed } = start(context, [MAIN], environment)
  await printed(/setup\n/)
  assert.match(output(), /git clone .*http:\/\/you:a-token-of-mine@/)
  await paste(output(), temporaryDirectory(context))
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
})

test('without git it says what is missing and ends with 69', async (context) => {
  const environment = { SUPERCARGO_DATA: temporaryDirectory(context), PATH: '/nowhere' }
  const { ended, output } = start(context, [MAIN], environment)
  assert.equal(await ended, 69)
  assert.match(output(), /The sandbox needs git, and there is none\./)
})
