import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import type { Database } from '../../src/store/database.ts'
import { openEmbedded } from '../../src/store/embedded/open-embedded.ts'
import { openStore, type StoreOptions } from '../../src/store/open.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import type { Store } from '../../src/store/store.ts'
import { copyStore } from '../support/embedded-store.ts'
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts'

/** One empty database, and stores on it. */
export interface StoreWorld {
  open(options?: Partial<StoreOptions>): Promise<Store>
  /** The database itself; an embedded one only while no store is open. */
  database(): Promise<Database>
  remove(): Promise<void>
}

export interface StoreMode {
  name: string
  /** Why this mode cannot be tested here. */
  skip: string | false
  world(): Promise<StoreWorld>
  close(): Promise<void>
}

export const silent = pino({ level: process.env.STORE_LOG ?? 'silent' })

export function embeddedMode(): StoreMode {
  const root = mkdtempSync(join(tmpdir(), 'sc-store-'))
  let count = 0
  return {
    name: 'embedded',
    skip: false,
    async world() {
      const dataDir = join(root, `world-${count++}`)
      await copyStore(dataDir)
      return {
        open: (options) => openStore({ dataDir, log: silent, ...options }),
        database: () => openEmbedded(dataDir, silent),
        remove: async () => rmSync(dataDir, { recursive: true, force: true }),
      }
    },
    close: async () => rmSync(root, { recursive: true, force: true }),
  }
}

export function postgresMode(): StoreMode {
  let server: Promise<PostgresServer> | undefined
  return {
    name: 'PostgreSQL',
    skip: noPostgres,
    async world() {
      server ??= startPostgres()
      const { createDatabase } = await server
      const databaseUrl = await createDatabase()
      return {
        open: (options) => openStore({ databaseUrl, dataDir: '/nowhere', log: silent, ...options }),
        database: () => openPostgres(databaseUrl, silent),
        remove: async () => undefined,
      }
    },
    async close() {
      await (await server)?.remove()
    },
  }
}
