import { decide, refusesSource } from '../../config/consent.ts'
import type { App, Environment } from '../../config/model.ts'
import { readTrailers } from '../../domain/commit-message.ts'
import type { ImageName } from '../../domain/image.ts'
import { isUnder } from '../../domain/path.ts'
import { isRefName } from '../../domain/ref-name.ts'
import { repositoryKey } from '../../domain/repository.ts'
import type { ManifestSnapshot } from '../../forge/forge.ts'
import type { Reason, Standing } from '../action.ts'
import type { DirectChange } from '../change-requests/direct.ts'
import { branchOf, MAX_BRANCHES, otherVersions } from '../change-requests/own-branch.ts'
import type { Proposal, Settled } from '../change-requests/proposal.ts'
import { settle } from '../change-requests/settle.ts'
import { withoutCandidate } from '../change-requests/without-candidate.ts'
import { VERSION_TRAILER } from '../explain/environment.ts'
import { imageStories } from '../explain/images.ts'
import type { Question } from '../questions.ts'
import { tellMore } from '../standing.ts'
import { candidateOf } from '../versions/candidate.ts'
import { relateToPresent, worstOf } from '../versions/direction.ts'
import type { Relation } from '../versions/lineage.ts'
import { movedTag, namesOf, sameTagReason, withDigests, writesDigests } from '../versions/pin.ts'
import { probeVersion, registryCandidate } from '../versions/registry-candidate.ts'
import { isRegistryRule } from '../versions/registry-tags.ts'
import { isRelease, mayTag, releaseOf, tagRelease } from '../versions/release.ts'
import { manifestsOf, unreadableState, type World } from '../world.ts'
import { type Edited, editEnvironment } from './edit-environment.ts'
import { namedFiles } from './edit-fields.ts'
import { textsUnder } from './environment-files.ts'
import { propose } from './propose-environment.ts'

/** What one environment needs: a settled proposal, a direct commit, or the reason for neither. */
export type TargetPlan = Settled & {
  direct: DirectChange | null
  /** Comparisons that must be read before anything is planned. */
  notRead: { base: string; head: string }[]
  /** Branches whose change requests must be read before anything is planned. */
  branchesNeeded?: string[]
  /** Questions that must be answered before anything is planned. */
  questions?: Question[]
}

/** Brings one environment to its candidate: never backwards, never against a person, never without consent. */
export function planEnvironment(world: World, app: App, environment: Environment): TargetPlan {
  const target = `${app.name}/${environment.name}`
  const refuse = (why: Reason, to: string | null = null) =>
    without({ target, state: 'refused', reason: why, from: null, to, url: null })

  const manifests = manifestsOf(world, environment)
  if (manifests.snapshot === null) return refuse(manifests.reason)
  const { snapshot, policy, words } = manifests
  if (!policy.ok)
    return refuse(reason('policy-broken', 'The policy of the manifest repository has problems.'))
  const stranger = refusesSource(policy.value, world.source.repository, environment.manifests)
  if (stranger !== null) return refuse(stranger)
  if (!snapshot.complete) {
    const why = reason('manifests-incomplete', 'The manifests could not be read completely.')
    return without({ target, state: 'waiting', reason: why, from: null, to: null, url: null })
  }
  const ask = (paths: string[], images: ImageName[] = [], branch?: string) =>
    decide(policy.value, world.source.repository, environment.manifests, {
      name: environment.name,
      paths,
      images: [...environment.images, ...images],
      merge: environment.merge,
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

  const probed = probeVersion(app, environment, world.offers)
  if (probed.version === null) {
    return without({ target, state: 'waiting', reason: probed.reason, from: null, to: null, url: null })
  }
  const probe = editEnvironment(snapshot.tree, app, environment, probed.version)
  if (probe.problem !== null && !isAskedFor(probe.problem)) {
    return refuse(closed(files.map(({ path }) => path)) ?? probe.problem, probed.shown)
  }
  const pathsOf = ({ edits, paths }: Edited) => (edits.length > 0 ? edits.map(({ path }) => path) : paths)
  const built = environment.retag?.from ?? null
  const imagesOf = ({ images }: Edited) => (built === null ? images : [...images, built])
  // no registry is asked for a source that may not change the manifests, for the answer would be told to it
  const consent = ask(pathsOf(probe), imagesOf(probe))
  if (!consent.allowed) return refuse(consent.reason, probed.shown)

  const { gates } = consent
  const asking = (questions: Question[], comparisons: TargetPlan['notRead'] = []): TargetPlan => {
    const why = reason('not-asked', 'Nobody has looked yet which version is ready.')
    const standing = {
      target,
      state: 'waiting' as const,
      reason: why,
      from: null,
      to: probed.shown,
      url: null,
    }
    return { ...without(standing), notRead: comparisons, questions }
  }
  const candidate = isRegistryRule(environment.follow)
    ? registryCandidate(world, environment, probe.says, gates)
    : candidateOf(world, app, environment, probe.says, gates)
  if (candidate.state === 'asks') return asking(candidate.questions, candidate.comparisons)
  const { present, waiting } = candidate
  if (candidate.state === 'none') {
    const to = waiting[0]?.version ?? probed.shown
    const from = present.map(({ shown }) => shown).join(', ') || null
    const { actions, url } = withoutCandidate({
      target,
      owner: ownBlock(world, app, environment),
      waiting,
      snapshot,
      consents: (branch) => ask(pathsOf(probe), imagesOf(probe), branch).allowed,
    })
    const standing: Standing = { target, state: 'waiting', reason: candidate.reason, from, to, url, waiting }
    return { ...without(standing), actions }
  }
  const { version, verdict } = withDigests(world.answers, environment, candidate.version, probe.digests)
  const names = namesOf(
    environment,
    version,
    present.map(({ shown }) => shown),
    probe.digests,
  )
  const { from, to } = names
  if (verdict.asks.length > 0) return asking(verdict.asks)
  const moved = movedTag(environment, version, probe.digests)
  const [unmet] = verdict.waits
  if (unmet !== undefined || moved !== null) {
    const state = moved === null ? 'waiting' : 'held'
    const why = moved ?? unmet?.reason ?? reason('not-ready', 'The version is not ready yet.')
    const late = unmet === undefined ? [] : [{ version: version.tag, waits: verdict.waits }]
    return without({ target, state, reason: why, from, to, url: null, waiting: [...late, ...waiting] })
  }
  const isProbed =
    version.tag === probed.version.tag &&
    version.commit === probed.version.commit &&
    probe.problem === null &&
    !writesDigests(environment) &&
    Object.keys(probe.digests).length === 0
  const edit = isProbed ? probe : editEnvironment(snapshot.tree, app, environment, version)
  if (edit.problem !== null) {
    return refuse(closed(files.map(({ path }) => path)) ?? edit.problem, version.tag)
  }

  const branch = branchOf(app, environment, version)
  if (branch === null || !isRefName(branch) || branch === snapshot.branch) {
    const what = `${branch ?? environment.branch?.source} cannot be the branch of a change request for ${version.tag}.`
    return refuse(reason('branch-not-possible', what), version.tag)
  }
  // only the branch of the newest version was known when the change requests were read
  const isRead = version.commit === probed.version.commit || snapshot.changeRequests[branch] !== undefined
  if (environment.branch !== null && !isRead) return { ...asking([]), branchesNeeded: [branch] }
  const others = otherVersions(app, environment, Object.keys(snapshot.changeRequests), branch)
  const chosen = environment.branch === null ? undefined : branch
  const decision = ask(pathsOf(edit), edit.images, chosen)
  if (!decision.allowed) return refuse(decision.reason, version.tag)
  if (others.length >= MAX_BRANCHES) {
    const what = `There are ${MAX_BRANCHES} branches or more such as ${branch}, too many to find an open change request among them. Delete those that are merged.`
    return refuse(reason('too-many-branches', what), version.tag)
  }

  const relations = relateToPresent(world, environment, present, version)
  const notRead = relations.flatMap((each) =>
    each.kind === 'not-read' ? [{ base: each.base, head: each.head }] : [],
  )
  if (notRead.length > 0) {
    const why = reason('not-compared', 'The versions have not been compared yet.')
    const standing: Standing = { target, state: 'waiting', reason: why, from, to: version.tag, url: null }
    return { ...without(standing), notRead }
  }
  const relation: Relation =
    worstOf(relations) ?? (present.length === 0 ? { kind: 'unknown' } : { kind: 'same' })
  if (relation.kind === 'diverged') {
    const why = `${from} is not among the commits that ${version.tag} is built on, so the environment is left as it is.`
    return without({
      target,
      state: 'held',
      reason: reason('diverged', why),
      from,
      to: version.tag,
      url: null,
    })
  }

  const isNew = relations.length > 0 || present.length === 0
  const release =
    isRelease(environment) && isNew && relation.kind !== 'backward'
      ? releaseOf(world.answers, environment, version, { branch: world.source.defaultBranch, gates })
      : null
  if (release !== null && release.retags.length > 0) {
    const word = mayTag(world.answers, policy.value, release, snapshot.repository)
    if (word.asks.length > 0) return asking(word.asks)
    const [unspoken] = word.waits
    if (unspoken !== undefined) return refuse(unspoken.reason, to)
    const actions = tagRelease(world, target, release)
    const why = actions[0]?.reason ?? reason('release', `${to} is tagged.`)
    return {
      ...without({ target, state: 'changing', reason: why, from, to, url: null, waiting }),
      actions,
    }
  }

  const proposal = propose(world, app, environment, {
    candidate,
    version,
    names,
    images: imageStories(world.answers, environment, version, {
      places: release?.places ?? [],
      gates: [environment.gates, ...gates],
    }),
    sameTag: sameTagReason(environment, version, present, probe.digests),
    edit,
    relation,
    decision,
    target,
    words,
    heldBack: unreadableState(manifests),
    branch: { branch, ...(chosen === undefined ? {} : { consented: true }), others },
  })
  if (decision.merge !== 'direct' || proposal.changes.length === 0 || proposal.withdrawn !== null) {
    const settled = settle(proposal, snapshot)
    const standing = tellMore(settled.standing, candidate)
    return { ...settled, standing, direct: null, notRead: [] }
  }
  if (proposal.heldBack !== null) {
    return without({ target, state: 'waiting', reason: proposal.heldBack, from, to, url: null })
  }
  const again = (texts: ReadonlyMap<string, string>) => {
    const tree = snapshot.tree.map((file) => ({ ...file, text: texts.get(file.path) ?? file.text }))
    return editEnvironment(tree, app, environment, version).edits
  }
  const direct = planDirect(proposal, snapshot, environment, again)
  return { ...direct, standing: tellMore(direct.standing, candidate) }
}

/** A direct commit; a version that was committed before and then changed by hand is left alone. */
function planDirect(
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
    const why = reason(
      'edited-by-hand',
      `${to} was delivered before and then changed by hand; that is left alone.`,
    )
    return without({ target, state: 'held', reason: why, from, to, url: null })
  }
  const standing: Standing = { target, state: 'changing', reason: proposal.reason, from, to, url: null }
  return { ...without(standing), direct: { proposal, snapshot, again } }
}

function ownBlock({ source }: World, { name: app }: App, { name: target }: Environment) {
  return { source: repositoryKey(source.repository), sourceId: source.id, app, target }
}

/** What nobody can say before a registry has told it is not held against a probe. */
function isAskedFor({ code }: Reason): boolean {
  return code === 'digest-unknown' || code === 'sha-unknown'
}

function without(standing: Standing): TargetPlan {
  return { actions: [], standing, soon: false, direct: null, notRead: [] }
}

function reason(code: string, message: string): Reason {
  return { code, message }
}
