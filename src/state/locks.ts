import type { EnvironmentState, Lock } from './state.ts'

/** The lock that counts at a time: one that is over is as none. */
export function lockAt(state: EnvironmentState | undefined, now: Date): Lock | null {
  const lock = state?.lock ?? null
  return lock === null || isOver(lock, now) ? null : lock
}

function isOver({ until }: Lock, now: Date): boolean {
  return until !== null && Date.parse(until) <= now.getTime()
}
