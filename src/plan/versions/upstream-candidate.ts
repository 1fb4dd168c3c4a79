import { decide } from '../../config/consent.ts'
import type { App, Environment, ImageGates } from '../../config/model.ts'
import type { FieldValues } from '../../domain/field-value.ts'
import { asVersion, presentVersions } from '../environments/present.ts'
import { versionsIn } from '../environments/versions-in.ts'
import { wouldWrite } from '../environments/would-write.ts'
import { manifestsOf, type World } from '../world.ts'
import type { Candidate } from './candidate.ts'
import { givenCandidate } from './given-candidate.ts'

/** The version that an environment should have which follows another one: what that one has in Git now. */
export function upstreamCandidate(
  world: World,
  app: App,
  environment: Environment,
  { says, gates }: { says: readonly FieldValues[]; gates: readonly ImageGates[] },
): Candidate {
  const { upstream: name } = environment
  const upstream = app.environments.find((each) => each.name === name)
  const none = (code: string, message: string): Candidate => {
    const present = presentVersions(world, environment, says, { tag: '', commit: null })
    return { state: 'none', reason: { code, message }, present, waiting: [] }
  }
  if (upstream === undefined) return none('upstream-unknown', `There is no environment "${name}".`)
  const tree = openTree(world, app, upstream)
  if (tree === null) {
    return none('upstream-not-readable', `What ${app.name}/${name} has cannot be looked at.`)
  }
  const [first, ...others] = versionsIn(world, app, upstream, tree)
  if (first === undefined) return none('upstream-empty', `${app.name}/${name} has no version yet.`)
  if (others.length > 0) {
    return none(
      'upstream-mixed',
      `${app.name}/${name} has several versions at once, so that none is followed.`,
    )
  }
  const { tag, commit } = asVersion(world, upstream, first)
  const version = { tag, commit: commit !== null && commit.length >= 40 ? commit : null }
  const present = presentVersions(world, environment, says, version)
  const why = `It is what ${app.name}/${name} has`
  return givenCandidate(world, environment, version, { present, why, gates, checks: true })
}

/** Nothing is told of files that are not open to the source. */
function openTree(world: World, app: App, upstream: Environment) {
  const manifests = manifestsOf(world, upstream)
  if (manifests.snapshot === null) return null
  const { snapshot, policy } = manifests
  if (!policy.ok || !snapshot.complete) return null
  const request = wouldWrite(world, snapshot.tree, app, upstream)
  const { repository } = world.source
  const decision = decide(policy.value, repository, upstream.manifests, {
    ...request,
    merge: 'review',
  })
  return decision.allowed ? snapshot.tree : null
}
