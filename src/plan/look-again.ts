import type { Standing } from './action.ts'

/** When to look again although nothing was heard of what is waited for. */
export interface LookAgain {
  /** Until the first time; as long as the reason stays the same, the waits grow. */
  seconds: number
  /** Never sooner, however often it was looked before: somebody who was asked wants it so. */
  notBefore: Date | null
  /** Whole sentences. */
  reason: string
}

/** How soon the forge is asked again whether something may be merged. */
const MERGE_SECONDS = 5
/** How soon registries and forges are asked again whether a version is ready; mostly an event tells it first. */
const READY_SECONDS = 15

const UNDECIDED = 'The forge has not decided yet whether it may be merged.'

/** What waits for the forge to say that it may be merged. */
export const UNTIL_MERGEABLE: LookAgain = { seconds: MERGE_SECONDS, notBefore: null, reason: UNDECIDED }

/** What waits for a registry to show the tag of a release. */
export const UNTIL_TAGGED: LookAgain = {
  seconds: MERGE_SECONDS,
  notBefore: null,
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
    reason: [...messages].join(' '),
  }
}

/** Both: as soon as either. */
export function sooner(a: LookAgain | null, b: LookAgain | null): LookAgain | null {
  if (a === null || b === null) return a ?? b
  return {
    seconds: Math.min(a.seconds, b.seconds),
    notBefore: a.notBefore === null || b.notBefore === null ? null : earlier(a.notBefore, b.notBefore),
    reason: `${a.reason} ${b.reason}`,
  }
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b
}
