import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Delivery } from '../store/store.ts'
import { readBody } from './body.ts'
import { inTime } from './in-time.ts'
import type { Log } from './log.ts'
import { type Answer, respond } from './respond.ts'
import { pathOf, type Route } from './server.ts'

/** A door for webhooks. Nothing happens in the request but `accept`. */
export interface WebhookDoor {
  /** Exact, or everything below when it ends with `/*`. */
  paths: readonly string[]
  /** Longer bodies are refused with 413. */
  maxBytes: number
  /**
   * Verifies who sends it over the raw bytes first, and only then reads anything.
   * @param path may hold a secret: it is never logged
   */
  read(headers: IncomingHttpHeaders, body: Uint8Array, path: string): Received | Promise<Received>
  /** Stores durably; may fail. */
  accept(delivery: Delivery): Promise<'accepted' | 'duplicate'>
  log: Log
}

export type Received = { ok: true; delivery: Delivery } | { ok: false; status: number; problem: string }

/** GitHub's limit, and GitLab's. */
export const FORGE_MAX_BYTES = 25 * 1024 * 1024

/** For registries: their largest notifications have a few hundred entries. */
export const REGISTRY_MAX_BYTES = 1024 * 1024

/** All requests of one door together. */
const BUDGET = 128 * 1024 * 1024

/** The forge gives up after 10 s; a delivery that is stored later than this is stored all the same. */
const PATIENCE = 8_000

/**
 * Answers 202 for a delivery that is stored, 200 for one that already was, 401 for a wrong signature, 400 for
 * what cannot be read, 413 for what is too long, 503 when it could not be stored.
 */
export function webhookRoutes(door: WebhookDoor): Route[] {
  const budget = { left: BUDGET }
  return door.paths.map((path) => ({
    method: 'POST',
    path,
    async handle(request, response) {
      const body = await readBody(request, response, door.maxBytes, budget)
      if (body.kind === 'gone') return
      respond(
        request,
        response,
        body.kind === 'body' ? await receive(door, request, body.bytes) : REFUSALS[body.kind],
      )
    },
  }))
}

const BUSY: Answer = {
  status: 503,
  body: 'The delivery could not be stored now; send it again later.\n',
  headers: { 'retry-after': '30' },
}

const REFUSALS: Record<'too-large' | 'busy', Answer> = {
  'too-large': { status: 413, body: 'The body is too large.\n' },
  busy: BUSY,
}

async function receive(door: WebhookDoor, request: IncomingMessage, body: Uint8Array): Promise<Answer> {
  const received = await door.read(request.headers, body, pathOf(request))
  if (!received.ok) {
    const what = received.status < 300 ? 'could not be used' : 'was refused'
    door.log.warn(
      { status: received.status, door: door.paths[0] },
      `A webhook request ${what}: ${received.problem}`,
    )
    return { status: received.status, body: `${received.problem}\n` }
  }
  const { source, id, event } = received.delivery
  try {
    const late = () => new Error(`The store took longer than ${PATIENCE} ms.`)
    const done = await inTime(door.accept(received.delivery), PATIENCE, late)
    return done === 'accepted'
      ? { status: 202, body: 'Accepted.\n' }
      : { status: 200, body: 'Already here.\n' }
  } catch (error) {
    door.log.error({ err: error, source, delivery: id, event }, 'A delivery could not be stored.')
    return BUSY
  }
}
