import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { APP } from './forge.ts'

/** A server in a process of its own. */
export interface ServerProcess {
  /** `http://127.0.0.1:…` */
  origin: string
  /** From the start of the process until it was ready, in milliseconds. */
  startMs: number
  /** Resident memory now, and the most that there was (NaN where the system does not say), in MB. */
  memory(): { rss: number; peak: number }
  /** Seconds of CPU that it has used; NaN where the system does not say. */
  cpuSeconds(): number
  /** As an operator does it; resolves when it has ended. */
  stop(): Promise<void>
}

/** Compiles `src` to `dist`, which is what is measured. */
export function buildServer(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] })
}

/** The server as `npm start` runs it, as a GitHub App at this API. */
export function startSupercargo(
  api: string,
  dataDir: string,
  more: {
    databaseUrl?: string
    nodeArgs?: string[]
    environment?: Record<string, string>
    port?: number
  } = {},
): Promise<ServerProcess> {
  const env = {
    APP_ID: String(APP.id),
    PRIVATE_KEY: APP.privateKey,
    WEBHOOK_SECRET: APP.webhookSecret,
    GITHUB_API_URL: api,
    SUPERCARGO_DATA: dataDir,
    SWEEP_SECONDS: '86400',
    LOG_LEVEL: 'warn',
    ...(more.databaseUrl === undefined ? {} : { DATABASE_URL: more.databaseUrl }),
    ...more.environment,
  }
  const args = startArguments()
  const all = [...args.slice(0, -1), ...(more.nodeArgs ?? []), ...args.slice(-1)]
  return startProcess(all, env, '/readyz', more.port)
}

/** What `npm start` gives to node. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').slice(1)
}

/** Starts node with PORT (a free one) and this environment, and waits until `ready` is answered with success. */
export async function startProcess(
  args: string[],
  environment: Record<string, string>,
  ready: string,
  wanted?: number,
): Promise<ServerProcess> {
  const port = wanted ?? (await freePort())
  const started = performance.now()
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port), ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const origin = `http://127.0.0.1:${port}`
  await untilReady(child, origin + ready)
  const startMs = performance.now() - started
  const pid = child.pid ?? 0
  return {
    origin,
    startMs,
    memory: () => memoryOf(pid),
    cpuSeconds: () => cpuSecondsOf(pid),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + 120_000
  for (;;) {
    const answer = await fetch(url).catch(() => null)
    await answer?.arrayBuffer()
    if (answer?.ok === true) return
    if (child.exitCode !== null) throw new Error(`The process ended (${child.exitCode}) before it was ready.`)
    if (Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`${url} was not ready within two minutes.`)
    }
    await sleep(10)
  }
}

function memoryOf(pid: number): { rss: number; peak: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1000
    return { rss: (field('VmRSS') * 1024) / 1000, peak: (field('VmHWM') * 1024) / 1000 }
  } catch {
    const kilobytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
    return { rss: (kilobytes * 1024) / 1e6, peak: Number.NaN }
  }
}

function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}

/** One that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
