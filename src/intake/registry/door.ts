import { createHash, randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Delivery } from '../../store/store.ts'
import { parseJson } from '../json.ts'
import { verifySignature } from '../signature.ts'
import { verifyToken } from '../token.ts'
import { fromBinaryMode } from './cloud-events.ts'
import { FORMATS, type FormatName } from './formats.ts'
import { type GoogleVerdict, googleVerifier } from './google-identity.ts'

/** A registry that announces what is pushed to it. */
export interface Announcer {
  /** Part of the path. */
  name: string
  /** As images name it. */
  host: string
  webhook: {
    format: FormatName
    /** More than one during a rotation. */
    secrets: readonly string[]
    /** What Pub/Sub's token must say; set with `google`. */
    audience: string | null
    email: string | null
  }
}

/**
 * A delivery, or an answer that is none. Registries send again what is not answered with 2xx, and some send nothing
 * else meanwhile: what is authentic and cannot be used is answered with 200.
 */
export type ReceivedFromRegistry =
  | { ok: true; delivery: Delivery }
  | { ok: false; status: 200 | 401 | 503; problem: string }

export interface RegistryDoor {
  paths: string[]
  read(headers: IncomingHttpHeaders, body: Uint8Array, path: string): Promise<ReceivedFromRegistry>
}

/** They send no header of one's choice: the secret is the last part of the path. */
const IN_PATH: readonly FormatName[] = ['dockerhub', 'quay']

const ID = /^[\w-]{1,100}$/

/** Deliveries of a registry; no forge can have this name. */
export function sourceOf({ name }: Pick<Announcer, 'name'>): string {
  return `registry:${name}`
}

/** The door of one registry. Who sends is verified before anything of the body is parsed or stored. */
export function registryDoor(announcer: Announcer, verifyGoogle = googleOf(announcer)): RegistryDoor {
  const { format } = announcer.webhook
  const base = `/webhooks/registry/${announcer.name}`
  return {
    paths: [IN_PATH.includes(format) ? `${base}/*` : base],
    async read(headers, body, path) {
      const refusal = await refuse(announcer, headers, body, path.slice(base.length + 1), verifyGoogle)
      if (refusal !== null) return refusal
      const parsed = parseJson(body)
      if (parsed === undefined) return { ok: false, status: 200, problem: 'The body is not JSON.' }
      const event = format === 'cloudevents' ? fromBinaryMode(headers, parsed) : null
      const payload = event ?? parsed
      const id = idOf(format, headers, payload, body)
      return { ok: true, delivery: { source: sourceOf(announcer), id, event: format, payload } }
    },
  }
}

type Refusal = Extract<ReceivedFromRegistry, { ok: false }> | null

async function refuse(
  { webhook: { format, secrets } }: Announcer,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  inPath: string,
  verifyGoogle: (authorization: string | undefined) => Promise<GoogleVerdict>,
): Promise<Refusal> {
  if (format === 'google') return judgeGoogle(await verifyGoogle(headers.authorization))
  if (format === 'ghcr') {
    const signature = one(headers, 'x-hub-signature-256')
    return verifySignature(secrets, body, signature)
      ? null
      : { ok: false, status: 401, problem: 'The signature does not match the webhook secret.' }
  }
  const given = IN_PATH.includes(format) ? inPath : tokenIn(headers)
  return verifyToken(secrets, given)
    ? null
    : { ok: false, status: 401, problem: 'The secret is missing or wrong.' }
}

function judgeGoogle(verdict: GoogleVerdict): Refusal {
  if (verdict === 'valid') return null
  if (verdict === 'invalid') {
    return { ok: false, status: 401, problem: "The token is not that of this server's subscription." }
  }
  return { ok: false, status: 503, problem: "Google's keys could not be fetched now; send it again later." }
}

function googleOf({ webhook: { format, audience, email } }: Announcer) {
  if (format === 'google' && audience !== null && email !== null) return googleVerifier({ audience, email })
  return async () => 'invalid' as const
}

/** `Authorization: Bearer SECRET`, or without `Bearer`; or `X-Api-Key: SECRET`. */
function tokenIn(headers: IncomingHttpHeaders): string | undefined {
  return headers.authorization?.replace(/^Bearer +/i, '') ?? one(headers, 'x-api-key')
}

/** The same for a payload that is sent again (requirement 7), as far as the registry lets it be told. */
function idOf(format: FormatName, headers: IncomingHttpHeaders, payload: unknown, body: Uint8Array): string {
  const github = format === 'ghcr' ? one(headers, 'x-github-delivery') : undefined
  if (github !== undefined && ID.test(github)) return github
  const identity = FORMATS[format].identify(payload)
  if (identity === 'none') return randomUUID()
  if (identity === 'body') return digest(body)
  const [only] = identity
  return identity.length === 1 && only !== undefined && ID.test(only)
    ? only
    : digest(JSON.stringify(identity))
}

function digest(bytes: Uint8Array | string): string {
  return `sha256-${createHash('sha256').update(bytes).digest('hex').slice(0, 40)}`
}

function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}
