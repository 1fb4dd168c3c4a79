import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { openStore } from '../../src/store/open.ts'
import type { Delivery } from '../../src/store/store.ts'
import { isMain } from './is-main.ts'

export interface AckOptions {
  /** Without it the embedded store is measured, in a temporary directory. */
  databaseUrl?: string
  perSecond: number
  seconds: number
  /** What one pass over a key takes: mostly waiting for a forge. */
  passMs?: number
}

export interface AckResult {
  sent: number
  /** Milliseconds from offering a delivery to its durable acceptance. */
  p50: number
  p99: number
  max: number
  /** Accepted, but not given to the worker within a minute after the end. */
  lost: number
  refused: number
  /** Worked on by the time the last delivery was accepted. */
  workedOnMeanwhile: number
}

/** Offers deliveries at a steady rate, with bodies of a usual size, while a worker works on them. */
export async function measureAcknowledging(options: AckOptions): Promise<AckResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sc-bench-'))
  const { databaseUrl, perSecond, seconds, passMs = 50 } = options
  const store = await openStore({ databaseUrl, dataDir, log: pino({ level: 'warn' }) })
  const seen = new Set<string>()
  await store.work(
    {
      delivery({ id, payload }) {
        seen.add(id)
        const key = `github:${(payload as { repository: { full_name: string } }).repository.full_name}`
        return { keys: [key], outcome: `Looks at ${key}.` }
      },
      async reconcile() {
        await sleep(passMs)
        return { kind: 'done' }
      },
      sweep: async () => [],
    },
    { concurrency: 8, sweepSeconds: 3600 },
  )
  await sleep(1000)

  const times: number[] = []
  const accepted: string[] = []
  let refused = 0
  const offer = async (delivery: Delivery, at: number): Promise<void> => {
    try {
      await store.acceptDelivery(delivery)
      times.push(performance.now() - at)
      accepted.push(delivery.id)
    } catch {
      refused++
    }
  }
  const total = perSecond * seconds
  const start = performance.now()
  const offers: Promise<void>[] = []
  while (offers.length < total) {
    // By the clock of the plan: a store that blocks the process does not hide the time it took.
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * perSecond))
    while (offers.length < due) {
      const number = offers.length
      offers.push(offer(samplePush(number), start + (number / perSecond) * 1000))
    }
    await sleep(1)
  }
  await Promise.all(offers)
  const workedOnMeanwhile = seen.size
  const deadline = Date.now() + 60_000
  while (seen.size < accepted.length && Date.now() < deadline) await sleep(50)
  await store.close()
  rmSync(dataDir, { recursive: true, force: true })

  times.sort((a, b) => a - b)
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return {
    sent: total,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
    lost: accepted.filter((id) => !seen.has(id)).length,
    refused,
    workedOnMeanwhile,
  }
}

/** A push as GitHub sends it: about 8 KB. */
function samplePush(number: number): Delivery {
  const sha = (salt: number): string => (number * 7919 + salt).toString(16).padStart(40, '0')
  const repository = { id: 1, full_name: `acme/app-${number % 20}`, private: false, default_branch: 'main' }
  const urls = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [
      `url_${i}`,
      `https://api.github.com/repos/acme/app/thing-${i}{/sha}`,
    ]),
  )
  const commits = Array.from({ length: 5 }, (_, i) => ({
    id: sha(i),
    message: `Change number ${number}.${i}\n\nWith a body that says why it was made.`,
    author: { name: 'Somebody', email: 'somebody@example.com', username: 'somebody' },
    added: [],
    removed: [],
    modified: Array.from({ length: 8 }, (_, file) => `src/module-${file}/file-${number}.ts`),
  }))
  return {
    source: 'github',
    id: `${sha(9).slice(0, 8)}-${number}`,
    event: 'push',
    payload: {
      ref: 'refs/heads/main',
      before: sha(1),
      after: sha(2),
      repository: { ...repository, ...urls },
      commits,
    },
  }
}

if (isMain(import.meta.url)) {
  const [perSecond = 500, seconds = 30] = process.argv.slice(2).map(Number)
  console.table([await measureAcknowledging({ perSecond, seconds })])
}
