import { createHmac } from 'node:crypto'
import type { Courier } from '../../hooks/dispatcher.ts'
import type { Model } from '../../model/model.ts'
import { createCompose } from './compose.ts'

/** Where the app wants its webhooks, and with which secret they are signed. */
export interface Webhook {
  url: string
  secret: string
}

/**
 * Sends to the app as GitHub does. https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
 * @param webhook where to at the moment; events that happen while it is null are dropped
 */
export function createCourier(model: Model, webhook: () => Webhook | null): Courier {
  const compose = createCompose(model)
  return {
    compose: async (event) => (webhook() === null ? [] : await compose(event)),
    address: (message, body) => {
      const now = webhook()
      if (now === null) return null
      const headers = {
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
        'x-hub-signature-256': `sha256=${createHmac('sha256', now.secret).update(body).digest('hex')}`,
      }
      return { url: now.url, headers }
    },
  }
}
