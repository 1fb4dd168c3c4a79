import type { Credentials } from '../oci/options.ts'

/** What is shown to a registry, for one repository in it (`acme/web`); null to ask as nobody. */
export type ShowCredentials = (repository: string) => Promise<Credentials | null>

/** Credentials that end by themselves. */
export interface Passing {
  credentials: Credentials
  /** Milliseconds since 1970. */
  endsAt: number
}

/** What ends within this time is replaced. */
const MARGIN = 5 * 60_000

/**
 * Makes credentials when they are first needed, and again shortly before they end; once for all who ask
 * meanwhile. A failure is not kept.
 */
export function holdUntilEnd(make: () => Promise<Passing>, clock: () => Date): ShowCredentials {
  let held: Passing | null = null
  let making: Promise<Passing> | null = null
  return async () => {
    if (held !== null && held.endsAt - MARGIN > clock().getTime()) return held.credentials
    making ??= make().finally(() => {
      making = null
    })
    held = await making
    return held.credentials
  }
}
