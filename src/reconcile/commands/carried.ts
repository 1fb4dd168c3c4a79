import type { Decision } from '../../plan/explain/answer.ts'
import type { World } from '../../plan/world.ts'
import { type CommandPlace, wasSaid } from '../../state/message.ts'
import { type Reading, readAndPlan } from '../read-world.ts'
import type { CommandDependencies, Order } from './dependencies.ts'
import { type Permit, permitOf } from './permit.ts'

/** What has become of a command. */
export type Carried = Omit<Decision, 'written'>

export type Planned = Extract<Reading, { kind: 'planned' }>

export function done(code: string, message: string, details: string): Carried {
  return { done: true, reason: { code, message }, details }
}

export function refused(code: string, message: string): Carried {
  return { done: false, reason: { code, message }, details: '' }
}

/**
 * What a process has written down and did not live to tell: it is done, although by now it would be refused, because
 * it has come about, or others have said something since.
 */
export function unlessWritten(carried: Carried, world: World, command: CommandPlace): Carried {
  return carried.done || !isWritten(world, command) ? carried : WRITTEN
}

/** Whether a command was carried out before, as far as it wrote something down. */
export function isWritten({ manifests }: World, command: CommandPlace): boolean {
  return manifests.some(
    ({ snapshot }) => snapshot?.state?.trusted === true && wasSaid(snapshot.state.messages, command),
  )
}

export const WRITTEN = done(
  'written-before',
  'This was written down at the first try, which was interrupted. More may have happened since: "/cargo status" shows how it stands.',
  '',
)

/** Reads the world afresh, without writing anything; a refusal where there is nothing to plan. */
export async function readPlanned(
  { repository }: Pick<Order, 'repository'>,
  dependencies: CommandDependencies,
): Promise<Planned | Carried> {
  const reading = await readAndPlan(repository, dependencies, { confirmRemovals: false })
  if (reading.kind === 'nothing') return refused(reading.reason.code, reading.reason.message)
  if (reading.kind === 'planned') return reading
  const { what, file, problems } = reading
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  const message = `The ${what} in ${file} has ${count}; the report on the commit names them.`
  return refused('configuration-broken', message)
}

/**
 * Carries out a command of kind `promote`, if its author may give it for the environment that its argument
 * `environment` (and its option `app`) names. Every verb of this kind goes through here.
 */
export async function steer(
  order: Order,
  dependencies: CommandDependencies,
  carry: (permit: Permit, reading: Planned) => Promise<Carried>,
): Promise<Carried> {
  const reading = await readPlanned(order, dependencies)
  if ('done' in reading) return reading
  const { permit, reason } = await permitOf(order, reading.world, dependencies)
  if (permit === null) return refused(reason.code, reason.message)
  return unlessWritten(await carry(permit, reading), reading.world, order)
}
