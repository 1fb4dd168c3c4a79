import type { Client } from './client.ts'

/** A webhook delivery of the app that no answer 2xx came back for. */
export interface FailedDelivery {
  /** For asking GitHub to send it again; a number that may be too large for JavaScript's. */
  id: string
  /** The same for every attempt: `X-GitHub-Delivery`. */
  guid: string
  event: string
  deliveredAt: Date
}

export interface Redeliveries {
  /** Deliveries since a time of which no attempt succeeded, newest first. GitHub keeps three days. */
  listFailed(since: Date): Promise<FailedDelivery[]>
  /** Asks GitHub to send a delivery again. */
  redeliver(id: string): Promise<void>
}

/**
 * GitHub never sends a delivery again by itself.
 * https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
 * @returns null without an app's credentials
 */
export function createRedeliveries(client: Client): Redeliveries | null {
  const { app } = client.tokens
  if (app === null) return null
  const session = client.sessionOf(app, 'the app')
  return {
    async listFailed(since) {
      const failed = new Map<string, FailedDelivery>()
      const succeeded = new Set<string>()
      for (let cursor: string | undefined; ; ) {
        const { data, headers } = await session.read((request) =>
          request('GET /app/hook/deliveries', { per_page: 100, ...(cursor === undefined ? {} : { cursor }) }),
        )
        for (const delivery of data) {
          const deliveredAt = new Date(delivery.delivered_at)
          if (deliveredAt < since) continue
          const { guid, event, status_code: status } = delivery
          const id = String(delivery.id)
          if (status >= 200 && status < 300) succeeded.add(guid)
          else if (!failed.has(guid)) failed.set(guid, { id, guid, event, deliveredAt })
        }
        const oldest = data.at(-1)
        cursor = nextCursor(headers.link)
        if (cursor === undefined || oldest === undefined || new Date(oldest.delivered_at) < since) break
      }
      return [...failed.values()].filter(({ guid }) => !succeeded.has(guid))
    },
    async redeliver(id) {
      await session.write((request) => request(`POST /app/hook/deliveries/${id}/attempts`))
    },
  }
}

function nextCursor(link: string | undefined): string | undefined {
  const next = link?.split(',').find((part) => part.includes('rel="next"'))
  return next === undefined ? undefined : (/[?&]cursor=([^&>]+)/.exec(next)?.[1] ?? undefined)
}
