import type { Logger } from 'pino'
import type { Database } from './database.ts'
import { listDeadLetters, retryDeadLetter } from './dead-letters.ts'
import { openEmbedded } from './embedded/open-embedded.ts'
import { unreachable } from './failures.ts'
import { addFeeds, feedsOf, recordFeeds, sourcesBesides } from './feeds.ts'

import { dueKeys, keepGlances, marksOf, recordGlances, recordQuiet, watchesOf } from './glances.ts'
import { createInbox, listDeliveries } from './inbox.ts'
import { countIntents, finishIntent, openIntents } from './intents.ts'
import { readJournal, writeJournal } from './journal.ts'
import { migrate } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import type { Store, Worker } from './store.ts'
import { TIMINGS, type Timings } from './timings.ts'
import { remembered, waitingSince } from './waits.ts'
import { startWorker } from './worker.ts'

export interface StoreOptions {
  /** Of a PostgreSQL server, 12 or newer, without a pooler in between; without it the store is embedded. */
  databaseUrl?: string | undefined
  /** Where the embedded store lives, in `store/`. */
  dataDir: string
  log: Logger
  /** The process must end at once. By default it does, with exit code 75, and its supervisor starts it again. */
  onFenced?: (reason: string) => void
  /** For tests. */
  timings?: Partial<Timings>
}

const FENCED_EXIT_CODE = 75
const PING_MS = 2000

/**
 * Opens the store, creates it where it is missing, and brings it to this version.
 * @throws SupercargoError `store-unreachable`, `store-too-new`, `store-in-use`, `store-not-created`,
 * `store-other-release`, `store-broken`
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, dataDir, log } = options
  const database =
    databaseUrl === undefined || databaseUrl === ''
      ? await openEmbedded(dataDir, log)
      : await openPostgres(databaseUrl, log)
  try {
    await migrate(database, log)
    if (database.embedded) await freeEverything(database)
  } catch (error) {
    await database.close()
    throw error
  }
  return createStore(database, options)
}

/** An embedded store has one process, and this is it: whatever is locked was locked by one that is no more. */
async function freeEverything(database: Database): Promise<void> {
  await database.query(
    `select supercargo.release_workers(array(
      select id from supercargo.workers
      union select locked_by from supercargo_worker.jobs where locked_by is not null))`,
  )
}

function createStore(database: Database, { log, timings, onFenced }: StoreOptions): Store {
  let worker: Worker | undefined
  return {
    acceptDelivery: createInbox(database),
    async enqueue(keys, when) {
      await database.query('select supercargo.enqueue($1::text[], coalesce($2, now()), true)', [
        keys,
        when?.at ?? null,
      ])
    },
    async work(handlers, workOptions) {
      worker = await startWorker(database, handlers, {
        ...workOptions,
        log,
        timings: { ...TIMINGS, ...timings },
        onFenced: onFenced ?? ((reason) => endProcess(reason, log)),
      })
      return worker
    },
    recordFeeds: (source, manifests) => recordFeeds(database, source, manifests),
    feedsOf: (manifests) => feedsOf(database, manifests),
    addFeeds: (manifests, sources) => addFeeds(database, manifests, sources),
    remembered: (source) => remembered(database, source),
    sourcesBesides: (keys) => sourcesBesides(database, keys),
    waitingSince: (key, waits, now) => waitingSince(database, key, waits, now),
    watchesOf: (sources, prefixes) => watchesOf(database, sources, prefixes),
    recordGlances: (marks) => recordGlances(database, marks),
    keepGlances: (keys) => keepGlances(database, keys),
    marksOf: (key) => marksOf(database, key),
    recordQuiet: (key, marks) => recordQuiet(database, key, marks),
    dueKeys: (keys) => dueKeys(database, keys),
    openIntents: (repository, number) => openIntents(database, repository, number),
    countIntents: (intent, seconds) => countIntents(database, intent, seconds),
    finishIntent: (intent, entry) => finishIntent(database, intent, entry),
    journal: (entry) => writeJournal(database, entry),
    readJournal: (query) => readJournal(database, query),
    listDeliveries: (limit) => listDeliveries(database, limit),
    listDeadLetters: () => listDeadLetters(database),
    retryDeadLetter: (id) => retryDeadLetter(database, id),
    ping: () => ping(database),
    async close() {
      await worker?.stop(0)
      await database.close()
    },
  }
}

async function ping(database: Database): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('It did not answer within 2 s')), PING_MS)
  })
  try {
    await Promise.race([database.urgent('select 1'), late])
  } catch (error) {
    throw unreachable(error)
  } finally {
    clearTimeout(timer)
  }
}

function endProcess(reason: string, log: Logger): never {
  log.fatal(`This process ends itself, because its work may already be done elsewhere. ${reason}`)
  process.exit(FENCED_EXIT_CODE)
}
