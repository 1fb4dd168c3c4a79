import type { Actor } from './model/types.ts'

/** Turns an `Authorization` header into the one who asks. */
export interface Auth {
  /**
   * No header is the anonymous. `token` and `Bearer` with a person's token, an installation token or an
   * app's JWT, or `Basic` with the token as password. Null for credentials that are wrong or expired (401).
   */
  actor(authorization: string | null | undefined): Actor | null
}
