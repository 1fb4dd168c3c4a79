import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { ForgeId } from '../domain/repository.ts'
import type { Delivery } from '../store/store.ts'
import { verifySigned } from './gitlab-signature.ts'
import { parseObject } from './json.ts'
import { verifyToken } from './token.ts'

/** The door of one GitLab instance: its name, and what proves that a delivery is its own. */
export interface GitLabDoor {
  forge: ForgeId
  /** `whsec_…`. When there is one, a token alone is refused. */
  signingSecrets: readonly string[]
  webhookTokens: readonly string[]
}

/**
 * A delivery, or an answer that is none. GitLab disables a hook after four failed requests in a row, so that
 * what is authentic and cannot be used is answered with 200; only bad credentials are 401.
 * https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks
 */
export type ReceivedFromGitLab =
  | { ok: true; delivery: Delivery }
  | { ok: false; status: 200 | 401; problem: string }

const ID = /^[\w-]{1,100}$/
const KIND = /^[a-z][a-z0-9_]{0,63}$/

/**
 * Reads a webhook request of a GitLab instance. The credentials are verified over the raw bytes before anything
 * else is looked at. Where signing is configured nothing but a signature counts (requirement 4).
 * https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers
 */
export function readGitLabDelivery(
  door: GitLabDoor,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  now: Date,
): ReceivedFromGitLab {
  const problem = door.signingSecrets.length > 0 ? judgeSignature(door, headers, body, now) : null
  if (problem !== null) return { ok: false, status: 401, problem }
  if (door.signingSecrets.length === 0 && !verifyToken(door.webhookTokens, one(headers, 'x-gitlab-token'))) {
    return { ok: false, status: 401, problem: 'The secret token is missing or wrong.' }
  }
  const payload = parseObject(body)
  if (payload === undefined) return { ok: false, status: 200, problem: 'The body is not a JSON object.' }
  const event = kindOf(payload)
  return { ok: true, delivery: { source: door.forge, id: idOf(headers, body), event, payload } }
}

/** `object_kind` of most events, `event_name` of those about projects, groups and members; both are signed. */
export function kindOf(payload: object): string {
  const { object_kind, event_name } = payload as { object_kind?: unknown; event_name?: unknown }
  const kind = object_kind ?? event_name
  return typeof kind === 'string' && KIND.test(kind) ? kind : 'unknown'
}

function judgeSignature(
  { signingSecrets }: GitLabDoor,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  now: Date,
): string | null {
  const id = one(headers, 'webhook-id')
  const timestamp = one(headers, 'webhook-timestamp')
  const signature = one(headers, 'webhook-signature')
  if (id === undefined || timestamp === undefined || signature === undefined) {
    return 'The signature is missing; the webhook needs the signing token that is configured here.'
  }
  const verdict = verifySigned(signingSecrets, { id, timestamp, signature }, body, now)
  if (verdict === 'stale') return 'The signature is more than 5 minutes old, or the clocks differ.'
  return verdict === 'valid' ? null : 'The signature does not match the signing secret.'
}

/**
 * The signed id, or `Idempotency-Key`, stays the same when a delivery is sent again; versions before 17.4 have
 * neither. `X-Gitlab-Event-UUID` alone names nothing: hooks that trigger each other share it.
 */
function idOf(headers: IncomingHttpHeaders, body: Uint8Array): string {
  const id = one(headers, 'webhook-id') ?? one(headers, 'idempotency-key')
  if (id !== undefined && ID.test(id)) return id
  const hash = createHash('sha256').update(body)
  for (const header of ['x-gitlab-webhook-uuid', 'x-gitlab-event-uuid']) {
    hash.update(`\n${one(headers, header) ?? ''}`)
  }
  return `sha256-${hash.digest('hex').slice(0, 40)}`
}

function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}
