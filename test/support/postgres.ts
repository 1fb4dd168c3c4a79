import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** A PostgreSQL server of the test's own: a new cluster in a temporary directory, on a free port. */
export interface PostgresServer {
  /** A new, empty database. */
  createDatabase(): Promise<string>
  /** One statement on a database of this server. */
  query<Row extends object>(url: string, text: string, values?: unknown[]): Promise<Row[]>
  /** Ends it as an operator would (`fast`) or as a crash would (`immediate`). */
  stop(how?: 'fast' | 'immediate'): Promise<void>
  start(): Promise<void>
  /** Stops it and removes its directory. */
  remove(): Promise<void>
}

export interface PostgresOptions {
  /** With fsync, for tests that crash it. */
  durable?: boolean
}

/** Why there is no server to test against; false when there is one. For `{ skip: … }`. */
export const noPostgres: string | false =
  findBin() === null ? 'PostgreSQL is not installed (initdb and postgres were not found)' : false

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = findBin()
  if (bin === null) throw new Error(String(noPostgres))
  const identity = unprivileged()
  const root = mkdtempSync(join(tmpdir(), 'sc-pg-'))
  if (identity !== null) chownSync(root, identity.uid, identity.gid)
  chmodSync(root, 0o700)
  const data = join(root, 'data')
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C'],
    { ...identity, cwd: root, stdio: 'pipe' },
  )
  const port = await freePort()
  const urlOf = (name: string): string => `postgres://postgres@127.0.0.1:${port}/${name}`
  const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  const settings = [
    `listen_addresses=127.0.0.1`,
    `unix_socket_directories=${root}`,
    'shared_buffers=16MB',
    ...(options.durable === true ? [] : fast),
  ]
  let server: ChildProcess | undefined

  const start = async (): Promise<void> => {
    server = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])],
      { ...identity, cwd: root, stdio: 'ignore' },
    )
    const deadline = Date.now() + 20_000
    for (;;) {
      try {
        await run(urlOf('postgres'), 'select 1', [])
        return
      } catch (error) {
        if (Date.now() > deadline) throw error
        await sleep(50)
      }
    }
  }
  const stop = async (how: 'fast' | 'immediate' = 'fast'): Promise<void> => {
    if (server === undefined || server.exitCode !== null) return
    const exited = once(server, 'exit')
    server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await exited
  }

  await start()
  let databases = 0
  return {
    async createDatabase() {
      const name = `test_${databases++}`
      await run(urlOf('postgres'), `create database ${name}`, [])
      return urlOf(name)
    },
    query: run,
    stop,
    start,
    async remove() {
      await stop('immediate')
      rmSync(root, { recursive: true, force: true })
    },
  }
}

async function run<Row extends object>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

function findBin(): string | null {
  const base = '/usr/lib/postgresql'
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => join(base, version, 'bin')), '/usr/local/bin', '/usr/bin']
  return (
    folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null
  )
}

/** PostgreSQL refuses to run as root; then it runs as `postgres`. */
function unprivileged(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const numberOf = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: numberOf('-u'), gid: numberOf('-g') }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
