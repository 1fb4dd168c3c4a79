import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isMain } from './is-main.ts'

export interface IdleResult {
  mode: 'embedded' | 'PostgreSQL'
  /** Milliseconds until the worker looks for work: the first time, which creates everything, and the next. */
  firstStart: number
  nextStart: number
  /** Resident memory in MB after half a minute without work, after the first and the next start. */
  idleAfterFirst: number
  idle: number
}

const BUILD = resolve('.cache/bench-store')

/** Starts the compiled store twice in a process of its own, and reads what that process takes. */
export async function measureIdle(databaseUrl?: string): Promise<IdleResult> {
  build()
  const dataDir = mkdtempSync(join(tmpdir(), 'sc-idle-'))
  const first = await startOnce(dataDir, databaseUrl)
  const next = await startOnce(dataDir, databaseUrl)
  rmSync(dataDir, { recursive: true, force: true })
  return {
    mode: databaseUrl === undefined ? 'embedded' : 'PostgreSQL',
    firstStart: first.start,
    nextStart: next.start,
    idleAfterFirst: first.rss,
    idle: next.rss,
  }
}

/** As it is shipped: compiled, without the loader that runs TypeScript. */
function build(): void {
  try {
    execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json', '--outDir', BUILD], { stdio: 'pipe' })
  } catch {
    // It writes what it can; a type error elsewhere does not matter here.
  }
  cpSync('src/store/sql', join(BUILD, 'store/sql'), { recursive: true })
}

async function startOnce(dataDir: string, databaseUrl?: string): Promise<{ start: number; rss: number }> {
  const program = `
    import pino from 'pino'
    import { openStore } from ${JSON.stringify(pathToFileURL(join(BUILD, 'store/open.js')).href)}
    const store = await openStore(${JSON.stringify({ dataDir, databaseUrl }).slice(
      0,
      -1,
    )}, log: pino({ level: 'warn' }) })
    const worker = await store.work({
      delivery: () => ({ keys: [], outcome: '' }), reconcile: async () => ({ kind: 'done' }), sweep: async () => [],
    }, { concurrency: 8, sweepSeconds: 3600 })
    const start = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 30_000))
    process.stdout.write(JSON.stringify({ start, rss: process.memoryUsage().rss }))
    await worker.stop(1000)
    await store.close()
    process.exit(0)
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
  })
  await once(child, 'exit')
  const { start, rss } = JSON.parse(output) as { start: number; rss: number }
  return { start: Math.round(start), rss: Math.round(rss / 1e6) }
}

if (isMain(import.meta.url)) {
  const { noPostgres, startPostgres } = await import('../../test/support/postgres.ts')
  const results = [await measureIdle()]
  if (noPostgres === false) {
    const server = await startPostgres()
    results.push(await measureIdle(await server.createDatabase()))
    await server.remove()
  }
  console.table(results)
}
