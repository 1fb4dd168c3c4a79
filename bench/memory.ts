import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { noPostgres, startPostgres } from '../test/support/postgres.ts'
import { applicationWorld } from './ack/applications.ts'
import type { BenchOptions } from './options.ts'
import { atMost, type Cell, type Limit, type Section } from './report.ts'
import { APP, startForge } from './world/forge.ts'
import { type ServerProcess, startProcess, startSupercargo } from './world/server.ts'

interface Idle {
  who: string
  /** Milliseconds from the start of the process until it was ready; null for what has no second start. */
  firstStart: number
  secondStart: number | null
  rss: number
  peak: number
}

/** What a server needs that has nothing to do: without the sandbox, with five applications at its forge. */
export async function measureMemory(
  { idle }: BenchOptions,
  progress: (text: string) => void,
): Promise<Section> {
  const forge = await startForge()
  const root = mkdtempSync(join(tmpdir(), 'supercargo-bench-memory-'))
  const measured: Idle[] = []
  const notes: string[] = []
  const measure = async (who: string, start: () => Promise<ServerProcess>, again: boolean) => {
    progress(`memory: ${who}`)
    measured.push(await idleOf(who, start, again, idle))
  }
  try {
    await applicationWorld(forge, 5)
    await measure(EMBEDDED, () => startSupercargo(forge.api, join(root, 'embedded')), true)
    if (noPostgres === false) {
      const postgres = await startPostgres({ durable: true })
      try {
        const databaseUrl = await postgres.createDatabase()
        await measure(POSTGRES, () => startSupercargo(forge.api, join(root, 'served'), { databaseUrl }), true)
      } finally {
        await postgres.remove()
      }
    } else notes.push(`Not measured on PostgreSQL: ${noPostgres}.`)
    for (const { who, args } of ALTERNATIVES) {
      const data = mkdtempSync(join(root, 'alternative-'))
      await measure(who, () => startProcess(args, environment(forge.api, data), '/healthz'), false)
    }
  } finally {
    await forge.close()
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  }
  return {
    name: 'memory',
    title: 'Starting and idling',
    figures: [
      {
        title: `Resident memory of the one process after ${idle} s without work, and the time until it is ready`,
        columns: [
          'process',
          'first start ms',
          'next start ms',
          'idle MB',
          'peak MB',
          'idle ×',
          'first start ×',
        ],
        rows: measured.map((each) => rowOf(each, measured[0])),
      },
    ],
    limits: limitsOf(measured),
    notes,
  }
}

const EMBEDDED = 'Supercargo, embedded store'
const POSTGRES = 'Supercargo on PostgreSQL'

const ALTERNATIVES = [
  { who: 'PGlite as it comes, and one table', args: ['bench/alternatives/one-insert.mjs'] },
  { who: 'Probot, one handler, no store', args: ['bench/alternatives/probot.mjs'] },
  {
    who: 'Node, an empty HTTP server',
    args: ['-e', "require('http').createServer((_, r) => r.end()).listen(process.env.PORT, '127.0.0.1')"],
  },
]

async function idleOf(
  who: string,
  start: () => Promise<ServerProcess>,
  again: boolean,
  idle: number,
): Promise<Idle> {
  const first = await start()
  await sleep(idle * 1000)
  const { rss, peak } = first.memory()
  await first.stop()
  if (!again) return { who, firstStart: first.startMs, secondStart: null, rss, peak }
  const second = await start()
  await second.stop()
  return { who, firstStart: first.startMs, secondStart: second.startMs, rss, peak }
}

function rowOf({ who, firstStart, secondStart, rss, peak }: Idle, embedded: Idle | undefined): Cell[] {
  const whole = Math.round
  const second = secondStart === null ? null : whole(secondStart)
  const ratios = [rss / (embedded?.rss ?? 0), firstStart / (embedded?.firstStart ?? 0)]
  return [who, whole(firstStart), second, whole(rss), whole(peak), ...ratios]
}

function limitsOf(measured: Idle[]): Limit[] {
  return Object.entries({ [EMBEDDED]: 250, [POSTGRES]: 120 }).flatMap(([name, limit]) => {
    const found = measured.find(({ who }) => who === name)
    return found === undefined ? [] : [atMost(`idle memory of ${name}`, limit, found.rss, 'MB')]
  })
}

function environment(api: string, data: string): Record<string, string> {
  return {
    APP_ID: String(APP.id),
    PRIVATE_KEY: APP.privateKey,
    WEBHOOK_SECRET: APP.webhookSecret,
    GITHUB_API_URL: api,
    SUPERCARGO_DATA: data,
    NODE_ENV: 'production',
  }
}
