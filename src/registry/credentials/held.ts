import type { Credentials, RegistryAccess } from '../oci/options.ts'

/** What is shown to a registry, as `RegistryAccess.credentials` says. */
export type ShowCredentials = RegistryAccess['credentials']

/** Credentials that end by themselves. */
export interface Passing {
  credentials: Credentials
  /** Milliseconds since 1970. */
  endsAt: number
}

const MARGIN = 5 * 60_000

/**
 * Makes credentials when they are first needed, and again shortly before they end; once for all who ask
 * meanwhile. A failure is not kept.
 * @param margin what ends within so many milliseconds is replaced
 */
export function holdUntilEnd(
  make: () => Promise<Passing>,
  clock: () => Date,
  margin = MARGIN,
): ShowCredentials {
  let held: Passing | null = null
  let making: Promise<Passing> | null = null
  return async () => {
    if (held !== null && held.endsAt - margin > clock().getTime()) return held.credentials
    making ??= make().finally(() => {
      making = null
    })
    held = await making
    return held.credentials
  }
}
