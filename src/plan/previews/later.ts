import { minute } from '../../domain/minute.ts'
import type { Reason } from '../action.ts'
import type { LookAgain } from '../look-again.ts'
import type { World } from '../world.ts'

/** How long a repository must not be found before its previews go, in seconds. */
export const GONE_SECONDS = 60 * 60

/** The same of a configuration that is not there, and of previews of which the forge says nothing. */
export const UNSEEN_SECONDS = 10 * 60

/** Something that may be an error of the forge's: nothing is removed because of it before it was so for a while. */
export interface Doubt {
  /** By which the store remembers since when: one of `Plan.doubts`. */
  name: string
  seconds: number
}

/** When it will have been so for long enough; that is now or before when nobody doubts it any more. */
export function certainAt({ since, now }: Pick<World, 'since' | 'now'>, { name, seconds }: Doubt): Date {
  return new Date((since[name] ?? now).getTime() + seconds * 1000)
}

/** The sentences of a doubt: what is so, and what comes of it. */
export function untilCertain(
  code: string,
  what: string,
  { until, command }: { until: Date; command: string },
): Reason {
  const message = `${what} It is looked at again after ${minute(until)} before anything is removed because of that; "${command}" removes it now.`
  return { code, message }
}

/** The look that ends a doubt. */
export function lookAt(at: Date): LookAgain {
  return {
    seconds: null,
    notBefore: null,
    at,
    reason: 'Previews are removed if a second look says the same.',
  }
}
