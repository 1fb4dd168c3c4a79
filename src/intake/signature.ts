import { createHmac, timingSafeEqual } from 'node:crypto'

const FORM = /^sha256=([0-9a-f]{64})$/i

/**
 * Whether one of the secrets signed exactly these bytes.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 *
 * Every secret is tried, each compared in constant time, so that the time tells nothing about any of them.
 * @param header `X-Hub-Signature-256`: `sha256=` and 64 hexadecimal digits; anything else is false
 */
export function verifySignature(
  secrets: readonly string[],
  body: Uint8Array,
  header: string | undefined,
): boolean {
  const hex = FORM.exec(header ?? '')?.[1]
  if (hex === undefined) return false
  const given = Buffer.from(hex, 'hex')
  let valid = false
  for (const secret of secrets) {
    const wanted = createHmac('sha256', secret).update(body).digest()
    valid = timingSafeEqual(wanted, given) || valid
  }
  return valid
}
