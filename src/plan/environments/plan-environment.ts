import { freezeAt } from '../../config/freeze.ts'
import type { App, Environment } from '../../config/model.ts'
import { lockAt } from '../../state/locks.ts'
import { manifestsOf, type ReadableManifests, type World } from '../world.ts'
import { bringEnvironment } from './bring-environment.ts'
import { forgetPromotion } from './forget-promotion.ts'
import { holdOf, holdStill, openRequests, withoutOldNotes } from './hold.ts'
import type { TargetPlan } from './target-plan.ts'
import { wishOf } from './wish.ts'

/** What one environment needs now; nothing moves while people, or the policy, hold it where it is. */
export function planEnvironment(world: World, app: App, environment: Environment): TargetPlan {
  const manifests = manifestsOf(world, environment)
  if (manifests.snapshot === null) return bringEnvironment(world, app, environment, null)
  const { snapshot, state } = manifests
  const names: [string, string] = [app.name, environment.name]
  const target = names.join('/')
  const said = saidOf(world, manifests, target)
  const wish = wishOf(said)
  const planned = { until: wish?.until ?? null, ...bringEnvironment(world, app, environment, wish) }
  const open = openRequests(world, snapshot, names)
  const hold = holdOf(target, { lock: said.lock, frozen: frozenNow(world, manifests, environment) })
  if (hold !== null) return holdStill(planned, hold, open)
  // nobody knows what is locked: what a change request says of that stays
  if (!state.ok) return planned
  const forgotten = planned.wishIsOver === true ? forgetPromotion(world, snapshot, state, names) : []
  const tidied = withoutOldNotes(planned, open)
  return { ...tidied, actions: [...tidied.actions, ...forgotten] }
}

/** What people have said of it and what counts now; where it cannot be read, `heldBack` of every proposal says so. */
function saidOf({ now }: World, { state }: ReadableManifests, target: string) {
  const said = state.ok ? state.value.environments[target] : undefined
  return { lock: lockAt(said, now), promotion: said?.promotion ?? null }
}

function frozenNow({ now }: World, { policy }: ReadableManifests, { name }: Environment) {
  return policy.ok ? freezeAt(policy.value, name, now) : null
}
