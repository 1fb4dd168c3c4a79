import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/open.ts'
import { copyStore } from '../support/embedded-store.ts'
import { eventually } from '../support/eventually.ts'
import { startProgram } from '../support/processes.ts'
import { scripted } from './scripted.ts'
import { silent } from './worlds.ts'

const REPLICA = new URL('./replica.ts', import.meta.url)

test('an embedded store that is killed five times under load loses no acknowledged delivery', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sc-crash-'))
  const acknowledged: string[] = []
  await copyStore(dataDir)
  try {
    for (let kill = 0; kill < 5; kill++) {
      const program = startProgram(REPLICA, { name: `run${kill}`, dataDir, passMs: 20, perSecond: 200 })
      const accepted = () => program.lines.filter((line) => line.startsWith('accepted '))
      await eventually('it is under load', () => accepted().length >= 40, 90_000)
      await sleep(Math.random() * 300)
      await program.kill('SIGKILL')
      acknowledged.push(...accepted().map((line) => line.slice('accepted '.length)))
      assert.deepEqual(
        program.lines.filter((line) => line.startsWith('failed ')),
        [],
      )
    }

    const store = await openStore({ dataDir, log: silent })
    const handlers = scripted({ delivery: ({ id }) => ({ keys: [], outcome: `Read ${id}.` }) })
    await store.work(handlers, { concurrency: 4, sweepSeconds: 3600 })
    const rows = await eventually('every delivery has its outcome', async () => {
      const found = await store.listDeliveries(100_000)
      return found.every(({ outcome }) => outcome !== null) && found
    })
    const outcomes = new Map(rows.map(({ id, outcome }) => [id, outcome]))
    for (const id of acknowledged) assert.equal(outcomes.get(id), `Read ${id}.`)
    await store.close()
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test('a second process on one data directory is refused and told who has it, until that one is gone', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sc-two-'))
  const argument = { name: 'one', dataDir, passMs: 1, perSecond: 0 }
  await copyStore(dataDir)
  const first = startProgram(REPLICA, argument)
  try {
    await first.line('ready', 60_000)
    const second = startProgram(REPLICA, argument)
    const refusal = await second.line('refused')
    assert.ok(
      refusal.startsWith(`refused The data directory ${dataDir} is in use by process ${first.pid} on `),
      refusal,
    )
    await second.exited
    await first.kill('SIGKILL')
    const third = startProgram(REPLICA, argument)
    await third.line('ready')
    await third.kill('SIGTERM')
    assert.equal(third.exitCode(), 0)
  } finally {
    await first.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  }
})
