// @ts-check
// The thread of the embedded database: opens the directory that it was given, and runs one statement at a time.
// JavaScript, for what loads TypeScript in development and tests does so in no thread but the first.
import { setFlagsFromString } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'

/** @import { Failure, Reply, Request } from './threaded-session.ts' */

// Of the two compilers for WebAssembly the optimising one wins no time here, and takes 30 to 100 MB.
setFlagsFromString('--liftoff-only')
const { PGlite } = await import('@electric-sql/pglite')

const db = await PGlite.create(String(workerData), {
  startParams: [
    ...PGlite.defaultStartParams,
    ...['-c', 'shared_buffers=16MB', '-c', 'max_wal_size=64MB', '-c', 'jit=off'],
  ],
  // bigint as text, as pg reads it; and bytes without an array of strings, one a byte
  parsers: { 20: String, 17: (hex) => Buffer.from(hex.slice(2), 'hex') },
  serializers: {
    17: (bytes) => `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`,
  },
})
db.onNotification((channel, payload) => say({ kind: 'notification', channel, payload }))
parentPort?.on('message', (request) => void obey(request))
say({ kind: 'open' })

/** @param {Request} request */
async function obey({ id, text, values }) {
  try {
    say({ kind: 'results', id, results: await run(text, values) })
  } catch (error) {
    say({ kind: 'failure', id, failure: failureOf(error) })
  }
}

/**
 * @param {string | null} text
 * @param {unknown[] | null} values
 */
async function run(text, values) {
  if (text !== null) return values === null ? await db.exec(text) : [await db.query(text, values)]
  await db.close()
  return []
}

/**
 * What crosses to another thread of an error: everything that it says.
 * @param {unknown} error
 * @returns {Failure}
 */
function failureOf(error) {
  if (!(error instanceof Error)) return { message: String(error), details: {} }
  const details = Object.entries(error).filter(([, value]) => typeof value === 'string')
  return { message: error.message, details: Object.fromEntries(details) }
}

/** @param {Reply} reply */
function say(reply) {
  parentPort?.postMessage(reply)
}
