import type { Environment } from '../../config/model.ts'
import { readTrailers } from '../../domain/commit-message.ts'
import type { ManifestSnapshot } from '../../forge/forge.ts'
import type { Reason, Standing } from '../action.ts'
import type { DirectChange } from '../change-requests/direct.ts'
import type { Proposal } from '../change-requests/proposal.ts'
import { VERSION_TRAILER } from '../explain/environment.ts'
import { type TargetPlan, without } from './target-plan.ts'

/** A direct commit; a version that was committed before and then changed by hand is left alone. */
export function planDirect(
  proposal: Proposal,
  snapshot: ManifestSnapshot,
  environment: Environment,
  again: DirectChange['again'],
): TargetPlan {
  const { target, from, to, block } = proposal
  const delivered = (snapshot.history[environment.path] ?? [])
    .filter(({ ours }) => ours)
    .flatMap(({ message }) => readTrailers(message, VERSION_TRAILER))
    .find((value) => value.startsWith(`${target} `))
  if (delivered === `${target} ${block.version}`) {
    const why: Reason = {
      code: 'edited-by-hand',
      message: `${to} was delivered before and then changed by hand; that is left alone.`,
    }
    return without({ target, state: 'held', reason: why, from, to, url: null })
  }
  const standing: Standing = { target, state: 'changing', reason: proposal.reason, from, to, url: null }
  return { ...without(standing), direct: { proposal, snapshot, again } }
}
