import { repositoryKey } from '../../domain/repository.ts'
import type { Reason } from '../../plan/action.ts'
import { environmentFile } from '../../state/files.ts'
import type { EnvironmentState, Said } from '../../state/state.ts'
import { forgeOf } from '../dependencies.ts'
import type { Planned } from './carried.ts'
import type { CommandDependencies, Order } from './dependencies.ts'
import type { Permit } from './permit.ts'
import { say } from './say.ts'

/** What is to be true of an environment from now on, or why it is not to be. */
export type Word = { after: EnvironmentState } | { refused: Reason }

const NOTHING: EnvironmentState = { lock: null, promotion: null }

/** Who says it, when (the same however often it is tried), where and why. */
export function saidIn({ login, intent, url, command }: Order): Said {
  return { by: login, at: intent.acceptedAt.toISOString(), url, reason: command.reason }
}

/**
 * Writes down what a person has said of an environment, and lets the next pass look at it.
 * @param what such as `Lock web/production`
 * @returns why it was refused; null when it is written down
 */
export async function sayOfEnvironment(
  order: Order,
  { forges, store }: CommandDependencies,
  { permit, reading }: { permit: Permit; reading: Planned },
  what: string,
  decide: (before: EnvironmentState) => Word,
): Promise<Reason | null> {
  const { app, environment, manifests } = permit
  const { source } = reading.world
  const place = manifests.snapshot.repository
  const identity = { forge: source.repository.forge, id: source.id }
  const refusal = await say(forgeOf(forges, place), place, identity, order, ({ environments }) => {
    const before = environments[`${app.name}/${environment.name}`] ?? NOTHING
    const word = decide(before)
    if ('refused' in word) return word
    const { after } = word
    const left = after.lock === null && after.promotion === null ? null : after
    const changes = after === before ? [] : [environmentFile(identity, app.name, environment.name, left)]
    return { changes, what, said: saidIn(order) }
  })
  if (refusal === null) await store.enqueue([repositoryKey(source.repository)])
  return refusal
}
