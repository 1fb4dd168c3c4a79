import type { RepositoryId } from '../domain/repository.ts'
import type { Action, Standing } from './action.ts'
import { commitDirectly } from './change-requests/direct.ts'
import { closeStrays } from './change-requests/strays.ts'
import { planEnvironment } from './environments/plan-environment.ts'
import { type LookAgain, sooner, UNTIL_MERGEABLE, untilHeld, untilReady } from './look-again.ts'
import { forgetClosed } from './previews/forget.ts'
import { type FormerPlan, planFormer } from './previews/former.ts'
import { formerPlaces, rememberPlaces } from './previews/places.ts'
import { type HistoryNeeded, type Orphans, planPreviews } from './previews/plan-previews.ts'
import type { PreviewStanding } from './previews/standing.ts'
import type { Question } from './questions.ts'
import { inOneCommit } from './state-commit.ts'
import type { World } from './world.ts'

export interface PlanOptions {
  /** A person has confirmed that more previews than usual may be removed in this pass. */
  confirmRemovals: boolean
  /** It could not be written down where previews are, so none is added at a place that nobody would know of. */
  placesRefused?: true
}

export interface Plan {
  /** What is done to the manifest repositories, in this order. */
  actions: Action[]
  /** One for every target of the configuration. */
  standings: Standing[]
  previews: PreviewStanding[]
  /** By the name of the app; null where nobody could look. */
  orphans: Record<string, Orphans | null>
  /** Previews at places that the configuration does not have any more. */
  former: FormerPlan[]
  /** What must be so at a later look as well before anything is removed because of it; names for the store. */
  doubts: string[]
  /** Not empty: these must be read first, and then planned again. */
  comparisonsNeeded: { base: string; head: string }[]
  /** Not empty: these must be read into the snapshots first, and then planned again. */
  historiesNeeded: HistoryNeeded[]
  /** Not empty: the change requests of these must be read into the snapshots first, and then planned again. */
  branchesNeeded: BranchNeeded[]
  /** Not empty: these must be answered first, and then planned again. */
  questions: Question[]
  /** Null: the next sweep is soon enough. */
  lookAgain: LookAgain | null
}

export interface BranchNeeded {
  repository: RepositoryId
  /** As configured: null is the default branch. */
  base: string | null
  branch: string
}

/**
 * Compares what should be with what is: a pure function of the world. Doing its actions and planning again
 * gives no actions.
 */
export function plan(world: World, options: PlanOptions): Plan {
  const environments = world.config.apps.flatMap((app) =>
    app.environments.map((environment) => ({
      ...planEnvironment(world, app, environment),
      repository: environment.manifests,
      base: environment.manifestBranch,
    })),
  )
  const previews = world.config.apps.flatMap((app) =>
    app.previews === null ? [] : [planPreviews(world, app, app.previews, options)],
  )
  const former = formerPlaces(world).map((place) => planFormer(world, place, options.confirmRemovals))
  const left = former.filter(({ over }) => !over)
  const targets = [...environments, ...previews, ...left]
  const occupied = new Set(previews.flatMap((each) => (each.occupied ? [each.app] : [])))
  const placing = rememberPlaces(
    world,
    occupied,
    left.map(({ place }) => place),
  )
  const standings = targets.map(({ standing }) => standing)
  const direct = targets.flatMap((target) => target.direct ?? [])
  return {
    actions: inOneCommit([
      ...placing,
      ...commitDirectly(direct),
      ...targets.flatMap(({ actions }) => actions),
      ...(world.source.archived ? [] : closeStrays(world)),
      ...forgetClosed(world),
    ]),
    standings,
    previews: previews.flatMap((each) => each.previews),
    orphans: Object.fromEntries(previews.map(({ app, orphans }) => [app, orphans])),
    former,
    doubts: [...previews, ...former].flatMap(({ doubts }) => doubts),
    comparisonsNeeded: targets.flatMap(({ notRead }) => notRead),
    historiesNeeded: [...previews, ...former].flatMap(({ historyNeeded }) => historyNeeded ?? []),
    branchesNeeded: environments.flatMap(({ branchesNeeded = [], repository, base }) =>
      branchesNeeded.map((branch) => ({ repository, base, branch })),
    ),
    questions: targets.flatMap(({ questions }) => questions ?? []),
    lookAgain: [
      targets.some(({ soon }) => soon) ? UNTIL_MERGEABLE : null,
      untilReady(standings),
      ...environments.map(({ until, standing }) => untilHeld(standing, until ?? null)),
      ...[...previews, ...former].map((each) => each.lookAgain),
    ].reduce(sooner),
  }
}
