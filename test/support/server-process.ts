import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from './eventually.ts'
import { type Program, startNode } from './processes.ts'

/** Signs the webhooks that the server gets: without a comma, which separates several secrets. */
export const SERVER_SECRET = 'fd2f06e1ac28f0a5ca1f9d0b0b4cf4a3'

/** The same for GitLab. */
export const SERVER_SIGNING_SECRET = `whsec_${Buffer.from(SERVER_SECRET).toString('base64')}`

/** The bot as it is deployed: the real server in a process of its own. */
export interface ServerProcess extends Program {
  /** When `/readyz` says so. */
  ready(milliseconds?: number): Promise<void>
}

export interface ServerProcessOptions {
  /** From `buildOnce`. */
  build: string
  port: number
  dataDir: string
  /** The forge that it works for, and what it needs there. */
  environment: Record<string, string>
  /** Absent: the embedded store. */
  databaseUrl?: string
  sweepSeconds: number
}

/** Starts it on a sandbox. */
export function startServerProcess(options: ServerProcessOptions): ServerProcess {
  const { build, port, dataDir, environment, databaseUrl, sweepSeconds } = options
  const program = startNode(['--enable-source-maps', join(build, 'dist/main.js')], {
    PATH: process.env.PATH,
    HOME: dataDir,
    PORT: String(port),
    SUPERCARGO_DATA: dataDir,
    DATABASE_URL: databaseUrl,
    ...environment,
    SWEEP_SECONDS: String(sweepSeconds),
  })
  const isReady = async () => {
    if (program.exitCode() !== null) throw new Error(`The server ended:\n${program.lines.join('\n')}`)
    await sleep(50)
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null)
    return answer?.status === 200
  }
  return {
    ...program,
    ready: async (milliseconds = 90_000) => {
      await eventually('the server is ready', isReady, milliseconds)
    },
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
