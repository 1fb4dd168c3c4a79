import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * Whether this is one of the tokens. Their digests are compared, so that neither the time nor the length tells
 * anything.
 * @param tokens more than one during a rotation
 */
export function verifyToken(tokens: readonly string[], given: string | undefined): boolean {
  if (given === undefined) return false
  const digest = createHash('sha256').update(given).digest()
  let valid = false
  for (const token of tokens) {
    valid = timingSafeEqual(createHash('sha256').update(token).digest(), digest) || valid
  }
  return valid
}
