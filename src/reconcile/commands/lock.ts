import type { Command } from '../../command/command.ts'
import { minute } from '../../domain/minute.ts'
import { readLocalTime } from '../../domain/zoned-time.ts'
import type { Reason } from '../../plan/action.ts'
import { lockSentence } from '../../plan/explain/lock.ts'
import { lockAt } from '../../state/locks.ts'
import type { EnvironmentState, Lock, Said } from '../../state/state.ts'
import { done, refused, steer } from './carried.ts'
import type { CarryOut } from './dependencies.ts'
import { saidIn, sayOfEnvironment, type Word } from './say-environment.ts'

/** Leaves an environment as it is. One who has it locked may say it anew; anybody else is told who has it. */
export const lock: CarryOut = async (order, dependencies) => {
  const { command } = order
  const now = dependencies.now()
  const end = endOf(command, order.intent.acceptedAt)
  if (end !== null && 'code' in end) return refused(end.code, end.message)
  if (end !== null && end <= now) return refused('time-over', `${minute(end)} is over already.`)
  return await steer(order, dependencies, async (permit, reading) => {
    const target = `${permit.app.name}/${permit.environment.name}`
    const wanted = { ...saidIn(order), until: end?.toISOString() ?? null }
    const refusal = await sayOfEnvironment(
      order,
      dependencies,
      { permit, reading },
      `Lock ${target}`,
      (before) => locked(target, before, wanted, { now, secret: permit.secret }),
    )
    if (refusal !== null) return refused(refusal.code, refusal.message)
    const until = end === null ? '' : ` until ${minute(end)}, or`
    const how = `"/cargo unlock ${permit.environment.name}" lets it go on`
    return done('locked', `${target} is locked${until} until somebody unlocks it: ${how}.`, '')
  })
}

/** Lets an environment go on, whoever has locked it; who that was stays in the history of the branch. */
export const unlock: CarryOut = (order, dependencies) =>
  steer(order, dependencies, async (permit, reading) => {
    const target = `${permit.app.name}/${permit.environment.name}`
    const now = dependencies.now()
    const ended: Lock[] = []
    const refusal = await sayOfEnvironment(
      order,
      dependencies,
      { permit, reading },
      `Unlock ${target}`,
      (before) => {
        ended.length = 0
        const present = lockAt(before, now)
        if (present !== null && present.at > saidIn(order).at) {
          return { refused: heldBy(target, present, permit.secret) }
        }
        if (present !== null) ended.push(present)
        return { after: before.lock === null ? before : { ...before, lock: null } }
      },
    )
    if (refusal !== null) return refused(refusal.code, refusal.message)
    const [was] = ended
    if (was === undefined) return done('not-locked', `${target} is not locked.`, '')
    const before = permit.secret ? '' : ` ${lockSentence(target, was, 'was')}`
    return done('unlocked', `${target} goes on by its rule.${before}`, '')
  })

function locked(
  target: string,
  before: EnvironmentState,
  wanted: Said & Pick<Lock, 'until'>,
  { now, secret }: { now: Date; secret: boolean },
): Word {
  const present = lockAt(before, now)
  if (present !== null && present.by.toLowerCase() !== wanted.by.toLowerCase()) {
    return { refused: heldBy(target, present, secret) }
  }
  return { after: { ...before, lock: { ...wanted, pin: present?.pin ?? null } } }
}

/** That somebody else has locked it: who, since when and why, where everybody who reads the answer may know it. */
export function heldBy(target: string, present: Lock, secret: boolean): Reason {
  const message = secret ? `${target} is locked by somebody else.` : lockSentence(target, present)
  return { code: 'locked', message }
}

/** Counted from when it was asked for; null: without an end. */
function endOf({ lasting, options }: Command, asked: Date): Date | Reason | null {
  const { until } = options
  if (until !== undefined && lasting !== null) {
    return { code: 'argument-invalid', message: 'Write either "for" or "until=", and not both.' }
  }
  if (lasting !== null) return new Date(asked.getTime() + lasting * 1000)
  const time = until === undefined ? null : readLocalTime(until)
  return time === null ? null : new Date(time.utc)
}
