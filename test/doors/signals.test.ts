import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { eventually, start, temporaryDirectory } from './support.ts'

/** Runs the file as a child, as npm's shell does. */
const SHELL = `require('node:child_process').spawn(process.execPath, ['--import', 'tsx', process.argv[1]], { stdio: 'inherit' })`

/** A process of its own with our handlers, and this `stop`. */
function processWith(context: TestContext, body: string) {
  const file = join(temporaryDirectory(context), 'process.ts')
  const signals = pathToFileURL(resolve('src/doors/signals.ts')).href
  writeFileSync(
    file,
    `import { exitOnFaults, stopOnSignals } from '${signals}'
    const say = (...words) => console.log(...words)
    const log = { info: say, error: say, fatal: say }
    setInterval(() => {}, 1000)
    ${body}
    console.log('up')`,
  )
  return start(context, ['--import', 'tsx', file], {})
}

test('a second signal ends the process at once, whatever still runs', async (context) => {
  const { child, ended, printed } = processWith(
    context,
    'stopOnSignals({ log, underNpm: false, stop: () => new Promise(() => {}) })',
  )
  await printed(/up/)
  child.kill('SIGTERM')
  await printed(/stopping/)
  const again = setInterval(() => child.kill('SIGINT'), 100)
  context.after(() => clearInterval(again))
  assert.equal(await ended, 130)
})

test('it stops when npm is gone, whose shell keeps a signal for itself', async (context) => {
  const directory = temporaryDirectory(context)
  const file = join(directory, 'process.ts')
  const signals = pathToFileURL(resolve('src/doors/signals.ts')).href
  writeFileSync(
    file,
    `import { stopOnSignals } from '${signals}'
    import { writeFileSync } from 'node:fs'
    setInterval(() => {}, 1000)
    const log = { info() {}, error() {}, fatal() {} }
    stopOnSignals({ log, underNpm: true, stop: async () => writeFileSync('${directory}/stopped', '') })
    console.log('up')`,
  )
  const shell = start(context, ['-e', SHELL, file], {})
  await shell.printed(/up/)
  shell.child.kill('SIGKILL')
  await eventually(async () => existsSync(join(directory, 'stopped')))
})

test('it ends with 0 when it stopped in order, and with 1 when stopping failed', async (context) => {
  const good = processWith(
    context,
    'stopOnSignals({ log, underNpm: false, stop: async () => say("in order") })',
  )
  await good.printed(/up/)
  good.child.kill('SIGINT')
  assert.equal(await good.ended, 0)
  assert.match(good.output(), /in order/)
  const bad = processWith(
    context,
    'stopOnSignals({ log, underNpm: false, stop: () => Promise.reject(new Error("no")) })',
  )
  await bad.printed(/up/)
  bad.child.kill('SIGTERM')
  assert.equal(await bad.ended, 1)
})

test('what nobody caught is logged and ends the process with 1', async (context) => {
  for (const fault of [
    'Promise.reject(new Error("lost"))',
    'setTimeout(() => { throw new Error("lost") })',
  ]) {
    const { ended, output } = processWith(context, `exitOnFaults(log); ${fault}`)
    assert.equal(await ended, 1)
    assert.match(output(), /Nobody caught this/)
  }
})
