import { createHmac, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Model } from '../model/model.ts'
import type { ForgeEvent } from '../model/types.ts'
import { type Deliveries, type DeliveryResult, type Message, openDeliveryLog } from './deliveries.ts'

/** Where the app wants its webhooks, and with which secret they are signed. */
export interface Webhook {
  url: string
  secret: string
}

export interface Dispatcher extends Deliveries {
  /** Says where to send to; null sends nothing (events are then dropped). Sends what a crash left unsent. */
  setWebhook(webhook: Webhook | null): void
  /** Resolves when everything that was emitted so far has been sent, delays included. */
  idle(): Promise<void>
  /** Sends nothing more. */
  close(): void
}

/** Turns an event into what is sent: none, one or several messages, in order. */
export type Compose = (event: ForgeEvent) => Promise<Omit<Message, 'guid' | 'redelivery'>[]>

/** A receiver has this long, in milliseconds. */
const TIMEOUT_MS = 10_000

/**
 * Sends webhooks after the effect, in order per repository, each once: GitHub does not repeat failed ones.
 * @param log where an error in composing a message goes
 */
export function createDispatcher(model: Model, compose: Compose, log: (error: unknown) => void): Dispatcher {
  const deliveries = openDeliveryLog(join(model.dataDir, 'deliveries.jsonl'))
  const lanes = new Map<number, Promise<void>>()
  const running = new Set<Promise<void>>()
  let webhook: Webhook | null = null
  let closed = false

  function track(work: Promise<void>): Promise<void> {
    const safe = work.catch(log).finally(() => running.delete(safe))
    running.add(safe)
    return safe
  }

  function inLane(lane: number, work: () => Promise<void>): void {
    const turn = (lanes.get(lane) ?? Promise.resolve()).then(work)
    lanes.set(lane, track(turn))
  }

  async function announce(event: ForgeEvent): Promise<void> {
    if (webhook === null || closed) return
    for (const message of await compose(event)) {
      const fault = model.faults.webhook?.(message.event, message.payload) ?? null
      if (fault === 'drop') continue
      const whole: Message = { ...message, guid: randomUUID(), redelivery: false }
      const id = deliveries.queue(whole)
      if (fault !== null && typeof fault === 'object') {
        track(pause(fault.delayMs).then(() => send(id, whole)))
        continue
      }
      await send(id, whole)
      if (fault === 'duplicate') await send(deliveries.queue(whole), whole)
    }
  }

  async function send(id: number, message: Message): Promise<void> {
    if (webhook === null || closed) return
    const result = await post(model, message, webhook)
    if (!closed) deliveries.done(id, result)
  }

  model.onEvent((event) => inLane(laneOf(event), () => announce(event)))

  return {
    list: deliveries.list,
    get: deliveries.get,
    redeliver: (id) => {
      const message = deliveries.message(id)
      if (message === null) return false
      const again = { ...message, redelivery: true }
      const attempt = deliveries.queue(again)
      track(send(attempt, again))
      return true
    },
    setWebhook: (next) => {
      webhook = next
      if (next === null) return
      for (const { id, message } of deliveries.unsent()) {
        inLane(message.repositoryId ?? 0, () => send(id, message))
      }
    },
    idle: async () => {
      while (running.size > 0) await Promise.all(running)
    },
    close: () => {
      closed = true
    },
  }
}

async function post(model: Model, message: Message, webhook: Webhook): Promise<DeliveryResult> {
  const body = JSON.stringify(message.payload)
  const signature = createHmac('sha256', webhook.secret).update(body).digest('hex')
  const requestHeaders = {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/5a4db0c',
    'x-github-delivery': message.guid,
    'x-github-event': message.event,
    'x-github-enterprise-host': new URL(model.urls.html()).host,
    'x-github-enterprise-version': '3.19.0',
    'x-github-hook-id': String(model.app.id),
    'x-github-hook-installation-target-id': String(model.app.id),
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature-256': `sha256=${signature}`,
  }
  const started = performance.now()
  const seconds = (): number => Math.round(performance.now() - started) / 1000
  try {
    const answer = await fetch(webhook.url, {
      method: 'POST',
      headers: requestHeaders,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await answer.arrayBuffer().catch(() => {})
    const status = answer.ok ? 'OK' : `Invalid HTTP Response: ${answer.status}`
    return { status, statusCode: answer.status, duration: seconds(), requestHeaders }
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    return timedOut
      ? { status: 'timed out', statusCode: 504, duration: seconds(), requestHeaders }
      : { status: 'failed to connect to host', statusCode: 502, duration: seconds(), requestHeaders }
  }
}

function laneOf(event: ForgeEvent): number {
  return 'repository' in event ? event.repository.id : 0
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
