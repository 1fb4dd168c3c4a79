import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { openStore } from '../src/store/open.ts'
import { applicationWorld } from './ack/applications.ts'
import { type Replay, startReplay } from './ack/replay.ts'
import { type LoadResult, sendLoad } from './ack/send-load.ts'
import type { BenchOptions } from './options.ts'
import { atMost, type Cell, type Section } from './report.ts'
import { quantile } from './stats.ts'
import { measureAcknowledging } from './store/ack.ts'
import { APP, startForge } from './world/forge.ts'
import { type ServerProcess, startProcess, startSupercargo } from './world/server.ts'

/** Added to every answer of the forge, in milliseconds. */
const LATENCY = 50
const REPOSITORIES = 20

interface Outcome {
  who: string
  load: LoadResult
  lost: number | null
  server: { cpu: number; peak: number }
}

/** How long deliveries wait for their answer at a constant rate, while the worker works on them. */
export async function measureAck(options: BenchOptions, progress: (text: string) => void): Promise<Section> {
  const { rate, seconds } = options
  const forge = await startForge()
  const names = await applicationWorld(forge, REPOSITORIES)
  const replay = await startReplay(new URL(forge.api).origin, LATENCY)
  const outcomes: Outcome[] = []
  const notes: string[] = []
  try {
    progress(`ack: ${rate} deliveries a second for ${seconds} s: Supercargo`)
    const ours = await ofSupercargo(replay, names, options)
    outcomes.push(ours.outcome)
    notes.push(ours.note)
    for (const { who, program } of ALTERNATIVES) {
      progress(`ack: the same: ${who}`)
      outcomes.push(await ofAlternative(who, program, replay, names, options))
    }
  } finally {
    await replay.close()
    await forge.close()
  }
  progress('ack: the same without HTTP: the store alone')
  const alone = await measureAcknowledging({ perSecond: rate, seconds })

  const [first] = outcomes
  const p99 = (outcome?: Outcome) => quantile(outcome?.load.latencies ?? [], 0.99)
  const rows = outcomes.map(({ who, load, lost, server }): Cell[] => {
    const latencies = [0.5, 0.99, 1].map((share) => quantile(load.latencies, share))
    const late = quantile(load.lags, 0.99)
    const ratio = quantile(load.latencies, 0.99) / p99(first)
    return [
      who,
      load.sent,
      load.accepted.length,
      load.failed,
      lost,
      ...latencies,
      ratio,
      late,
      server.cpu,
      server.peak,
    ]
  })
  rows.push([
    'the store alone, no HTTP',
    alone.sent,
    alone.sent - alone.refused,
    alone.refused,
    alone.lost,
    alone.p50,
    alone.p99,
    alone.max,
    alone.p99 / p99(first),
    null,
    null,
    null,
  ])
  return {
    name: 'ack',
    title: 'Acknowledging deliveries',
    figures: [
      {
        title: `${rate} signed deliveries a second for ${seconds} s (open loop), bodies of ${Math.round((first?.load.bytes ?? 0) / 1000)} kB on average; milliseconds from when each was due`,
        columns: [
          'by',
          'sent',
          'accepted',
          'failed',
          'lost',
          'p50',
          'p99',
          'max',
          'p99 ×',
          'p99 of sending late',
          'CPU s',
          'peak MB',
        ],
        rows,
      },
    ],
    limits: [
      atMost('p99 of the answers', 50, p99(first), 'ms'),
      atMost('lost deliveries', 0, first?.lost ?? Number.NaN, 'deliveries'),
      atMost('failed requests', 0, first?.load.failed ?? Number.NaN, 'requests'),
    ],
    notes,
  }
}

/** Programs beside this file, which take the same deliveries. */
const ALTERNATIVES = [
  { who: 'one insert a delivery (PGlite, no worker)', program: 'bench/alternatives/one-insert.mjs' },
  { who: 'Probot (no store; one request to the forge)', program: 'bench/alternatives/probot.mjs' },
]

async function ofSupercargo(
  replay: Replay,
  names: string[],
  { rate, seconds, profile }: BenchOptions,
): Promise<{ outcome: Outcome; note: string }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'supercargo-bench-ack-'))
  const nodeArgs = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  try {
    const server = await startSupercargo(replay.api, dataDir, { nodeArgs })
    await sleep(3_000)
    const asked = replay.answered()
    const load = await loadOn(server, { names, rate, seconds })
    const requests = replay.answered() - asked
    const used = usageOf(server)
    await sleep(2_000)
    await server.stop()
    const { lost, finished } = await compare(dataDir, load.accepted)
    return {
      outcome: { who: 'Supercargo (embedded)', load, lost, server: used },
      note: `Meanwhile its worker asked the forge ${requests} times, and had looked at ${finished} deliveries two seconds after the last one.`,
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function ofAlternative(
  who: string,
  program: string,
  replay: Replay,
  names: string[],
  { rate, seconds }: BenchOptions,
): Promise<Outcome> {
  const dataDir = mkdtempSync(join(tmpdir(), 'supercargo-bench-ack-'))
  const env = {
    APP_ID: String(APP.id),
    PRIVATE_KEY: APP.privateKey,
    WEBHOOK_SECRET: APP.webhookSecret,
    GITHUB_API_URL: replay.api,
    SUPERCARGO_DATA: dataDir,
    NODE_ENV: 'production',
  }
  try {
    const server = await startProcess([program], env, '/healthz')
    await sleep(1_000)
    const load = await loadOn(server, { names, rate, seconds })
    const used = usageOf(server)
    await server.stop()
    return { who, load, lost: null, server: used }
  } finally {
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}

function loadOn(
  server: ServerProcess,
  { names, rate, seconds }: { names: string[]; rate: number; seconds: number },
): Promise<LoadResult> {
  const url = `${server.origin}/webhooks/github`
  return sendLoad({ url, secret: APP.webhookSecret, repositories: names, rate, seconds })
}

function usageOf(server: ServerProcess): Outcome['server'] {
  return { cpu: server.cpuSeconds(), peak: server.memory().peak }
}

/** What was answered with success, and is not in the store; and how much of it was worked on. */
async function compare(dataDir: string, accepted: string[]): Promise<{ lost: number; finished: number }> {
  const store = await openStore({ dataDir, log: pino({ level: 'silent' }) })
  try {
    const rows = await store.listDeliveries(accepted.length + 10_000)
    const outcomes = new Map(rows.map(({ id, outcome }) => [id, outcome]))
    return {
      lost: accepted.filter((id) => !outcomes.has(id)).length,
      finished: accepted.filter((id) => (outcomes.get(id) ?? null) !== null).length,
    }
  } finally {
    await store.close()
  }
}
