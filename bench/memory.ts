import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { noPostgres, startPostgres } from '../test/support/postgres.ts'
import { applicationWorld } from './ack/applications.ts'
import type { BenchOptions } from './options.ts'
import { atMost, type Cell, type Limit, type Section } from './report.ts'
import { measureIdle } from './store/idle.ts'
import { APP, startForge } from './world/forge.ts'
import { type ServerProcess, startProcess, startSupercargo } from './world/server.ts'

interface Idle {
  who: string
  /** Milliseconds from the start of the process until it was ready. */
  firstStart: number
  /** Resident MB of the idle process after its first start. */
  firstIdle: number
  /** The most that it had until then, in MB; null when it is not known. */
  peak: number | null
  /** The same for a start with the data of the first one; null for what has no data. */
  next: { start: number; idle: number } | null
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
    progress('memory: the store alone, embedded')
    measured.push(await storeAlone('its store alone, embedded'))
    if (noPostgres === false) {
      const postgres = await startPostgres({ durable: true })
      try {
        const databaseUrl = await postgres.createDatabase()
        await measure(POSTGRES, () => startSupercargo(forge.api, join(root, 'served'), { databaseUrl }), true)
        progress('memory: the store alone, on PostgreSQL')
        measured.push(await storeAlone('its store alone, on PostgreSQL', await postgres.createDatabase()))
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
          'idle MB after the next start',
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
  const found = { who, firstStart: first.startMs, firstIdle: rss, peak }
  if (!again) return { ...found, next: null }
  const next = await start()
  await sleep(idle * 1000)
  const after = next.memory().rss
  await next.stop()
  return { ...found, next: { start: next.startMs, idle: after } }
}

async function storeAlone(who: string, databaseUrl?: string): Promise<Idle> {
  const { firstStart, nextStart, idleAfterFirst, idle } = await measureIdle(databaseUrl)
  return { who, firstStart, firstIdle: idleAfterFirst, peak: null, next: { start: nextStart, idle } }
}

function rowOf({ who, firstStart, firstIdle, next, peak }: Idle, embedded: Idle | undefined): Cell[] {
  const whole = (value: number | null | undefined) => (value == null ? null : Math.round(value))
  const ratios = [firstIdle / (embedded?.firstIdle ?? 0), firstStart / (embedded?.firstStart ?? 0)]
  return [who, ...[firstStart, next?.start, firstIdle, next?.idle, peak].map(whole), ...ratios]
}

function limitsOf(measured: Idle[]): Limit[] {
  return Object.entries({ [EMBEDDED]: 250, [POSTGRES]: 120 }).flatMap(([name, limit]) => {
    const found = measured.find(({ who }) => who === name)
    if (found === undefined) return []
    return [atMost(`idle memory of ${name}`, limit, Math.max(found.firstIdle, found.next?.idle ?? 0), 'MB')]
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
