import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildOnce } from '../support/build-once.ts'
import { copyStore } from '../support/embedded-store.ts'

export const SECRET = '9c1185a5c5e9fc54612808977ee8f548'

/** Credentials of an app whose GitHub is not there. */
export const APP = {
  APP_ID: '1',
  PRIVATE_KEY: generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString(),
  WEBHOOK_SECRET: SECRET,
  GITHUB_API_URL: 'http://127.0.0.1:1/api/v3',
}

/** A data directory with an embedded store, which goes when the test ends. */
export async function dataDirectory(context: TestContext): Promise<string> {
  const directory = temporaryDirectory(context)
  await copyStore(directory)
  return directory
}

export interface Running {
  child: ChildProcess
  /** Everything that it printed until now. */
  output(): string
  /** Resolves with the first match in the output; throws when the process ends first, or after 60 s. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves when it has ended: its exit code, or the signal. */
  ended: Promise<number | NodeJS.Signals>
}

/** What Node runs as the server. */
export const MAIN = join(await buildOnce(), 'dist/main.js')

/** Starts a real process with this environment and nothing else but PATH; it is killed when the test ends. */
export function start(context: TestContext, args: string[], environment: Record<string, string>): Running {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      text += data.toString()
    })
  }
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? -1))
  })
  context.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    child,
    output: () => text,
    ended,
    async printed(pattern) {
      const deadline = Date.now() + 60_000
      for (;;) {
        const match = pattern.exec(text)
        if (match !== null) return match
        if (child.exitCode !== null || Date.now() > deadline)
          throw new Error(`It did not print ${pattern}:\n${text}`)
        await sleep(50)
      }
    },
  }
}

/** An empty directory that goes with the test. */
export function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'supercargo-doors-'))
  // The processes of the test are ended after this: it waits until they write no more.
  context.after(() => rm(directory, { recursive: true, force: true, maxRetries: 20 }))
  return directory
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Asks until the condition holds, for at most 60 s. */
export async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('It did not happen within a minute.')
    await sleep(100)
  }
}

/** A push to acme/web, as GitHub sends it. */
export function push(url: string, id: string, secret = SECRET): Promise<Response> {
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    after: 'a'.repeat(40),
    repository: { full_name: 'acme/web' },
  })
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  })
}
