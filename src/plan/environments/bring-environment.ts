import { decide, refusesSource } from '../../config/consent.ts'
import type { App, Environment } from '../../config/model.ts'
import type { ImageName } from '../../domain/image.ts'
import { isUnder } from '../../domain/path.ts'
import { repositoryKey } from '../../domain/repository.ts'
import type { Reason, Standing } from '../action.ts'
import { withoutCandidate } from '../change-requests/without-candidate.ts'
import type { Candidate } from '../versions/candidate.ts'
import { probeVersion } from '../versions/registry-candidate.ts'
import { seek } from '../versions/wished-candidate.ts'
import { manifestsOf, type World } from '../world.ts'
import { deliver } from './deliver-version.ts'
import { editEnvironment } from './edit-environment.ts'
import { namedFiles } from './edit-fields.ts'
import { textsUnder } from './environment-files.ts'
import { asking, type Ground, imagesOf, pathsOf } from './ground.ts'
import { type TargetPlan, without } from './target-plan.ts'
import type { Wish } from './wish.ts'

/**
 * Brings one environment to its candidate: never against a person, never without consent, and never backwards unless a
 * person has asked for that.
 * @param said the version that a person wants it to have
 */
export function bringEnvironment(
  world: World,
  app: App,
  environment: Environment,
  said: Wish | null,
): TargetPlan {
  const target = `${app.name}/${environment.name}`
  const refuse = (why: Reason, to: string | null = null) =>
    without({ target, state: 'refused', reason: why, from: null, to, url: null })

  const manifests = manifestsOf(world, environment)
  if (manifests.snapshot === null) return refuse(manifests.reason)
  const { snapshot, policy } = manifests
  if (!policy.ok)
    return refuse(reason('policy-broken', 'The policy of the manifest repository has problems.'))
  const stranger = refusesSource(policy.value, world.source.repository, environment.manifests)
  if (stranger !== null) return refuse(stranger)
  if (!snapshot.complete) {
    const why = reason('manifests-incomplete', 'The manifests could not be read completely.')
    return without({ target, state: 'waiting', reason: why, from: null, to: null, url: null })
  }
  const ask = (paths: string[], images: ImageName[] = [], branch?: string, merge = environment.merge) =>
    decide(policy.value, world.source.repository, environment.manifests, {
      name: environment.name,
      paths,
      images: [...environment.images, ...images],
      merge,
      ...(branch === undefined ? {} : { branch }),
    })
  /** Nothing is told of files that are not open to the source. */
  const closed = (paths: string[]): Reason | null => {
    const [first, ...others] = paths.map((path) => ask([path]))
    return first?.allowed === false && others.every(({ allowed }) => !allowed) ? first.reason : null
  }
  const odd = snapshot.tree.find((file) => isUnder(file.path, environment.path) && /^1[26]/.test(file.mode))
  const files = textsUnder(snapshot.tree, environment.path)
  if (files.length === 0) {
    const what =
      odd === undefined
        ? `There is no file under ${environment.path}.`
        : `${odd.path} is a symbolic link or submodule.`
    return refuse(closed([environment.path]) ?? reason('path-not-found', what))
  }

  const written = [...namedFiles(snapshot.tree, environment).written]
  const named = ask(written)
  if (written.length > 0 && !named.allowed) return refuse(named.reason)

  const ruled = probeVersion(app, environment, world.offers)
  const probed = said !== null && (said.kind === 'pin' || ruled.version === null) ? asProbe(said) : ruled
  if (probed.version === null) {
    return without({ target, state: 'waiting', reason: probed.reason, from: null, to: null, url: null })
  }
  const probe = editEnvironment(snapshot.tree, app, environment, probed.version)
  if (probe.problem !== null && !isAskedFor(probe.problem)) {
    return refuse(closed(files.map(({ path }) => path)) ?? probe.problem, probed.shown)
  }
  // no registry is asked for a source that may not change the manifests, for the answer would be told to it
  const consent = ask(pathsOf(probe), imagesOf(environment, probe))
  if (!consent.allowed) return refuse(consent.reason, probed.shown)

  const { gates } = consent
  const ground: Ground = {
    world,
    app,
    environment,
    target,
    manifests,
    probed: { version: probed.version, shown: probed.shown },
    probe,
    policy: policy.value,
    gates,
    consentTo: ask,
    closed: () => closed(files.map(({ path }) => path)),
  }
  const { candidate, wish } = seek(world, app, environment, { says: probe.says, gates, wish: said })
  if (candidate.state === 'asks') return asking(ground, candidate.questions, candidate.comparisons)
  const planned =
    candidate.state === 'none'
      ? wait(ground, candidate)
      : { ...deliver(ground, candidate, wish), candidate: candidate.version }
  return wish === null && said !== null ? { ...planned, wishIsOver: true } : planned
}

/** There is no version to go to now. */
function wait(
  { world, app, environment, target, manifests: { snapshot }, probed, probe, consentTo }: Ground,
  { reason: why, present, waiting }: Extract<Candidate, { state: 'none' }>,
): TargetPlan {
  const to = waiting[0]?.version ?? probed.shown
  const from = present.map(({ shown }) => shown).join(', ') || null
  const { actions, url } = withoutCandidate({
    target,
    owner: ownBlock(world, app, environment),
    waiting,
    snapshot,
    consents: (branch) => consentTo(pathsOf(probe), imagesOf(environment, probe), branch).allowed,
  })
  const standing: Standing = { target, state: 'waiting', reason: why, from, to, url, waiting }
  return { ...without(standing), actions }
}

/** An edit can be tried with it before anybody is asked. */
function asProbe({ version }: Wish) {
  return { version, shown: version.tag }
}

function ownBlock({ source }: World, { name: app }: App, { name: target }: Environment) {
  return { source: repositoryKey(source.repository), sourceId: source.id, app, target }
}

/** What nobody can say before a registry has told it is not held against a probe. */
function isAskedFor({ code }: Reason): boolean {
  return code === 'digest-unknown' || code === 'sha-unknown'
}

function reason(code: string, message: string): Reason {
  return { code, message }
}
