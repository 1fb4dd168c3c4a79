import type { App, Environment, Policy, Who } from '../../config/model.ts'
import { promoters } from '../../config/promoters.ts'
import { nearest } from '../../domain/nearest.ts'
import type { Reason } from '../action.ts'
import { type ManifestWorld, manifestsOf, type ReadableManifests, type World } from '../world.ts'
import { wouldWrite } from './would-write.ts'

/** An environment of a configuration. */
export interface EnvironmentPlace {
  app: App
  environment: Environment
}

/** At least one, with what says so; or why it is nobody. */
export type PromotersOf =
  | { who: readonly Who[]; manifests: ManifestWorld & ReadableManifests; policy: Policy | null }
  | { who: null; reason: Reason }

/** Whom the manifest repository lets promote an environment; nobody where its policy cannot be read. */
export function promotersOf(world: World, { app, environment }: EnvironmentPlace): PromotersOf {
  const manifests = manifestsOf(world, environment)
  if (manifests.snapshot === null) return { who: null, reason: manifests.reason }
  const { snapshot, policy } = manifests
  if (!policy.ok) {
    const message = 'The policy of the manifest repository has problems, so nobody may promote.'
    return { who: null, reason: { code: 'policy-broken', message } }
  }
  const request = wouldWrite(world, snapshot.tree, app, environment)
  const named = promoters(policy.value, world.source.repository, environment.manifests, request)
  return named.who === null ? named : { ...named, manifests, policy: policy.value }
}

/** The environments with this name, of one app or of all. */
export function environmentsNamed(
  { config }: Pick<World, 'config'>,
  name: string,
  only: string | undefined,
): EnvironmentPlace[] {
  return config.apps
    .filter((app) => only === undefined || app.name === only)
    .flatMap((app) =>
      app.environments.filter((each) => each.name === name).map((environment) => ({ app, environment })),
    )
}

/** That there is none, and which one was probably meant. */
export function noSuchEnvironment({ config }: Pick<World, 'config'>, name: string): Reason {
  const names = config.apps.flatMap(({ environments }) => environments.map((each) => each.name))
  const meant = nearest(name, names)
  const advice = meant === null ? '' : ` Did you mean "${meant}"?`
  return { code: 'environment-unknown', message: `There is no environment "${name}".${advice}` }
}
