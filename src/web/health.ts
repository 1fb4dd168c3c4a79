import type { Store, Worker } from '../store/store.ts'
import type { Log } from './log.ts'
import { json, respond } from './respond.ts'
import type { Route } from './server.ts'

/** What there is at the moment; null while it starts or stops. */
export interface Parts {
  store: Store | null
  worker: Worker | null
  stopping: boolean
  /** What is known of the forges' webhooks; absent where nobody looks. */
  forges?(): ForgeHealth[]
}

/** Whether a forge still sends webhooks. The sweep finds what it does not send: this makes nothing unready. */
export interface ForgeHealth {
  /** The operator's name for it. */
  forge: string
  ok: boolean
  /** One whole sentence that names no repository: the answer is open to everybody. */
  message: string
}

export interface Readiness {
  ready: boolean
  checks: Record<'process' | 'store' | 'worker', { ok: boolean; message: string }>
  forges?: ForgeHealth[]
}

/** Whether work can be accepted and done now. Never throws; the reason for a failure goes to the log only. */
export async function readiness({ store, worker, stopping, forges }: Parts, log: Log): Promise<Readiness> {
  const reachable = store !== null && (await answers(store, log))
  const running = worker?.running() === true
  const checks = {
    process: check(!stopping, 'The process runs.', 'The process is stopping.'),
    store: check(reachable, 'The store answers.', 'The store does not answer.'),
    worker: check(running, 'The worker runs.', 'The worker does not run.'),
  }
  const known = forges?.() ?? []
  return {
    ready: !stopping && reachable && running,
    checks,
    ...(known.length === 0 ? {} : { forges: known }),
  }
}

/**
 * `GET /healthz`: 200 as long as the process answers at all; restart it when it does not.
 * `GET /readyz`: 200 when the store is reachable and the worker runs, else 503, with the details as JSON.
 */
export function healthRoutes(parts: () => Parts, log: Log): Route[] {
  let asked: Promise<Readiness> | null = null
  return [
    {
      method: 'GET',
      path: '/healthz',
      handle: (request, response) => respond(request, response, json(200, { alive: true })),
    },
    {
      method: 'GET',
      path: '/readyz',
      async handle(request, response) {
        // One question to the store at a time, however many ask.
        asked ??= readiness(parts(), log).finally(() => {
          asked = null
        })
        const answer = await asked
        respond(request, response, json(answer.ready ? 200 : 503, answer))
      },
    },
  ]
}

async function answers(store: Store, log: Log): Promise<boolean> {
  try {
    await store.ping()
    return true
  } catch (error) {
    log.warn({ err: error }, 'The store does not answer.')
    return false
  }
}

function check(ok: boolean, good: string, bad: string): { ok: boolean; message: string } {
  return { ok, message: ok ? good : bad }
}
