import type { Standing } from './action.ts'

/** When to look again although nothing was heard of what is waited for. */
export interface LookAgain {
  /** Until the first time; as long as the reason stays the same, the waits grow. Null: nobody needs to be asked. */
  seconds: number | null
  /** Never sooner, however often it was looked before: somebody who was asked wants it so. */
  notBefore: Date | null
  /** At this time at the latest: something changes then by itself. */
  at: Date | null
  /** Whole sentences. */
  reason: string
}

/** How soon the forge is asked again whether something may be merged. */
const MERGE_SECONDS = 5
/** How soon registries and forges are asked again whether a version is ready; mostly an event tells it first. */
const READY_SECONDS = 15

const UNDECIDED = 'The forge has not decided yet whether it may be merged.'

/** What waits for the forge to say that it may be merged. */
export const UNTIL_MERGEABLE: LookAgain = {
  seconds: MERGE_SECONDS,
  notBefore: null,
  at: null,
  reason: UNDECIDED,
}

/** What waits for a registry to show the tag of a release. */
export const UNTIL_TAGGED: LookAgain = {
  seconds: MERGE_SECONDS,
  notBefore: null,
  at: null,
  reason: 'The registry does not show yet what a release names.',
}

/** What waits for versions to become ready; null where that takes an event or a person. */
export function untilReady(standings: readonly Standing[]): LookAgain | null {
  const waits = standings
    .flatMap(({ waiting }) => waiting ?? [])
    .flatMap((each) => each.waits)
    .filter(({ again }) => again)
  if (waits.length === 0) return null
  const times = waits.map(({ retryAt }) => retryAt?.getTime() ?? 0)
  const soonest = Math.min(...times)
  const messages = new Set(waits.map(({ reason }) => reason.message))
  return {
    seconds: READY_SECONDS,
    notBefore: soonest === 0 ? null : new Date(soonest),
    at: null,
    reason: [...messages].join(' '),
  }
}

/** What is held until a time, such as by a lock; null where only a person ends it. */
export function untilHeld({ reason }: Standing, until: Date | null): LookAgain | null {
  return until === null ? null : { seconds: null, notBefore: null, at: until, reason: reason.message }
}

/** Both: as soon as either. A time that comes by itself makes nobody ask the sooner. */
export function sooner(a: LookAgain | null, b: LookAgain | null): LookAgain | null {
  if (a === null || b === null) return a ?? b
  const at = earliest([a.at, b.at])
  if (a.seconds === null || b.seconds === null) return { ...(a.seconds === null ? b : a), at }
  return {
    seconds: Math.min(a.seconds, b.seconds),
    notBefore: a.notBefore === null || b.notBefore === null ? null : earliest([a.notBefore, b.notBefore]),
    at,
    reason: `${a.reason} ${b.reason}`,
  }
}

function earliest(times: readonly (Date | null)[]): Date | null {
  const known = times.flatMap((time) => time?.getTime() ?? [])
  return known.length === 0 ? null : new Date(Math.min(...known))
}
