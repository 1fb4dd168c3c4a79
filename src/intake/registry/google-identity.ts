/** Google's public keys. https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions */
export const GOOGLE_KEYS = 'https://www.googleapis.com/oauth2/v3/certs'

const ISSUERS = ['https://accounts.google.com', 'accounts.google.com']

/** What the token of a push subscription must say. */
export interface GoogleIdentity {
  audience: string
  /** Of the service account that the subscription pushes as. */
  email: string
}

/** `unknown`: Google's keys could not be fetched. */
export type GoogleVerdict = 'valid' | 'invalid' | 'unknown'

/**
 * Verifies the bearer tokens with which Pub/Sub pushes: issuer, audience, email and expiry, and the signature by
 * Google's keys. These are fetched from one fixed address, never by what a token says, kept for 10 minutes, and for an
 * unknown key fetched again after 30 s at the earliest; and only for a token that claims to be the right one.
 * @param keys address of the JSON Web Key Set
 */
export function googleVerifier(
  identity: GoogleIdentity,
  keys = GOOGLE_KEYS,
): (authorization: string | undefined) => Promise<GoogleVerdict> {
  // a server without Pub/Sub does without it
  let parts: ReturnType<typeof load> | null = null
  const load = async () => {
    const jose = await import('jose')
    return { jose, keySet: jose.createRemoteJWKSet(new URL(keys), { timeoutDuration: 5_000 }) }
  }
  return async (authorization) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return 'invalid'
    parts ??= load()
    const { jose, keySet } = await parts
    try {
      if (!isOf(identity, jose.decodeJwt(token))) return 'invalid'
      const { payload } = await jose.jwtVerify(token, keySet, {
        issuer: ISSUERS,
        audience: identity.audience,
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'iat'],
        clockTolerance: 60,
      })
      return isOf(identity, payload) ? 'valid' : 'invalid'
    } catch (error) {
      const { JOSEError, JWKSTimeout, JWKSInvalid } = jose.errors
      const unreachable = !(error instanceof JOSEError) || error.code === JOSEError.code
      return unreachable || error instanceof JWKSTimeout || error instanceof JWKSInvalid
        ? 'unknown'
        : 'invalid'
    }
  }
}

function isOf({ audience, email }: GoogleIdentity, claims: Record<string, unknown>): boolean {
  return (
    ISSUERS.includes(String(claims.iss)) &&
    claims.aud === audience &&
    claims.email === email &&
    claims.email_verified === true
  )
}
