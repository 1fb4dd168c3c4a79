import { createHmac, randomUUID } from 'node:crypto'
import type { Courier, Outgoing } from '../../hooks/dispatcher.ts'
import type { ForgeEvent } from '../../model/events.ts'
import type { ProjectHook } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import type { Repository } from '../../model/types.ts'
import { alertStatus, countDelivery, hooksOf } from '../state/hooks.ts'
import { payloadsOf } from './payloads.ts'

/** One kind of payload: which hooks want it, and its name in `X-Gitlab-Event`. */
export interface Part {
  /** As the API names it: `push_events`. */
  trigger: string
  event: string
  payload: Record<string, unknown>
  /** The branch that was pushed, for hooks that filter. */
  branch?: string
}

/**
 * Sends to every hook of the project and of the groups above it that wants the event and is not switched off.
 * https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers
 */
export function createCourier(model: Model): Courier {
  return {
    compose: async (event) => {
      if (!('repository' in event)) return []
      const hooks = hooksOf(model, event.repository).filter((hook) => alertStatus(hook) === 'executable')
      if (hooks.length === 0) return []
      const parts = await payloadsOf(model, event as ForgeEvent & { repository: Repository })
      return parts.flatMap((part) =>
        hooks.filter((hook) => wants(hook, part)).map((hook) => outgoing(hook, part, event.repository)),
      )
    },
    address: (message, body) => {
      const hook = model.tables.projectHooks.get(message.hookId ?? 0)
      if (hook === undefined) return null
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'user-agent': 'GitLab/18.8.0-ee',
        'x-gitlab-event': message.event,
        'x-gitlab-instance': new URL(model.urls.html()).origin,
        'x-gitlab-webhook-uuid': uuidOf(hook),
        'x-gitlab-event-uuid': randomUUID(),
        'idempotency-key': message.guid,
      }
      if (hook.token !== null) headers['x-gitlab-token'] = hook.token
      if (hook.signingToken !== null) Object.assign(headers, signature(hook.signingToken, message.guid, body))
      return { url: hook.url, headers }
    },
    sent: (message, result) => countDelivery(model, message.hookId ?? 0, result),
  }
}

/** A message for one hook. */
export function outgoing(hook: ProjectHook, part: Part, project: Repository): Outgoing {
  return {
    event: part.event,
    action: part.trigger,
    installationId: null,
    repositoryId: project.id,
    hookId: hook.id,
    payload: part.payload,
  }
}

function wants({ events, branchFilter }: ProjectHook, { trigger, branch }: Part): boolean {
  if (events[trigger] !== true) return false
  if (branchFilter === null || branch === undefined) return true
  const pattern = branchFilter.split('*').map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${pattern.join('.*')}$`).test(branch)
}

/**
 * Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, with the bytes behind `whsec_` as the key.
 * https://docs.gitlab.com/user/project/integrations/webhooks/#webhook-signing-tokens
 */
function signature(secret: string, id: string, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${hmac}` }
}

/** The same for every delivery of a hook. */
function uuidOf({ id }: ProjectHook): string {
  return `00000000-0000-4000-8000-${id.toString(16).padStart(12, '0')}`
}
