import type { IncomingHttpHeaders } from 'node:http'
import type { Delivery } from '../store/store.ts'
import { parseObject } from './json.ts'
import { verifySignature } from './signature.ts'

/** What a request to the webhook path is: a delivery, or an answer that refuses it (without details of ours). */
export type Received =
  | { ok: true; delivery: Delivery }
  | { ok: false; status: 400 | 401 | 415; problem: string }

const ID = /^[\w-]{1,100}$/
const EVENT = /^[a-z][a-z0-9_]{0,63}$/

/**
 * Reads a webhook request of GitHub. The signature is verified over the raw bytes before anything else is
 * looked at, and nothing in headers or body chooses a host or a credential.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
 * @param secrets those that count now; more than one during a rotation
 */
export function readGitHubDelivery(
  secrets: readonly string[],
  headers: IncomingHttpHeaders,
  body: Uint8Array,
): Received {
  const signature = headers['x-hub-signature-256']
  if (!verifySignature(secrets, body, typeof signature === 'string' ? signature : undefined)) {
    return refuse(401, 'The signature does not match the webhook secret.')
  }
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    return refuse(415, 'Set the content type of the webhook to application/json.')
  }
  const id = headers['x-github-delivery']
  const event = headers['x-github-event']
  if (typeof id !== 'string' || !ID.test(id)) {
    return refuse(400, 'The header X-GitHub-Delivery is missing or malformed.')
  }
  if (typeof event !== 'string' || !EVENT.test(event)) {
    return refuse(400, 'The header X-GitHub-Event is missing or malformed.')
  }
  const payload = parseObject(body)
  if (payload === undefined) return refuse(400, 'The body is not a JSON object.')
  return { ok: true, delivery: { source: 'github', id, event, payload } }
}

function refuse(status: 400 | 401 | 415, problem: string): Received {
  return { ok: false, status, problem }
}
