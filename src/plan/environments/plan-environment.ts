import type { App, Environment } from '../../config/model.ts'
import { manifestsOf, type World } from '../world.ts'
import { bringEnvironment } from './bring-environment.ts'
import { holdOf, holdStill, openRequests, withoutOldNotes } from './hold.ts'
import type { TargetPlan } from './target-plan.ts'

/** What one environment needs now; nothing moves while people, or the policy, hold it where it is. */
export function planEnvironment(world: World, app: App, environment: Environment): TargetPlan {
  const planned = bringEnvironment(world, app, environment)
  const manifests = manifestsOf(world, environment)
  if (manifests.snapshot === null) return planned
  const hold = holdOf(world, manifests, planned.standing.target)
  const open = openRequests(world, manifests.snapshot, [app.name, environment.name])
  return hold === null ? withoutOldNotes(planned, open) : holdStill(planned, hold, open)
}
