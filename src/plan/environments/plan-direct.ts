import type { Environment } from '../../config/model.ts'
import { readTrailers } from '../../domain/commit-message.ts'
import type { ManifestSnapshot } from '../../forge/forge.ts'
import type { Reason, Standing } from '../action.ts'
import type { DirectChange } from '../change-requests/direct.ts'
import type { Proposal } from '../change-requests/proposal.ts'
import { ASKED_TRAILER, VERSION_TRAILER } from '../explain/environment.ts'
import { type TargetPlan, without } from './target-plan.ts'

/** A direct commit; a version that was committed before and then changed by hand is left alone. */
export function planDirect(
  proposal: Proposal,
  snapshot: ManifestSnapshot,
  environment: Environment,
  again: DirectChange['again'],
): TargetPlan {
  const { target, from, to, block } = proposal
  const messages = (snapshot.history[environment.path] ?? [])
    .filter(({ ours }) => ours)
    .map(({ message }) => message)
  if (wasDelivered(messages, target, block)) {
    const why: Reason = {
      code: 'edited-by-hand',
      message: `${to} was delivered before and then changed by hand; that is left alone.`,
    }
    return without({ target, state: 'held', reason: why, from, to, url: null })
  }
  const standing: Standing = { target, state: 'changing', reason: proposal.reason, from, to, url: null }
  return { ...without(standing), direct: { proposal, snapshot, again } }
}

/** @param messages of the bot's commits, newest first */
function wasDelivered(
  messages: readonly string[],
  target: string,
  { version, asked }: Proposal['block'],
): boolean {
  if (asked !== undefined) {
    return messages.flatMap((each) => readTrailers(each, ASKED_TRAILER)).includes(`${target} ${asked}`)
  }
  const delivered = messages.flatMap((each) => readTrailers(each, VERSION_TRAILER))
  return delivered.find((value) => value.startsWith(`${target} `)) === `${target} ${version}`
}
