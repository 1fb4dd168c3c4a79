import { createHmac, timingSafeEqual } from 'node:crypto'

/** A signature counts for so many seconds before and after it was made, so that it cannot be replayed later. */
const TOLERANCE = 300

/** A key of GitLab's has 32 bytes; the specification takes 24 to 64. */
const KEY_BYTES = { least: 24, most: 64 }

const PREFIX = 'whsec_'

/** The headers of one signed delivery. */
export interface SignedHeaders {
  /** `webhook-id` */
  id: string
  /** `webhook-timestamp`: seconds since 1970 in decimal digits. */
  timestamp: string
  /** `webhook-signature`: one or more `v1,<base64>`, separated by spaces. */
  signature: string
}

/**
 * Whether one of the secrets signed exactly this, and not too long ago.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme and,
 * for GitLab, https://docs.gitlab.com/user/project/integrations/webhooks/
 *
 * Every secret is tried against every signature, each compared in constant time.
 * @param secrets `whsec_<base64>`; more than one during a rotation
 * @returns `stale`: well signed, and more than 5 minutes away from `now`
 */
export function verifySigned(
  secrets: readonly string[],
  { id, timestamp, signature }: SignedHeaders,
  body: Uint8Array,
  now: Date,
): 'valid' | 'stale' | 'invalid' {
  if (!/^\d{1,12}$/.test(timestamp)) return 'invalid'
  const given = signature
    .split(' ')
    .flatMap((each) => /^v1,([A-Za-z0-9+/]{43}=)$/.exec(each)?.[1] ?? [])
    .map((base64) => Buffer.from(base64, 'base64'))
  let valid = false
  for (const secret of secrets) {
    const key = signingKey(secret)
    if (key === null) continue
    const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
    for (const each of given) valid = timingSafeEqual(wanted, each) || valid
  }
  if (!valid) return 'invalid'
  return Math.abs(now.getTime() / 1000 - Number(timestamp)) <= TOLERANCE ? 'valid' : 'stale'
}

/** Why these cannot be the signing secrets of webhooks: one whole sentence that does not hold any; or null. */
export function signingProblem(secrets: readonly string[]): string | null {
  for (const [index, secret] of secrets.entries()) {
    const which = secrets.length === 1 ? 'The signing secret' : `Signing secret ${index + 1}`
    if (signingKey(secret) === null) return `${which} is not whsec_ and a key of 32 bytes in base64.`
  }
  return null
}

function signingKey(secret: string): Buffer | null {
  const base64 = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : ''
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null
  const key = Buffer.from(base64, 'base64')
  return key.length >= KEY_BYTES.least && key.length <= KEY_BYTES.most ? key : null
}
