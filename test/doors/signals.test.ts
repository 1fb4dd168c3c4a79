import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { start, temporaryDirectory } from './support.ts'

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
  return start(context, [file], {})
}

test('a second signal ends the process at once, whatever still runs', async (context) => {
  const { child, ended, printed } = processWith(context, 'stopOnSignals(log, () => new Promise(() => {}))')
  await printed(/up/)
  child.kill('SIGTERM')
  await printed(/stopping/)
  child.kill('SIGINT')
  assert.equal(await ended, 130)
})

test('it ends with 0 when it stopped in order, and with 1 when stopping failed', async (context) => {
  const good = processWith(context, 'stopOnSignals(log, async () => say("in order"))')
  await good.printed(/up/)
  good.child.kill('SIGINT')
  assert.equal(await good.ended, 0)
  assert.match(good.output(), /in order/)
  const bad = processWith(context, 'stopOnSignals(log, () => Promise.reject(new Error("no")))')
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
