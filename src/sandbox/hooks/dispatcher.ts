import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { ForgeEvent } from '../model/events.ts'
import type { Model } from '../model/model.ts'
import {
  type Deliveries,
  type DeliveryItem,
  type DeliveryResult,
  type Message,
  openDeliveryLog,
} from './deliveries.ts'

/** What is to be sent for an event, before it has an id. */
export type Outgoing = Omit<Message, 'guid' | 'redelivery'>

/** What a forge puts on the envelope. */
export interface Courier {
  /** Turns an event into what is sent: none, one or several messages, in order. */
  compose(event: ForgeEvent): Promise<Outgoing[]>
  /** Where a message goes now, and its headers; null = nowhere. */
  address(message: Message, body: string): { url: string; headers: Record<string, string> } | null
  /** Hears how each attempt went. */
  sent?(message: Message, result: DeliveryResult): void
}

export interface Dispatcher extends Deliveries {
  /** Sends what a crash left unsent. */
  resume(): void
  /** Sends a message now, and says how that went; null when it has no address. */
  send(message: Outgoing): Promise<DeliveryItem | null>
  /** Resolves when everything that was emitted so far has been sent, delays included. */
  idle(): Promise<void>
  /** Sends nothing more. */
  close(): void
}

/** A receiver has this long, in milliseconds. */
const TIMEOUT_MS = 10_000

/**
 * Sends webhooks after the effect, in order per repository, each once: forges do not repeat failed ones.
 * @param log where an error in composing a message goes
 */
export function createDispatcher(model: Model, courier: Courier, log: (error: unknown) => void): Dispatcher {
  const deliveries = openDeliveryLog(join(model.dataDir, 'deliveries.jsonl'))
  const lanes = new Map<number, Promise<void>>()
  const running = new Set<Promise<void>>()
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
    if (closed) return
    for (const message of await courier.compose(event)) {
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
    const body = JSON.stringify(message.payload)
    const address = closed ? null : courier.address(message, body)
    if (address === null) return
    const result = await post(address, body)
    if (closed) return
    deliveries.done(id, result)
    courier.sent?.(message, result)
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
    resume: () => {
      for (const { id, message } of deliveries.unsent()) {
        inLane(message.repositoryId ?? 0, () => send(id, message))
      }
    },
    send: async (message) => {
      const whole: Message = { ...message, guid: randomUUID(), redelivery: false }
      const id = deliveries.queue(whole)
      await track(send(id, whole))
      return deliveries.get(id)
    },
    idle: async () => {
      while (running.size > 0) await Promise.all(running)
    },
    close: () => {
      closed = true
    },
  }
}

async function post(
  { url, headers }: { url: string; headers: Record<string, string> },
  body: string,
): Promise<DeliveryResult> {
  const started = performance.now()
  const seconds = (): number => Math.round(performance.now() - started) / 1000
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await answer.arrayBuffer().catch(() => {})
    const status = answer.ok ? 'OK' : `Invalid HTTP Response: ${answer.status}`
    return { status, statusCode: answer.status, duration: seconds(), requestHeaders: headers }
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    return timedOut
      ? { status: 'timed out', statusCode: 504, duration: seconds(), requestHeaders: headers }
      : { status: 'failed to connect to host', statusCode: 502, duration: seconds(), requestHeaders: headers }
  }
}

function laneOf(event: ForgeEvent): number {
  return 'repository' in event ? event.repository.id : 0
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
