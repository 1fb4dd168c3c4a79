import type { EnvironmentState, PinnedVersion, Said } from '../../state/state.ts'

/** The version that a person wants an environment to have, whatever its rule says. */
export interface Wish {
  /** `pin`: it is held there by a lock, also if that is older. `promotion`: until the rule has a newer one. */
  kind: 'pin' | 'promotion'
  version: PinnedVersion
  said: Said
  /** Null: until somebody ends it. */
  until: Date | null
  /** What the rule had when it was promoted. */
  instead: string | null
}

/** A lock with a version comes before a promotion. */
export function wishOf({ lock, promotion }: EnvironmentState): Wish | null {
  if (lock !== null && lock.pin !== null) {
    const until = lock.until === null ? null : new Date(lock.until)
    return { kind: 'pin', version: lock.pin, said: lock, until, instead: null }
  }
  if (promotion === null) return null
  const { version, instead } = promotion
  return { kind: 'promotion', version, said: promotion, until: null, instead }
}
