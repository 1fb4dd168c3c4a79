import type { App, Environment } from '../../config/model.ts'
import { manifestsOf, type World } from '../world.ts'
import { bringEnvironment } from './bring-environment.ts'
import { forgetPromotion } from './forget-promotion.ts'
import { holdOf, holdStill, openRequests, withoutOldNotes } from './hold.ts'
import type { TargetPlan } from './target-plan.ts'
import { wishOf } from './wish.ts'

/** What one environment needs now; nothing moves while people, or the policy, hold it where it is. */
export function planEnvironment(world: World, app: App, environment: Environment): TargetPlan {
  const manifests = manifestsOf(world, environment)
  const { state, snapshot } = manifests.snapshot === null ? { ...manifests, state: null } : manifests
  if (snapshot === null || state?.ok !== true) return bringEnvironment(world, app, environment, null)
  const names: [string, string] = [app.name, environment.name]
  const said = state.value.environments[names.join('/')]
  const wish = wishOf(said, world.now)
  const planned = { until: wish?.until ?? null, ...bringEnvironment(world, app, environment, wish) }
  const open = openRequests(world, snapshot, names)
  const hold = holdOf(planned.standing.target, said, world.now)
  const forgotten = planned.wishIsOver === true ? forgetPromotion(world, snapshot, state, names) : []
  const done = hold === null ? withoutOldNotes(planned, open) : holdStill(planned, hold, open)
  return { ...done, actions: [...done.actions, ...forgotten] }
}
